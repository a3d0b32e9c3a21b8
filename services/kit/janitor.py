"""Keeping streams and delivery tables small without ever dropping what somebody still needs."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Any

import structlog
from redis.exceptions import RedisError, ResponseError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from services.kit.database import Database
from services.kit.dead_letters import dead_letter_stream
from services.kit.health import Heartbeat
from services.kit.outbox import sortable
from services.kit.settings import PartSettings
from services.kit.streams import order, stream_client
from services.kit.telemetry import DEAD_LETTERS, LAG, OUTBOX_OLDEST_SECONDS, TRIMMED_PENDING

log = structlog.get_logger()

PASS_SECONDS = 60.0
CONSUMER_IDLE_MILLISECONDS = 3_600_000
IDEMPOTENCY_DAYS = 90
DEAD_LETTER_SECONDS = 30 * 86_400
_LOCK = 0x6A616E69  # "jani"


class Janitor:
    """Once a minute, in one process per service: trims the service's own stream, purges its delivery tables."""

    def __init__(self, database: Database, settings: PartSettings, stream: str | None, groups: Sequence[str]) -> None:
        self._database, self._settings = database, settings
        self._stream, self._groups = stream, groups
        self._client = stream_client(settings.redis_url)
        self.heartbeat = Heartbeat("janitor", max_age_seconds=3 * PASS_SECONDS)

    async def run(self) -> None:
        while True:
            self.heartbeat.beat()
            await asyncio.sleep(PASS_SECONDS)
            try:
                await self.once()
            except (SQLAlchemyError, OSError) as error:
                log.warning("janitor.interrupted", error=type(error).__name__)

    async def close(self) -> None:
        await self._client.aclose()

    async def once(self) -> None:
        """One pass. Does nothing where another process of this service is at it."""
        async with self._database.begin() as tx:
            lock = text("SELECT pg_try_advisory_xact_lock(:lock, hashtext(current_schema()))")
            if not (await tx.execute(lock, {"lock": _LOCK})).scalar():
                return
            first = await self._swept(self._stream) if self._stream else None
            retention = self._settings.stream_retention_seconds
            if first:
                purge = (
                    "DELETE FROM outbox WHERE stream_id < :first AND published_at < now() - make_interval(secs => :s)"
                )
                await tx.execute(text(purge), {"first": first, "s": retention})
            await tx.execute(
                text("DELETE FROM inbox WHERE seen_at < now() - make_interval(secs => :s)"),
                {"s": retention + DEAD_LETTER_SECONDS},
            )
            await tx.execute(
                text("DELETE FROM idempotency WHERE created_at < now() - make_interval(days => :d)"),
                {"d": IDEMPOTENCY_DAYS},
            )
            if self._stream:
                oldest = "SELECT extract(epoch FROM now() - min(created_at)) FROM outbox WHERE stream_id IS NULL"
                OUTBOX_OLDEST_SECONDS.labels(self._stream).set((await tx.execute(text(oldest))).scalar() or 0)

    async def _swept(self, stream: str) -> str | None:
        """Sweep *stream*; None where its server is away: the tables are purged all the same."""
        try:
            return await self._sweep_stream(stream)
        except (RedisError, OSError) as error:
            log.warning("janitor.stream_not_swept", stream=stream, error=type(error).__name__)
            return None

    async def _sweep_stream(self, stream: str) -> str | None:
        """Trim *stream* and its dead letters; return the first id that is left, sortable."""
        groups = {each["name"].decode(): each for each in await self._client.xinfo_groups(stream)}
        for name, group in groups.items():
            LAG.labels(stream, name).set(group.get("lag") or 0)
            await self._drop_idle_consumers(stream, name)
        bound = await self._trim_bound(stream, groups)
        if bound:
            await self._client.xtrim(stream, minid=bound, approximate=True)
        letters = dead_letter_stream(stream)
        await self._client.xtrim(letters, minid=f"{_now_ms() - DEAD_LETTER_SECONDS * 1000}-0", approximate=True)
        DEAD_LETTERS.labels(stream).set(await self._client.xlen(letters))
        first = await self._client.xrange(stream, count=1)
        return sortable(first[0][0]) if first else None

    async def _trim_bound(self, stream: str, groups: dict[str, Any]) -> str | None:
        """Return the lowest id that must stay, or None where a group is missing: then nothing is trimmed."""
        if any(name not in groups for name in self._groups):
            return None
        needed = [order(f"{_now_ms() - self._settings.stream_retention_seconds * 1000}-0".encode())]
        for name in self._groups:
            needed.append(order(groups[name]["last-delivered-id"]))
            pending = await self._client.xpending(stream, name)
            if pending["pending"]:
                needed.append(order(pending["min"]))
        milliseconds, sequence = min(needed)
        return f"{milliseconds}-{sequence}"

    async def _drop_idle_consumers(self, stream: str, group: str) -> None:
        for consumer in await self._client.xinfo_consumers(stream, group):
            if consumer["pending"] == 0 and consumer["idle"] > CONSUMER_IDLE_MILLISECONDS:
                with contextlib.suppress(ResponseError):
                    lost = await self._client.xgroup_delconsumer(stream, group, consumer["name"])
                    TRIMMED_PENDING.labels(stream).inc(lost)  # it woke up in this very moment, after an hour


def _now_ms() -> int:
    return int(time.time() * 1000)
