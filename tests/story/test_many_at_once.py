"""More people at once than there are database connections, while the offices change: nobody waits for himself."""

import asyncio
from uuid import uuid4

from services.cli.stories.stage import Stage
from services.contracts.codes import Service


async def test_forty_drafts_at_once_are_written_while_the_offices_change(stage: Stage) -> None:
    lead = stage.dinsos_province_coordinator
    places = f"{lead.addresses.registry}/units/dinsos-35/places/{Service.ASPD}"

    async def change(limit: int) -> None:
        answer = await lead.http.put(places, json={"limit": limit}, headers={"idempotency-key": str(uuid4())})
        answer.raise_for_status()

    drafts = (stage.tksk.draft(uuid4(), Service.KIE) for _ in range(40))
    await asyncio.gather(*drafts, *(change(100 + number) for number in range(8)))
