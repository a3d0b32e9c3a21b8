"""What the product takes in memory: with nothing to do, and with thousands of open referrals."""

import asyncio
from collections.abc import Sequence

from services.cli.bench.copies import copy_referral
from services.cli.bench.figures import BenchFailed, Figure
from services.cli.bench.ground import Ground
from services.cli.bench.sizes import Size
from services.cli.bench.watch import memory_mb

QUIET_SECONDS = 2.0
BATCH = 500


async def measure_idle_memory(ground: Ground, _: Size) -> Sequence[Figure]:
    """Return `memory_idle` after the start, with nothing behind."""
    await ground.catch_up(60)
    return (await _memory(ground, "memory_idle"),)


async def measure_used_memory(ground: Ground, size: Size) -> Sequence[Figure]:
    """Return `memory_5000`: that many submitted referrals are open, each with its workflow."""
    model = (await ground.some_offered(1))[0]
    before = await ground.backlog.open_referrals()
    missing = max(size.open_referrals - before, 0)
    await _copied(ground, model, missing)
    there, fed = await ground.backlog.open_referrals(), await ground.backlog.clocks()
    if min(there, fed) < size.open_referrals:
        raise BenchFailed(f"{there} referrals are open and {fed} clocks know one, not {size.open_referrals}")
    ground.limits["memory_5000"] = (
        f"{before} of {there} open referrals came over HTTP; {missing} were copied in the record with"
        " their newest event, and published, delivered and waited for as any other."
    )
    return (await _memory(ground, "memory_5000"),)


async def _copied(ground: Ground, model: str, missing: int) -> None:
    """Make the copies in batches, so that the outbox never holds more than people would leave there."""
    url = ground.stack.servers.database_url("postgres")
    for first in range(0, missing, BATCH):
        ground.tell(f"{first} of {missing} open referrals made")
        number = min(BATCH, missing - first)
        ground.offered += await copy_referral(url, model, number, first=ground.copied, told=True)
        ground.copied += number
        await ground.catch_up(120)


async def _memory(ground: Ground, name: str) -> Figure:
    await asyncio.sleep(QUIET_SECONDS)
    by_process = memory_mb(ground.stack.status())
    return Figure(name, sum(by_process.values()), "MB", by_process=by_process, less_is_better=True)
