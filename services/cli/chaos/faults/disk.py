"""A disk that is full, and then is not any more."""

import asyncio
import errno
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from services.cli.chaos.ground import Ground
from services.cli.chaos.plan import Fault

BLOCK = bytes(1 << 20)
POSSIBLE = sys.platform == "linux"
"""Neither a mount of our own nor a limit for another process exists elsewhere."""


async def full_disk(ground: Ground, fault: Fault) -> None:
    """Fill the server's small disk; where it has none, forbid its processes to write into files."""
    if fault.target in ground.disks:
        await _filled(ground.disks[fault.target], fault.seconds)
        return
    await ground.until_ready(fault.target)
    pid = ground.pid(fault.target)
    assert pid is not None, "what is ready has a process"
    with no_room(pid):
        await asyncio.sleep(fault.seconds)


async def _filled(folder: Path, seconds: float) -> None:
    filler = folder / "filler"
    try:
        await asyncio.to_thread(_fill, filler)
        await asyncio.sleep(seconds)
    finally:
        filler.unlink(missing_ok=True)


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        block = BLOCK
        while block:
            try:
                file.write(block)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                block = block[: len(block) // 2]  # to the last byte


@contextmanager
def no_room(pid: int) -> Iterator[None]:
    """Let no process of *pid*'s family write beyond the first byte of a file. Children inherit it."""
    before = {}
    for process in _family(pid):
        with suppress(ProcessLookupError):
            soft, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            before[process.pid] = soft
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        for process in _family(pid):
            with suppress(ProcessLookupError):
                _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (before.get(process.pid, hard), hard))


def _family(pid: int) -> list[psutil.Process]:
    try:
        leader = psutil.Process(pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
