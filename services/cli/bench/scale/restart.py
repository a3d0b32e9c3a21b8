"""Everything stopped and started again, with all that is loaded."""

import asyncio
import time

from services.cli.bench.ground import Ground

SERVERS = ("postgres", "valkey", "temporal")
PARTS = ("registry", "referral", "notify", "workflows")


async def restart(ground: Ground, names: tuple[str, ...]) -> float:
    """Stop *names* in reverse order, start them together, and return the seconds from there until all are ready."""
    ground.tell(f"restarting {', '.join(names)}")
    for name in reversed(names):
        await ground.stack.hold_down(name)
    began = time.monotonic()
    await asyncio.gather(*(ground.stack.bring_up(name) for name in names))
    return time.monotonic() - began


async def restart_all(ground: Ground) -> float:
    """The same with the servers first and then the parts, as a machine does that comes up again."""
    ground.tell("restarting everything")
    for name in reversed(SERVERS + PARTS):
        await ground.stack.hold_down(name)
    began = time.monotonic()
    for names in (SERVERS, PARTS):
        await asyncio.gather(*(ground.stack.bring_up(name) for name in names))
    return time.monotonic() - began
