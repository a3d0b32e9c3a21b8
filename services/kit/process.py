"""One program that a supervisor runs: what it is, how it is started, how it is ended."""

import asyncio
import os
import pwd
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from services.kit import child

LOG_LIMIT_BYTES = 20_000_000

Hook = Callable[[], Awaitable[None]]


async def _at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run and how to treat it. *env* is the whole environment; *user* is for a supervisor that runs as root.

    *ready* answers whether it can be used; *before* runs before every start, *after* once, when it is first ready,
    and belongs to getting ready. *niceness* (0 to 19) says how readily it lets others go first where all want the
    processor. *stop_signal* asks it to end and it has *grace_seconds* to do so. *death_signal* is
    what Linux sends it when the supervisor itself was killed: nobody is left to insist then, so the default insists.
    *kind*, *address* and *data* are for people who ask what runs.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log_file: Path
    ready: Callable[[], Awaitable[bool]] = _at_once
    kind: Literal["server", "part"] = "part"
    address: str = ""
    data: Path | None = None
    cwd: Path | None = None
    user: str | None = None
    niceness: int = 0
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    grace_seconds: float = 15.0
    ready_seconds: float = 60.0
    restart: bool = True
    before: Hook | None = None
    after: Hook | None = None


async def spawn(program: Program) -> Process:
    """Start *program* in a session and process group of its own, its output appended to its log.

    Raises KeyError for an unknown user and OSError if the log or the folder cannot be used. A program that does not
    exist is no error here: it ends at once with code 127 and a line in its log.
    """
    argv = [*_wrapper(program), *program.argv]
    with _open_log(program.log_file) as log:
        return await asyncio.create_subprocess_exec(
            *argv, env=dict(program.env), cwd=program.cwd, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip


async def run_once(program: Program) -> int:
    """Run *program* to its end and return its code; it is ended when the caller is cancelled. Raises as spawn does."""
    process = await spawn(program)
    try:
        return await process.wait()
    finally:
        await end(process, program)


async def end(process: Process, program: Program) -> None:
    """Ask *process* to end, insist after the grace, and leave nobody of its group behind."""
    try:
        if process.returncode is None:
            process.send_signal(program.stop_signal)
            async with asyncio.timeout(program.grace_seconds):
                await process.wait()
    except (TimeoutError, ProcessLookupError):
        pass
    finally:
        kill_group(process.pid)
        await process.wait()


def kill_group(pid: int) -> None:
    """Kill the process group that *pid* leads, also when the leader is gone already."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says EPERM for a group of zombies
        os.killpg(pid, signal.SIGKILL)


def last_lines(log_file: Path, count: int = 15) -> str:
    """Return the end of a log, at most *count* lines of it, empty if there is none."""
    try:
        with log_file.open("rb") as log:
            log.seek(max(0, log_file.stat().st_size - 16_384))
            lines = log.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(lines[-count:])


def _wrapper(program: Program) -> list[str]:
    uid = gid = -1
    if program.user is not None:
        account = pwd.getpwnam(program.user)
        uid, gid = account.pw_uid, account.pw_gid
    facts = (os.getpid(), int(program.death_signal), program.niceness, uid, gid)
    return [sys.executable, "-I", "-S", child.__file__, *map(str, facts)]


def _open_log(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")
