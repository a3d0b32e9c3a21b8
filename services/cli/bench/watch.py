"""What the programs of the stack use while a measurement runs: processor time and memory, by program."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from services.kit.stackfile import ProgramStatus

NOTEWORTHY = 0.1


@dataclass
class Usage:
    """Shares of one core by program, over the time watched: 1.0 is one core busy all the time."""

    shares: dict[str, float] = field(default_factory=dict)
    clients: float = 0.0
    busy: float = 0.0
    """Share of all cores that were busy, whoever kept them so."""

    def sentence(self) -> str:
        """Return in plain words what was busy."""
        parts = [*self.shares.items(), ("the bench's own clients", self.clients)]
        used = sorted(((share, name) for name, share in parts if share >= NOTEWORTHY), reverse=True)
        listed = ", ".join(f"{name} {share:.0%}" for share, name in used) or "nothing noteworthy"
        return f"of {psutil.cpu_count()} cores {self.busy:.0%} busy; of one core each: {listed}."


@contextmanager
def watched(programs: Sequence[ProgramStatus]) -> Iterator[Usage]:
    """Measure processor time by program for as long as the block runs; the figures are there afterwards."""
    usage, began, before = Usage(), time.monotonic(), cpu_seconds(programs)
    psutil.cpu_percent()
    yield usage
    took = max(time.monotonic() - began, 1e-6)
    usage.busy = psutil.cpu_percent() / 100
    after = cpu_seconds(programs)
    usage.shares = {name: max(after.get(name, 0.0) - spent, 0.0) / took for name, spent in before.items()}


def memory_mb(programs: Sequence[ProgramStatus]) -> Mapping[str, float]:
    """Return megabytes by program; what several processes share is counted once, in parts, where the system tells."""
    return {each.name: sum(map(_memory, _family(each))) / 1e6 for each in programs if each.pid}


def open_files(programs: Sequence[ProgramStatus]) -> dict[str, float]:
    """Return how many files, sockets among them, each program and its children have open."""
    return {each.name: float(sum(map(_open_files, _family(each)))) for each in programs if each.pid}


def cpu_seconds(programs: Sequence[ProgramStatus]) -> dict[str, float]:
    """Return the processor time that each program and its children took so far, in seconds; of ended ones, too."""
    return {each.name: sum(map(_cpu_seconds, _family(each))) for each in programs if each.pid}


def _family(program: ProgramStatus) -> list[psutil.Process]:
    try:
        leader = psutil.Process(program.pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    ended = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)  # macOS does not tell
    return float(times.user + times.system + ended)


def _open_files(process: psutil.Process) -> int:
    try:
        return int(process.num_fds())
    except psutil.Error:
        return 0


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except (psutil.AccessDenied, AttributeError):
        return float(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0.0
