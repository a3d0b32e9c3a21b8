"""The file that says what a supervisor runs, for `status` and for the next start after a crash."""

import json
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import psutil

from services.kit.process import kill_group

State = Literal["starting", "ready", "restarting", "stopped"]

SAME_SECONDS = 2.0  # psutil derives the moment from the boot time, which moves a little when the clock is set


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramStatus:
    """What is known of one program. *created* (seconds since 1970) tells its pid from a later owner of the number."""

    name: str
    kind: str
    state: State
    address: str
    data: str | None
    log: str
    pid: int | None = None
    created: float | None = None
    stop_signal: int = signal.SIGTERM
    started_at: str | None = None
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class StackState:
    """All programs in the order of their start, and the supervisor's pid, None after a clean stop."""

    supervisor_pid: int | None
    programs: tuple[ProgramStatus, ...]


def write_state(path: Path, state: StackState) -> None:
    """Replace the file at once and for its owner only, so that a reader never sees half of it."""
    text = json.dumps(asdict(state), indent=1)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    part.replace(path)


def read_state(path: Path) -> StackState:
    """Return what was last written, or an empty state if there is no such file. Raises ValueError if it is damaged."""
    try:
        raw = json.loads(path.read_text())
    except FileNotFoundError:
        return StackState(None, ())
    return StackState(raw["supervisor_pid"], tuple(ProgramStatus(**program) for program in raw["programs"]))


def end_leftovers(path: Path, grace_seconds: float = 10.0) -> list[str]:
    """End what a killed supervisor left running and return the names; blocks up to *grace_seconds*.

    Call it only while holding the lock of the folder: the programs of a living supervisor are no leftovers.
    """
    try:
        programs = read_state(path).programs
    except ValueError:  # cut short by a power failure, and then nothing was left running either
        return []
    left = _still_ours(programs)
    for status, process in left:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(status.stop_signal)
    psutil.wait_procs([process for _, process in left], timeout=grace_seconds)
    for _, process in left:
        kill_group(process.pid)
    psutil.wait_procs([process for _, process in left], timeout=1.0)
    return [status.name for status, _ in left]


def process_created(pid: int) -> float | None:
    """Return when *pid* was made, in seconds since 1970, or None if it is gone."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def _still_ours(programs: Sequence[ProgramStatus]) -> list[tuple[ProgramStatus, psutil.Process]]:
    left = []
    for status in programs:
        if status.pid is None or status.created is None:
            continue
        created = process_created(status.pid)
        if created is not None and abs(created - status.created) < SAME_SECONDS:
            left.append((status, psutil.Process(status.pid)))
    return left
