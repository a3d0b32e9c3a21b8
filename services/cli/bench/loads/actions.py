"""Caseworkers who act without a pause: each takes an offered referral on and writes notes about it, then the next."""

import asyncio
import time
from typing import Any

from services.cli.bench.loads.crew import Crew, a_day_ago, share_out

OFFERED_VERSION = 3  # created, submitted, offered
NOTES = 5
ACTIONS_OF_A_CASE = 3 + NOTES


def chain() -> list[tuple[str, dict[str, Any]]]:
    """Return what is done with one case: claim, accept, contact, and notes."""
    note = {"text": "Keluarga dikunjungi di rumah; ibu sehat."}
    return [("claim", {}), ("accept", {}), ("contact", {"on": a_day_ago()}), *[("note", note)] * NOTES]


async def act(crew: Crew, job: dict[str, Any]) -> dict[str, Any]:
    """Work *clients* at once through *referrals* for at most *seconds*; return each action's milliseconds."""
    took_ms: list[float] = []
    ends = time.perf_counter() + job["seconds"]

    async def case(referral: str) -> None:
        for version, (action, body) in enumerate(chain(), OFFERED_VERSION):
            began = time.perf_counter()
            if began > ends:
                return
            await crew.unit.post(f"/referrals/{referral}/{action}", {"expected_version": version, **body})
            took_ms.append((time.perf_counter() - began) * 1000)

    seconds = await share_out(job["referrals"], job["clients"], case)
    return {"seconds": seconds, "took_ms": took_ms}


async def take_on(crew: Crew, job: dict[str, Any]) -> dict[str, Any]:
    """Bring every one of the offered *referrals* into service: claim, accept, contact."""

    async def begin_service(referral: str) -> None:
        for version, (action, body) in enumerate(chain()[:3], OFFERED_VERSION):
            await crew.unit.post(f"/referrals/{referral}/{action}", {"expected_version": version, **body})

    return {"seconds": await share_out(job["referrals"], job["clients"], begin_service)}


async def idle(_: Crew, job: dict[str, Any]) -> dict[str, Any]:
    """Do nothing for *seconds*: what the measuring itself costs."""
    await asyncio.sleep(job["seconds"])
    return {"seconds": job["seconds"]}
