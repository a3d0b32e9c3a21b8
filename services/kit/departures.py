"""Who has left is refused in every process: each asks the schema of its own part, whichever one heard of it."""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import TextClause

from services.contracts.ids import OfficerId
from services.kit.auth import TOKEN_LIFE, Verifier
from services.kit.clock import Now
from services.kit.database import Database
from services.kit.health import Heartbeat

log = structlog.get_logger()

# A departure shows when its transaction commits, which may be later than the moment that it carries.
OVERLAP: Final = timedelta(minutes=1)


class Departures:
    """Refuses the tokens of everybody who left while a token of theirs may still be good.

    *left_since* selects the ids of those who left after the moment `:since`. Who left longer ago than a token lives
    has none any more, so nothing has to be remembered, and a process that starts anew knows all that it has to.
    """

    PASS_SECONDS = 2.0

    def __init__(self, database: Database, verifier: Verifier, left_since: TextClause, now: Now) -> None:
        self._database, self._verifier, self._left_since, self._now = database, verifier, left_since, now
        self.heartbeat = Heartbeat("departures", max_age_seconds=30)

    async def once(self) -> None:
        """Hear of everybody who has left lately. Await it once before the first token is checked."""
        for officer in await self._left(self._now() - TOKEN_LIFE - OVERLAP):
            self._verifier.left(OfficerId(officer))
        self.heartbeat.beat()

    async def _left(self, since: datetime) -> list[UUID]:
        async with self._database.read() as tx:
            return list((await tx.execute(self._left_since, {"since": since})).scalars())

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.PASS_SECONDS)
            try:
                await self.once()
            except Exception as error:
                log.warning("departures.interrupted", error=type(error).__name__)
