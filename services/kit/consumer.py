"""One group's reader of one stream: at least once from the server, exactly once into the database.

FastStream reads and calls; what it does not do stands here: one transaction per event with an inbox, dead letters for
what no later delivery can mend, and a pause, instead of blame on the event, while the world is away.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from faststream import AckPolicy
from faststream.redis import StreamSub
from faststream.redis.message import RedisStreamMessage

from services.contracts.events import Event
from services.kit import outbox
from services.kit.database import Database, Tx
from services.kit.dead_letters import bury
from services.kit.event_format import parse_entry, whole_message
from services.kit.health import Heartbeat
from services.kit.inbox import Received, Unreadable, first_time, read
from services.kit.reclaimer import Reclaimer
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
PROBE_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.0
STEADY_SECONDS = 10.0


class Consumer:
    """Reads *stream* for *group* and gives each event to the handler of its class; other classes are acknowledged.

    *probes* are asked, besides the database and the stream server, whether the world that the handlers need is there.
    """

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
            parser=parse_entry,
            decoder=whole_message,
            ack_policy=AckPolicy.NACK_ON_ERROR,
            no_reply=True,
        )
        self.subscriber(self._receive)
        self._reclaimer = Reclaimer(
            self._client,
            stream,
            group,
            name,
            consume=self._consume_to_the_end,
            settings=settings,
            others_wait_seconds=settings.handler_timeout_seconds * (MAX_RECORDS + 1),
        )

    async def run(self) -> None:
        """Wait for the world and for the group, read until one of them goes away, and start over."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            await self._until_world_answers()
            self._trouble.clear()
            began = time.monotonic()
            try:
                await self.subscriber.start()
                await self._watch()
                log.warning("consumer.interrupted", stream=self.stream, group=self.group)
            except Exception as error:
                log.warning("consumer.interrupted", stream=self.stream, group=self.group, error=type(error).__name__)
            finally:
                await self.subscriber.stop()  # what is in hand is finished and acknowledged first
            steady = time.monotonic() - began > STEADY_SECONDS
            pause = FIRST_PAUSE_SECONDS if steady else min(pause * 2, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def close(self) -> None:
        await self._client.aclose()

    async def _until_world_answers(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._ask_world()
                async with asyncio.timeout(PROBE_SECONDS):
                    await self._reclaimer.begin()
                return
            except Exception as error:
                self.heartbeat.beat()  # it waits, and knows why: that is movement
                level = log.info if pause == FIRST_PAUSE_SECONDS else log.debug
                level("consumer.waiting", stream=self.stream, group=self.group, error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _ask_world(self) -> None:
        """Raise what the first probe raises that fails, TimeoutError for one that does not answer."""
        for probe in self._probes:
            async with asyncio.timeout(PROBE_SECONDS):
                await probe()

    async def _watch(self) -> None:
        while self._reads():
            if self._reclaimer.held_seconds <= 2 * self._timeout_seconds:  # else a handler hangs beyond its timeout
                self.heartbeat.beat()
            for pending in await self._reclaimer.due():
                if not self._reads():
                    return
                await self._reclaimer.again(pending)
                self.heartbeat.beat()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WATCH_SECONDS):
                    await self._trouble.wait()

    def _reads(self) -> bool:
        return self.subscriber.running and not self._trouble.is_set()

    async def _consume_to_the_end(self, raw: Any) -> None:
        """Consume as the reader does, and go on where this loop is cancelled: stopping waits for what is in hand."""
        await asyncio.shield(self.subscriber.consume(raw))

    async def _receive(self, message: RedisStreamMessage) -> None:
        entry: bytes = message.raw_message["message_ids"][0]
        with self._reclaimer.in_hand(entry):
            try:
                result = await self._take(entry, message.body)
            except Exception as error:
                await self._failed(entry, error)
                raise
        EVENTS.labels(self.stream, self.group, result).inc()

    async def _take(self, entry: bytes, body: bytes) -> str:
        try:
            received = read(body)
        except Unreadable as error:
            await self._set_aside(entry, body, str(error))
            return "dead"
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
        deliveries = await self._reclaimer.deliveries(entry)
        await bury(self._client, self.stream, self.group, entry, body, reason=reason, deliveries=deliveries)

    async def _failed(self, entry: bytes, error: Exception) -> None:
        """Judge: whatever fails while the world is away is not the event's fault."""
        self._reclaimer.failed(entry, error)
        if not await self._world_answers() or (is_away(error) and self._reclaimer.doubt(entry)):
            EVENTS.labels(self.stream, self.group, "away").inc()
            log.warning("consumer.paused", stream=self.stream, group=self.group, error=type(error).__name__)
            self._reclaimer.forgive(entry)
            self._trouble.set()
            return
        EVENTS.labels(self.stream, self.group, "failed").inc()
        log.error("event.failed", stream=self.stream, group=self.group, entry=entry.decode(), exc_info=error)

    async def _world_answers(self) -> bool:
        try:
            await self._ask_world()
        except Exception:
            return False
        return True
