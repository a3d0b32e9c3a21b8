"""Notes at an even pace, each watched until the waiting has it: from the answer to the caseworker to the workflow."""

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from services.cli.bench.loads.crew import Crew, at_rate
from services.cli.bench.loads.sightings import CLOCK_HAS, Sightings, sightings
from services.cli.bench.wire import NotAnswered

LOOK_SECONDS = 0.01
GIVE_UP_SECONDS = 10.0


async def pace(crew: Crew, job: dict[str, Any]) -> dict[str, Any]:
    """Write *rate* notes a second for *seconds* on *cases* (id, version); return the milliseconds until seen.

    A case rests until its last note was seen. A note that was not taken, not seen within GIVE_UP_SECONDS, or for which
    no case was at rest, counts as that long.
    """
    took_ms: list[float] = []
    async with sightings(job["database_url"], CLOCK_HAS, pause_seconds=LOOK_SECONDS) as clock:
        desk = _Desk(crew, clock, dict(job["cases"]))

        async def note(referral: str | None) -> None:
            took_ms.append((await desk.note(referral)) * 1000)

        seconds = await at_rate(desk.at_rest(), job["rate"], job["seconds"], note)
    return {"seconds": seconds, "took_ms": took_ms, "cases": list(desk.versions.items())}


class _Desk:
    """The cases, their versions, and which of them may have a note now."""

    def __init__(self, crew: Crew, clock: Sightings, versions: dict[str, int]) -> None:
        self.versions = versions
        self._crew, self._clock = crew, clock
        self._resting = deque(versions)

    def at_rest(self) -> Iterator[str | None]:
        """Yield, for ever, the case that rests longest, or None where none does."""
        while True:
            yield self._resting.popleft() if self._resting else None

    async def note(self, referral: str | None) -> float:
        """Write one note and return the seconds from the answer until the clock has it."""
        if referral is None:
            self._crew.errors.append("no case was at rest")
            return GIVE_UP_SECONDS
        seen = self.versions[referral]
        try:
            await self._crew.unit.post(f"/referrals/{referral}/note", {"expected_version": seen, "text": "Dikunjungi."})
            self.versions[referral] = seen + 1
            answered = time.perf_counter()
            await self._clock.of(referral, seen + 1, timeout_seconds=GIVE_UP_SECONDS)
        except (NotAnswered, TimeoutError) as error:
            self._crew.errors.append(str(error) or "not seen by the clock in time")
            return GIVE_UP_SECONDS
        self._resting.append(referral)
        return time.perf_counter() - answered
