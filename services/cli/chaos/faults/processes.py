"""Processes that die without a word, and processes that stand still."""

import asyncio
import os
import signal

from services.cli.chaos.ground import Ground
from services.cli.chaos.plan import Fault


async def killed(ground: Ground, fault: Fault) -> None:
    """SIGKILL: the supervisor starts it again; nobody else helps."""
    os.kill(await _running(ground, fault.target), signal.SIGKILL)


async def frozen(ground: Ground, fault: Fault) -> None:
    """SIGSTOP, for the server's children as well, and after a while SIGCONT."""
    ground.freeze(await _running(ground, fault.target))
    try:
        await asyncio.sleep(fault.seconds)
    finally:
        ground.thaw()


async def _running(ground: Ground, name: str) -> int:
    await ground.until_ready(name)
    pid = ground.pid(name)
    assert pid is not None, "what is ready has a process"
    return pid
