"""How far the stack is behind: what was not published, not delivered, not finished, and which marks are late."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from deploy.local.servers import Servers
from services.contracts.events import GROUPS
from services.kit.streams import stream_client

POLL_SECONDS = 0.1

_UNPUBLISHED: LiteralString = """
SELECT (SELECT count(*) FROM registry.outbox WHERE stream_id IS NULL)
     + (SELECT count(*) FROM referral.outbox WHERE stream_id IS NULL)
     + (SELECT count(*) FROM notify.outbox WHERE stream_id IS NULL)
"""
_LATE_MARKS: LiteralString = "SELECT count(*) FROM referral.referral WHERE next_mark_at < now()"


class Backlog:
    """One connection to each of the servers that know."""

    def __init__(self, url: str, database: psycopg.AsyncConnection[Any], valkey: Any) -> None:
        self._url, self._database, self._valkey = url, database, valkey

    async def reconnect(self) -> None:
        """Connect to the database anew after it was away."""
        self._database = await psycopg.AsyncConnection.connect(self._url, autocommit=True)

    async def close(self) -> None:
        await self._database.close()
        await self._valkey.aclose()

    async def count(self) -> dict[str, int]:
        """Return how many are behind, by place; places with none are left out."""
        behind = {"outbox": await self.number(_UNPUBLISHED), "late marks": await self.number(_LATE_MARKS)}
        behind |= {name: sum(each) for name, each in (await self.groups()).items()}
        return {place: number for place, number in behind.items() if number}

    async def groups(self) -> dict[str, tuple[int, int]]:
        """Return of each group of each stream how many events are not delivered yet, and how many not finished."""
        return {
            f"{stream} to {group['name'].decode()}": (int(group["lag"] or 0), int(group["pending"]))
            for stream in GROUPS
            for group in await self._valkey.xinfo_groups(stream)
        }

    async def gone_within(self, seconds: float) -> float | None:
        """Return after how many seconds nothing was behind any more, or None if that took longer than *seconds*."""
        began = time.monotonic()
        while await self.count():
            if time.monotonic() - began > seconds:
                return None
            await asyncio.sleep(POLL_SECONDS)
        return time.monotonic() - began

    async def number(self, query: LiteralString, *values: Any) -> int:
        row = await (await self._database.execute(query, values)).fetchone()
        assert row is not None, "a count has always one row"
        return int(row[0])

    async def connections(self) -> dict[str, int]:
        """Return how many connections each part holds to the database."""
        query: LiteralString = (
            "SELECT usename, count(*) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND usename <> 'postgres' GROUP BY 1"
        )
        return dict(await (await self._database.execute(query)).fetchall())

    async def stream_bytes(self) -> int:
        """Return what the stream server's data take in its memory."""
        return int((await self._valkey.info("memory"))["used_memory_dataset"])

    async def stream_commands(self) -> float:
        """Return how many commands the stream server has executed since it started."""
        return float((await self._valkey.info("stats"))["total_commands_processed"])

    async def configure(self, settings: Mapping[str, LiteralString]) -> None:
        """Set PostgreSQL's settings (name, and the value as SQL) for every session."""
        for name, value in settings.items():
            await self._database.execute(
                sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.SQL(value))
            )
        await self._database.execute("SELECT pg_reload_conf()")

    async def armed(self, referrals: Collection[UUID]) -> int:
        """Return how many of *referrals* are offered with a next mark."""
        query: LiteralString = (
            "SELECT count(*) FROM referral.referral"
            " WHERE id = ANY(%s) AND state = 'offered' AND next_mark_at IS NOT NULL"
        )
        return await self.number(query, list(referrals))

    async def clocks(self) -> int:
        """Return how many open referrals the waiting has in their newest version."""
        query: LiteralString = (
            "SELECT count(*) FROM referral.referral AS referral JOIN workflows.seen ON seen.referral_id = referral.id"
            " AND seen.version = referral.version WHERE referral.submitted_at IS NOT NULL"
            " AND referral.state NOT IN ('draft', 'closed', 'cancelled', 'void')"
        )
        return await self.number(query)

    async def open_referrals(self) -> int:
        """Return how many referrals are submitted and live."""
        query: LiteralString = (
            "SELECT count(*) FROM referral.referral WHERE submitted_at IS NOT NULL"
            " AND state NOT IN ('draft', 'closed', 'cancelled', 'void')"
        )
        return await self.number(query)


@asynccontextmanager
async def backlog(servers: Servers) -> AsyncIterator[Backlog]:
    """Connect as the administrator, for the length of the block."""
    url = servers.database_url("postgres")
    database = await psycopg.AsyncConnection.connect(url, autocommit=True)
    behind = Backlog(url, database, stream_client(servers.redis_url("admin")))
    try:
        yield behind
    finally:
        await behind.close()
