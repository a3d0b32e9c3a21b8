"""One group's reader of one stream: at least once from the server, exactly once into the database.

FastStream reads and calls; what it does not do stands here: one transaction per event with an inbox, dead letters for
what no later delivery can mend, and a pause, instead of blame on the event, while the world is away.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from faststream import AckPolicy
from faststream.redis import StreamSub
from faststream.redis.annotations import RedisStreamMessage
from redis.exceptions import RedisError

from services.contracts.events import Event
from services.kit import outbox
from services.kit.database import Database, Tx
from services.kit.dead_letters import bury
from services.kit.health import Heartbeat
from services.kit.inbox import Received, Unreadable, first_time, read
from services.kit.reclaimer import Reclaimer, number
from services.kit.settings import PartSettings
from services.kit.streams import StreamBroker, stream_client
from services.kit.telemetry import EVENTS
from services.kit.world import is_away

log = structlog.get_logger()

Handler = Callable[[Received[Any], Tx], Awaitable[None]]
Probe = Callable[[], Awaitable[object]]

MAX_RECORDS = 16
POLLING_MILLISECONDS = 1000
WATCH_SECONDS = 0.25


class Consumer:
    """Reads *stream* for *group* and gives each event to the handler of its class; other classes are acknowledged."""

    def __init__(
        self,
        stream: str,
        group: str,
        handlers: Mapping[type[Event], Handler],
        *,
        broker: StreamBroker,
        database: Database,
        settings: PartSettings,
        probes: Sequence[Probe] = (),
    ) -> None:
        self.stream, self.group = stream, group
        self._handlers = handlers
        self._database = database
        self._timeout_seconds = settings.handler_timeout_seconds
        self._client = stream_client(settings.redis_url)
        self._probes: tuple[Probe, ...] = (database.ping, self._client.ping, *probes)
        self._trouble = asyncio.Event()
        self.heartbeat = Heartbeat(f"consumer:{stream}:{group}", max_age_seconds=10)
        name = f"{group}-{settings.instance}"
        self.subscriber = broker.subscriber(
            stream=StreamSub(
                stream,
                group=group,
                consumer=name,
                max_records=MAX_RECORDS,
                polling_interval=POLLING_MILLISECONDS,
                declare=False,
            ),
            ack_policy=AckPolicy.NACK_ON_ERROR,
            no_reply=True,
        )
        self.subscriber(self._receive)
        self._reclaimer = Reclaimer(
            self._client,
            stream,
            group,
            name,
            consume=self.subscriber.consume,
            settings=settings,
            others_wait_seconds=settings.handler_timeout_seconds * (MAX_RECORDS + 1),
        )

    async def run(self) -> None:
        """Wait for the world and for the group, read until one of them goes away, and start over."""
        while True:
            await self._until_world_answers()
            self._trouble.clear()
            try:
                await self.subscriber.start()
                await self._watch()
            except Exception as error:
                log.warning("consumer.interrupted", stream=self.stream, group=self.group, error=type(error).__name__)
            finally:
                await self.subscriber.stop()

    async def close(self) -> None:
        await self._client.aclose()

    async def _until_world_answers(self) -> None:
        delay = 0.05
        while True:
            try:
                for probe in self._probes:
                    await probe()
                await self._reclaimer.begin()
                return
            except Exception as error:
                self.heartbeat.beat()  # it waits, and knows why: that is movement
                log.debug("consumer.waiting", stream=self.stream, group=self.group, error=type(error).__name__)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1.0)

    async def _watch(self) -> None:
        while self.subscriber.running and not self._trouble.is_set():
            self.heartbeat.beat()
            await self._reclaimer.once()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._trouble.wait(), WATCH_SECONDS)

    async def _receive(self, message: RedisStreamMessage) -> None:
        entry: bytes = message.raw_message["message_ids"][0]
        with self._reclaimer.in_hand(entry):
            try:
                result = await self._take(message.body)
            except Unreadable as error:
                await self._set_aside(entry, message.body, str(error))
                result = "dead"
            except Exception as error:
                await self._failed(entry, error)
                raise
        EVENTS.labels(self.stream, self.group, result).inc()

    async def _take(self, body: bytes) -> str:
        received = read(body)
        handler = self._handlers.get(type(received.event))
        if handler is None:
            return "ignored"
        outbox.causation.set(received.id)
        outbox.correlation.set(received.correlation)
        async with asyncio.timeout(self._timeout_seconds), self._database.begin() as tx:
            if not await first_time(tx, self.group, received.id):
                return "duplicate"
            await handler(received, tx)
        return "done"

    async def _set_aside(self, entry: bytes, body: bytes, reason: str) -> None:
        log.error("event.set_aside", stream=self.stream, group=self.group, entry=entry.decode(), reason=reason)
        await bury(self._client, self.stream, self.group, entry, body, reason=reason, deliveries=1)

    async def _failed(self, entry: bytes, error: Exception) -> None:
        if is_away(error):
            EVENTS.labels(self.stream, self.group, "away").inc()
            log.warning("consumer.paused", stream=self.stream, group=self.group, error=type(error).__name__)
            with contextlib.suppress(RedisError, OSError):
                await self._reclaimer.uncount(entry)
            self._trouble.set()
            return
        EVENTS.labels(self.stream, self.group, "failed").inc()
        log.error("event.failed", stream=self.stream, group=self.group, entry=number(entry), exc_info=error)
