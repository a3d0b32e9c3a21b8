"""Boards that many look at and one reads: whoever asks for an area that was asked for a moment ago gets that answer."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from services.contracts.ids import RegionCode
from services.referral.board import board
from services.referral.usecases import Record


@dataclass
class Boards:
    """*reading*: the newest question for each area, until its answer is no longer fresh."""

    record: Record
    fresh_seconds: float
    reading: dict[RegionCode, asyncio.Task[dict[str, Any]]] = field(default_factory=dict)

    async def of(self, area: RegionCode) -> dict[str, Any]:
        """Return BoardView of *area*, read within the last seconds."""
        if area not in self.reading:
            self.reading[area] = asyncio.create_task(self._read(area))
        # Whoever goes away in the middle takes nobody's answer along.
        return await asyncio.shield(self.reading[area])

    async def _read(self, area: RegionCode) -> dict[str, Any]:
        try:
            async with self.record.database.read() as tx:
                return await board(tx, area, now=self.record.now())
        finally:
            asyncio.get_running_loop().call_later(self.fresh_seconds, self.reading.pop, area, None)
