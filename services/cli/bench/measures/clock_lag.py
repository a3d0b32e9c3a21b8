"""How long after a caseworker's action the waiting knows of it, and at which rate that stops being soon."""

from collections.abc import Sequence
from statistics import median

from services.cli.bench.figures import Figure, percentile
from services.cli.bench.ground import Ground
from services.cli.bench.loads.actions import OFFERED_VERSION
from services.cli.bench.sizes import Size

SOON_MS = 500
IN_SERVICE_VERSION = OFFERED_VERSION + 3
CASES_PER_RATE = 5  # so that no case comes round before its last note was seen


async def measure_clock_lag(ground: Ground, size: Size) -> Sequence[Figure]:
    """Return `event_to_clock_p95` at the paced rate, and the first rate at which it is over SOON_MS."""
    pace = _Pace(ground, size, await _in_service(ground, int(size.paced_rate * CASES_PER_RATE)))
    p95 = median([await pace.p95(size.paced_rate, limits=number == 0) for number in range(size.rounds)])
    return Figure("event_to_clock_p95", p95, "ms"), Figure(
        "event_to_clock_breaks_at", await _breaks_at(pace, p95, size), "actions/s"
    )


async def _breaks_at(pace: "_Pace", p95: float, size: Size) -> float | None:
    """Return the lowest rate tried that was not soon; None where the highest still was."""
    if p95 > SOON_MS:
        return size.paced_rate
    rate = size.paced_rate * 1.5
    while rate <= size.most_paced:
        if await pace.p95(rate) > SOON_MS:
            return rate
        rate *= 1.5
    return None


async def _in_service(ground: Ground, number: int) -> dict[str, int]:
    """Return referrals in service and their versions."""
    referrals = await ground.some_offered(number)
    ground.tell(f"taking {number} referrals on")
    await ground.load("take_on", referrals=referrals, clients=4)
    await ground.catch_up(120)
    return dict.fromkeys(referrals, IN_SERVICE_VERSION)


class _Pace:
    """Notes at one rate after another, on the same cases."""

    def __init__(self, ground: Ground, size: Size, cases: dict[str, int]) -> None:
        self._ground, self._size, self._cases = ground, size, cases

    async def p95(self, rate: float, *, limits: bool = False) -> float:
        """Return the milliseconds that 95 of 100 notes took to the clock."""
        self._ground.tell(f"{rate:.0f} notes a second, each watched until the clock has it")
        answer = await self._ground.load(
            "notes", limits="event_to_clock_p95" if limits else "", cases=list(self._cases.items()), rate=rate,
            seconds=self._size.pace_seconds,
        )  # fmt: skip
        self._cases = dict(answer["cases"])
        await self._ground.catch_up(120)
        return percentile(answer["took_ms"], 0.95)
