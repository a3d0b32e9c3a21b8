"""The relay: takes what the outbox holds to the stream. One leader per service, the others stand by.

It is the only writer and the only maker of a stream, and it heals: before its first event and after every broken
connection it makes the groups, and marks as unpublished whatever the stream has lost (a lost tail, FLUSHALL).
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import redis.asyncio
import structlog
from redis.asyncio.connection import parse_url
from redis.exceptions import RedisError, ResponseError

from services.kit.health import Heartbeat
from services.kit.outbox import CHANNEL, sortable
from services.kit.telemetry import OUTBOX_PUBLISHED, STREAM_HEALED

log = structlog.get_logger()

BATCH = 500
POLL_SECONDS = 1.0
_LEADER_LOCK = 0x6E79656B  # "nyek": one advisory lock a schema's role holds while it leads

_CLAIM = "SELECT seq, body FROM outbox WHERE stream_id IS NULL ORDER BY seq LIMIT %s"
_MARK = """
UPDATE outbox SET stream_id = published.stream_id, published_at = now()
FROM unnest(%s::bigint[], %s::text[]) AS published(seq, stream_id) WHERE outbox.seq = published.seq
"""
_UNMARK = "UPDATE outbox SET stream_id = NULL, published_at = NULL WHERE stream_id > %s"


class StreamGone(Exception):
    """The stream is not there any more: only healing brings it back."""


class Relay:
    """Drains one service's outbox into *stream* for *groups*."""

    def __init__(self, database_url: str, redis_url: str, stream: str, groups: Sequence[str]) -> None:
        self._database_url = database_url
        self._redis = parse_url(redis_url)
        self._stream = stream
        self._groups = groups
        self.heartbeat = Heartbeat(f"relay:{stream}", max_age_seconds=10)
        self.leading = False

    async def run(self) -> None:
        """Stand by, lead, and start over after any fault; ends only when cancelled."""
        delay = 0.1
        while True:
            try:
                await self._lead()
                delay = 0.1
            except (psycopg.Error, RedisError, OSError, StreamGone) as error:
                log.warning("relay.interrupted", stream=self._stream, error=type(error).__name__, retry_seconds=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 5.0)
            finally:
                self.leading = False

    async def _lead(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            self._database_url, autocommit=True, connect_timeout=5
        ) as database:
            await self._until_leader(database)
            await database.execute(f"LISTEN {CHANNEL}")
            # A bare connection: nothing reconnects or retries behind our back, so a loss is always noticed and healed.
            valkey = redis.asyncio.Connection(**_connection_options(self._redis))
            try:
                await valkey.connect()  # type: ignore[no-untyped-call]
                await self._heal(database, valkey)
                self.leading = True
                await self._drain_for_ever(database, valkey)
            finally:
                with contextlib.suppress(Exception):
                    await valkey.disconnect()

    async def _until_leader(self, database: psycopg.AsyncConnection[Any]) -> None:
        key = f"SELECT pg_try_advisory_lock({_LEADER_LOCK}, hashtext(current_schema() || '.' || %s))"
        while True:
            row = await (await database.execute(key, [self._stream])).fetchone()
            if row and row[0]:
                return
            self.heartbeat.beat()
            await asyncio.sleep(POLL_SECONDS)

    async def _drain_for_ever(self, database: psycopg.AsyncConnection[Any], valkey: redis.asyncio.Connection) -> None:
        while True:
            published = await self._publish_batch(database, valkey)
            self.heartbeat.beat()
            if published < BATCH:
                await self._wait_for_more(database)
                if not published and not await _call(valkey, "EXISTS", self._stream):
                    raise StreamGone

    async def _wait_for_more(self, database: psycopg.AsyncConnection[Any]) -> None:
        # NOTIFY is only a hint: the poll finds what a lost hint would have left lying.
        async for _ in database.notifies(timeout=POLL_SECONDS, stop_after=1):
            pass

    async def _publish_batch(self, database: psycopg.AsyncConnection[Any], valkey: redis.asyncio.Connection) -> int:
        rows = await (await database.execute(_CLAIM, [BATCH])).fetchall()
        if not rows:
            return 0
        ids = await _pipeline(valkey, [("XADD", self._stream, "NOMKSTREAM", "*", "__data__", body) for _, body in rows])
        if any(stream_id is None for stream_id in ids):
            raise StreamGone
        await database.execute(_MARK, [[seq for seq, _ in rows], [sortable(stream_id) for stream_id in ids]])
        OUTBOX_PUBLISHED.labels(self._stream).inc(len(rows))
        return len(rows)

    async def _heal(self, database: psycopg.AsyncConnection[Any], valkey: redis.asyncio.Connection) -> None:
        for group in self._groups:
            try:
                await _call(valkey, "XGROUP", "CREATE", self._stream, group, "0", "MKSTREAM")
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
        info = await _call(valkey, "XINFO", "STREAM", self._stream)
        last = _field(info, b"last-generated-id")
        lost = await database.execute(_UNMARK, [sortable(last)])
        if lost.rowcount:
            STREAM_HEALED.labels(self._stream).inc(lost.rowcount)
            log.warning("relay.healed", stream=self._stream, events=lost.rowcount)


def _connection_options(options: Mapping[str, Any]) -> dict[str, Any]:
    return {**options, "protocol": 2, "socket_timeout": 5, "socket_connect_timeout": 5, "retry_on_error": []}


async def _call(valkey: redis.asyncio.Connection, *command: Any) -> Any:
    return (await _pipeline(valkey, [command]))[0]


async def _pipeline(valkey: redis.asyncio.Connection, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Send *commands* at once and read every answer; the first error among them is raised after all were read."""
    await valkey.send_packed_command(valkey.pack_commands(commands))
    answers: list[Any] = []
    failed: ResponseError | None = None
    for _ in commands:
        try:
            answers.append(await valkey.read_response())
        except ResponseError as error:
            failed = failed or error
    if failed:
        raise failed
    return answers


def _field(info: Any, name: bytes) -> bytes:
    pairs = info if isinstance(info, dict) else dict(zip(info[::2], info[1::2], strict=True))
    value: bytes = pairs[name]
    return value
