"""Whole lives at an even pace: created, submitted, claimed, accepted, contacted, reported, confirmed."""

from typing import Any
from uuid import uuid4

from services.cli.bench.loads.actions import OFFERED_VERSION
from services.cli.bench.loads.crew import Crew, a_day_ago, at_rate
from services.cli.bench.loads.sightings import RECORD_HAS, Sightings, sightings
from services.cli.bench.wire import Api

LOOK_SECONDS = 0.05


async def live(crew: Crew, job: dict[str, Any]) -> dict[str, Any]:
    """Begin *rate* lives a second for *seconds*; return how many ended, and after how many seconds the last did."""
    ended: list[str] = []
    async with sightings(job["database_url"], RECORD_HAS, pause_seconds=LOOK_SECONDS) as offers:

        async def life(need: tuple[str, str]) -> None:
            try:
                ended.append(await _life(crew, offers, *need))
            except (TimeoutError, Exception) as error:
                crew.errors.append(f"{type(error).__name__}: {error}")

        seconds = await at_rate(job["needs"], job["rate"], job["seconds"], life)
    return {"seconds": seconds, "ended": len(ended)}


async def _life(crew: Crew, offers: Sightings, family: str, service: str) -> str:
    referral = str(uuid4())
    await crew.refer(referral, family, service)
    await offers.of(referral, OFFERED_VERSION)
    report = {"outcome": "served_full", "on": a_day_ago(), "provider": "TPK"}
    steps: tuple[tuple[Api, str, dict[str, str]], ...] = (
        (crew.unit, "claim", {}), (crew.unit, "accept", {}), (crew.unit, "contact", {"on": a_day_ago()}),
        (crew.unit, "report", report), (crew.sender, "confirm", {}),
    )  # fmt: skip
    for version, (person, action, body) in enumerate(steps, OFFERED_VERSION):
        await person.post(f"/referrals/{referral}/{action}", {"expected_version": version, **body})
    return referral
