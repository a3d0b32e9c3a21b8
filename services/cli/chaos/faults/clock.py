"""A part whose clock is wrong for a while."""

import asyncio
import random

from services.cli.chaos.ground import Ground, part_named
from services.cli.chaos.plan import Fault

# Less than a token has left when people sign in anew; more than every short clock of the demo's policy.
LEAST_SECONDS, MOST_SECONDS = 10.0, 45.0


async def other_clock(ground: Ground, fault: Fault) -> None:
    """Restart a part with a clock that is ahead or behind, and after a while with the right one."""
    dice = random.Random(fault.dice)
    offset = dice.choice((-1, 1)) * dice.uniform(LEAST_SECONDS, MOST_SECONDS)
    async with ground.instead(part_named(fault.target), {"NYEKRUP_CLOCK_OFFSET_SECONDS": f"{offset:.0f}"}):
        await asyncio.sleep(fault.seconds)
