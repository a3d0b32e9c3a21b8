"""The relay: takes what the outbox holds to the stream. One leader per service, the others stand by.

It is the only writer and the only maker of a stream, and it heals: before its first event and after every broken
connection it publishes again whatever the stream has lost (a lost tail, FLUSHALL), and then makes the groups that are
gone. So whoever finds a group finds behind it all that was told before.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import redis.asyncio
import structlog
from redis.asyncio.connection import parse_url
from redis.exceptions import RedisError, ResponseError

from services.kit.dead_letters import replay_stream
from services.kit.event_format import DATA
from services.kit.health import Heartbeat
from services.kit.outbox import sortable
from services.kit.telemetry import OUTBOX_PUBLISHED, STREAM_HEALED

log = structlog.get_logger()

BATCH = 500
PAUSE_SECONDS = 0.2
INSPECT_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
STEADY_SECONDS = 10.0
_NOBODYS_GROUP = "nobody"
_LEADER_LOCK = 0x6E79656B  # "nyek": one advisory lock a schema's role holds while it leads

# A mark that a crash of the database forgets costs a duplicate, which the inbox drops; waiting for the disk costs more.
_SESSION = "SET synchronous_commit = off"
_CLAIM = "SELECT seq, body FROM outbox WHERE stream_id IS NULL ORDER BY seq LIMIT %s"
_MARK = """
UPDATE outbox SET stream_id = published.stream_id, published_at = now()
FROM unnest(%s::bigint[], %s::text[]) AS published(seq, stream_id) WHERE outbox.seq = published.seq
"""
_UNMARK = "UPDATE outbox SET stream_id = NULL, published_at = NULL WHERE stream_id > %s"

Postgres = psycopg.AsyncConnection[Any]
Valkey = redis.asyncio.Connection


class StreamGone(Exception):
    """The stream or one of its groups is not there any more: only healing brings it back."""


class Relay:
    """Drains one service's outbox into *stream* for *groups*.

    It asks the outbox every PAUSE_SECONDS: nobody notices a fifth of a second, and what was gathered meanwhile is
    published, read and taken in together. A NOTIFY in each transaction would tell it sooner, and cost whoever writes a
    sixth of the speed.
    """

    def __init__(self, database_url: str, redis_url: str, stream: str, groups: Sequence[str]) -> None:
        self._database_url = database_url
        self._redis = parse_url(redis_url)
        self._stream = stream
        self._groups = groups
        self.heartbeat = Heartbeat(f"relay:{stream}", max_age_seconds=10)
        self.leading = False

    async def run(self) -> None:
        """Stand by, lead, and start over after any fault; ends only when cancelled."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            try:
                await self._lead()
            except (psycopg.Error, RedisError, OSError, StreamGone) as error:
                steady = time.monotonic() - began > STEADY_SECONDS
                pause = FIRST_PAUSE_SECONDS if steady else min(pause * 2, LONGEST_PAUSE_SECONDS)
                log.warning("relay.interrupted", stream=self._stream, error=type(error).__name__, retry_seconds=pause)
                await asyncio.sleep(pause)
            finally:
                self.leading = False

    async def _lead(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            self._database_url, autocommit=True, connect_timeout=5
        ) as database:
            await self._until_leader(database)
            await database.execute(_SESSION)
            # A bare connection: nothing reconnects or retries behind our back, so a loss is always noticed and healed.
            valkey = _connection(self._redis)
            try:
                await valkey.connect()  # type: ignore[no-untyped-call]
                await self._heal(database, valkey)
                self.leading = True
                await self._drain_for_ever(database, valkey)
            finally:
                with contextlib.suppress(Exception):
                    await valkey.disconnect()

    async def _until_leader(self, database: Postgres) -> None:
        key = f"SELECT pg_try_advisory_lock({_LEADER_LOCK}, hashtext(current_schema() || '.' || %s))"
        while True:
            row = await (await database.execute(key, [self._stream])).fetchone()
            if row and row[0]:
                return
            self.heartbeat.beat()
            await asyncio.sleep(INSPECT_SECONDS)

    async def _drain_for_ever(self, database: Postgres, valkey: Valkey) -> None:
        inspected = time.monotonic()
        while True:
            published = await self._publish_batch(database, valkey)
            self.heartbeat.beat()
            if time.monotonic() - inspected >= INSPECT_SECONDS:
                await self._inspect(valkey)
                await self._put_back(valkey)
                inspected = time.monotonic()
            if published < BATCH:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _publish_batch(self, database: Postgres, valkey: Valkey) -> int:
        rows = await (await database.execute(_CLAIM, [BATCH])).fetchall()
        if not rows:
            return 0
        ids = await _at_once(valkey, [self._addition(body) for _, body in rows])
        if any(stream_id is None for stream_id in ids):
            raise StreamGone
        await database.execute(_MARK, [[seq for seq, _ in rows], [sortable(stream_id) for stream_id in ids]])
        OUTBOX_PUBLISHED.labels(self._stream).inc(len(rows))
        return len(rows)

    def _addition(self, body: bytes) -> tuple[Any, ...]:
        return ("XADD", self._stream, "NOMKSTREAM", "*", DATA, body)

    async def _inspect(self, valkey: Valkey) -> None:
        """Raise StreamGone where the stream or a group is missing, also while there is nothing to publish."""
        try:
            groups = await _call(valkey, "XINFO", "GROUPS", self._stream)
        except ResponseError as error:
            if "no such key" not in str(error):
                raise
            raise StreamGone from error
        if {group.encode() for group in self._groups} - {_field(each, b"name") for each in groups}:
            raise StreamGone

    async def _put_back(self, valkey: Valkey) -> None:
        """Publish the dead letters that somebody wants to have back."""
        waiting = replay_stream(self._stream)
        for entry, fields in await _call(valkey, "XRANGE", waiting, "-", "+", "COUNT", BATCH):
            if await _call(valkey, *self._addition(_field(fields, DATA.encode()))) is None:
                raise StreamGone
            await _call(valkey, "XDEL", waiting, entry)

    async def _heal(self, database: Postgres, valkey: Valkey) -> None:
        await self._make_stream(valkey)
        info = await _call(valkey, "XINFO", "STREAM", self._stream)
        lost = await database.execute(_UNMARK, [sortable(_field(info, b"last-generated-id"))])
        if lost.rowcount:
            STREAM_HEALED.labels(self._stream).inc(lost.rowcount)
            log.warning("relay.healed", stream=self._stream, events=lost.rowcount)
        while await self._publish_batch(database, valkey) == BATCH:
            self.heartbeat.beat()
        for group in self._groups:
            await self._make_group(valkey, group)

    async def _make_stream(self, valkey: Valkey) -> None:
        """Have a stream, empty where there was none. Only a group can make one that never gave an id."""
        await _at_once(valkey, [
            ("XGROUP", "CREATE", self._stream, _NOBODYS_GROUP, "0", "MKSTREAM"),
            ("XGROUP", "DESTROY", self._stream, _NOBODYS_GROUP),
        ])  # fmt: skip

    async def _make_group(self, valkey: Valkey, group: str) -> None:
        try:
            await _call(valkey, "XGROUP", "CREATE", self._stream, group, "0")
        except ResponseError as error:
            if "requires the key to exist" in str(error):  # lost again since: with it would go what was just published
                raise StreamGone from error
            if "BUSYGROUP" not in str(error):
                raise


def _connection(options: Mapping[str, Any]) -> Valkey:
    kind = options.get("connection_class", redis.asyncio.Connection)
    own = {"protocol": 2, "socket_timeout": 5, "socket_connect_timeout": 5, "retry_on_error": []}
    connection: Valkey = kind(**{**{name: options[name] for name in options if name != "connection_class"}, **own})
    return connection


async def _call(valkey: Valkey, *command: Any) -> Any:
    return (await _pipeline(valkey, [command]))[0]


async def _at_once(valkey: Valkey, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Execute all or none: whoever waits for a stream gets them in one read, not the first alone and then the rest."""
    executed: list[Any] = (await _pipeline(valkey, [("MULTI",), *commands, ("EXEC",)]))[-1]
    if failed := next((each for each in executed if isinstance(each, ResponseError)), None):
        raise failed
    return executed


async def _pipeline(valkey: Valkey, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
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
