"""Seeing in the database, with one question for all who wait, when something has happened to a referral."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, LiteralString
from uuid import UUID

import psycopg

# Both compare a version: `seen` is written when the workflow's server has the newest snapshot, or has it to come as an
# answer to the workflow's own command.
RECORD_HAS: LiteralString = (
    "SELECT wanted.id FROM unnest(%s::uuid[], %s::bigint[]) AS wanted(id, version)"
    " JOIN referral.referral AS there ON there.id = wanted.id AND there.version >= wanted.version"
)
CLOCK_HAS: LiteralString = (
    "SELECT wanted.id FROM unnest(%s::uuid[], %s::bigint[]) AS wanted(id, version)"
    " JOIN workflows.seen AS there ON there.referral_id = wanted.id AND there.version >= wanted.version"
)


class Sightings:
    """Who waits for which version of which referral."""

    def __init__(self, database: psycopg.AsyncConnection[Any], query: LiteralString, pause_seconds: float) -> None:
        self._database, self._query, self._pause_seconds = database, query, pause_seconds
        self._awaited: dict[UUID, tuple[int, asyncio.Future[None]]] = {}

    async def of(self, referral: str, version: int, *, timeout_seconds: float = 30) -> None:
        """Return as soon as *version* is there. Raises TimeoutError."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._awaited[UUID(referral)] = version, future
        async with asyncio.timeout(timeout_seconds):
            await future

    async def look_out(self) -> None:
        while True:
            if self._awaited:
                await self._look()
            await asyncio.sleep(self._pause_seconds)

    async def _look(self) -> None:
        ids = list(self._awaited)
        versions = [self._awaited[each][0] for each in ids]
        for (found,) in await (await self._database.execute(self._query, [ids, versions])).fetchall():
            version, future = self._awaited[found]
            if version <= versions[ids.index(found)] and not future.done():
                future.set_result(None)
                del self._awaited[found]


@asynccontextmanager
async def sightings(url: str, query: LiteralString, *, pause_seconds: float) -> AsyncIterator[Sightings]:
    """Look every *pause_seconds* for as long as the block runs."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=2) as database:
        seeing = Sightings(database, query, pause_seconds)
        looking = asyncio.create_task(seeing.look_out())
        try:
            yield seeing
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
