"""New referrals as fast as *clients* can write them: a draft, and its submission."""

from typing import Any
from uuid import uuid4

from services.cli.bench.loads.crew import Crew, share_out


async def take_in(crew: Crew, job: dict[str, Any]) -> dict[str, Any]:
    """Create and submit a referral for each of *needs* (family, service); return their ids and the seconds."""
    needs = [(str(uuid4()), family, service) for family, service in job["needs"]]

    async def refer(need: tuple[str, str, str]) -> None:
        await crew.refer(*need)

    return {"seconds": await share_out(needs, job["clients"], refer), "referrals": [each[0] for each in needs]}
