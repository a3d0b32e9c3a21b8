"""Notes at an even pace, each watched until the waiting has it: from the answer to the caseworker to the workflow."""

import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from services.cli.bench.loads.crew import Crew, at_rate
from services.cli.bench.loads.sightings import CLOCK_HAS, sightings

LOOK_SECONDS = 0.01
GIVE_UP_SECONDS = 10.0


async def pace(crew: Crew, job: dict[str, Any]) -> dict[str, Any]:
    """Write *rate* notes a second for *seconds* on *cases* (id, version); return the milliseconds until seen.

    A note that the clock did not see within GIVE_UP_SECONDS counts as that long. Needs at least *rate* times that
    many cases, or a case comes round before its last note was seen.
    """
    versions: dict[str, int] = dict(job["cases"])
    took_ms: list[float] = []
    async with sightings(job["database_url"], CLOCK_HAS, pause_seconds=LOOK_SECONDS) as clock:

        async def note(referral: str) -> None:
            seen = versions[referral]
            versions[referral] = seen + 1
            await crew.unit.post(f"/referrals/{referral}/note", {"expected_version": seen, "text": "Dikunjungi."})
            answered = time.perf_counter()
            try:
                await clock.of(referral, seen + 1, timeout_seconds=GIVE_UP_SECONDS)
            except TimeoutError:
                crew.errors.append("not seen by the clock in time")
            took_ms.append((time.perf_counter() - answered) * 1000)

        seconds = await at_rate(_round_and_round(versions), job["rate"], job["seconds"], note)
    return {"seconds": seconds, "took_ms": took_ms, "cases": list(versions.items())}


def _round_and_round(versions: dict[str, int]) -> Iterator[str]:
    return cycle(list(versions))
