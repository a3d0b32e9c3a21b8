"""The highest rate of whole lives that the machine holds for a minute without falling behind."""

from collections.abc import Sequence

from services.cli.bench.figures import Figure
from services.cli.bench.ground import Ground
from services.cli.bench.sizes import Size

CAUGHT_UP_SECONDS = 5.0
SPARE = 0.8  # a probe is short: what it finds is tried a little lower
STEP_DOWN = 0.75
TRIES = 2


async def measure_lives(ground: Ground, size: Size) -> Sequence[Figure]:
    """Return `sustained_rate`, or None for it where not even the lowest rate was held."""
    held = await _held_shortly(ground, size)
    rate = held if size.hold_seconds <= size.probe_seconds else held * SPARE
    for _ in range(TRIES):
        if await _holds(ground, rate, size.hold_seconds, limits=True):
            return (Figure("sustained_rate", rate, "lives/s"),)
        rate *= STEP_DOWN
    ground.limits["sustained_rate"] = f"not even {rate / STEP_DOWN:.1f} lives/s were held."
    return (Figure("sustained_rate", None, "lives/s"),)


async def _held_shortly(ground: Ground, size: Size) -> float:
    """Double the rate until it is not held any more, then try between; return the highest that was held."""
    rate = size.first_lives
    while rate < size.most_lives and await _holds(ground, rate * 2, size.probe_seconds):
        rate *= 2
    if rate >= size.most_lives:
        return rate
    return rate * 1.5 if await _holds(ground, rate * 1.5, size.probe_seconds) else rate


async def _holds(ground: Ground, rate: float, seconds: float, *, limits: bool = False) -> bool:
    """Say whether every life begun ended and nothing was behind CAUGHT_UP_SECONDS after the last was begun."""
    number = int(rate * seconds) + 1
    await ground.prepare_needs(number)
    ground.tell(f"{rate:.1f} lives a second for {seconds:.0f} s")
    answer = await ground.load(
        "lives", limits="sustained_rate" if limits else "", needs=ground.take_needs(number), rate=rate, seconds=seconds
    )
    late = answer["seconds"] - seconds
    caught_up = await ground.backlog.gone_within(max(CAUGHT_UP_SECONDS - late, 0.0))
    held = not answer["errors"] and late <= CAUGHT_UP_SECONDS and caught_up is not None
    if not held:
        await ground.catch_up(120)
    return held
