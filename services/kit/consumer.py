"""One group's reader of one stream: at least once from the server, exactly once into the database.

FastStream reads and calls; what it does not do stands here: a transaction with an inbox, dead letters for what no later
delivery can mend, and a pause, instead of blame on the event, while the world is away. What is read at once is taken in
by one transaction; only where that fails does each event get one of its own.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from faststream import AckPolicy
from faststream.redis import StreamSub
from faststream.redis.message import RedisBatchStreamMessage

from services.contracts.events import Event
from services.kit.database import Database
from services.kit.dead_letters import bury
from services.kit.event_format import Entry, entries_of, parse_entries, whole_message
from services.kit.health import Heartbeat
from services.kit.inbox import Handler, Inbox, Received, Together, Unreadable, read
from services.kit.reclaimer import Reclaimer
from services.kit.settings import PartSettings
from services.kit.streams import StreamBroker, stream_client
from services.kit.telemetry import EVENTS
from services.kit.world import is_away

log = structlog.get_logger()

Probe = Callable[[], Awaitable[object]]
Arrived = tuple[bytes, Received[Event]]

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
    *gate* returns once what was read may be taken in; it raises where the reader is to pause first.
    """

    def __init__(
        self,
        stream: str,
        group: str,
        handlers: Mapping[type[Event], Handler | Together],
        *,
        broker: StreamBroker,
        database: Database,
        settings: PartSettings,
        probes: Sequence[Probe] = (),
        gate: Probe | None = None,
    ) -> None:
        self.stream, self.group = stream, group
        self._timeout_seconds = settings.handler_timeout_seconds
        self._inbox = Inbox(group, handlers, database, timeout_seconds=self._timeout_seconds)
        self._client = stream_client(settings.redis_url)
        self._probes: tuple[Probe, ...] = (database.ping, self._client.ping, *probes)
        self._gate = gate
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
                batch=True,
            ),
            parser=parse_entries,
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
            others_wait_seconds=settings.handler_timeout_seconds * (MAX_RECORDS + 2),  # together, and one by one
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

    async def _receive(self, message: RedisBatchStreamMessage) -> None:
        """Take in what was read at once: together where that goes, else one by one, so that each is judged alone."""
        entries = entries_of(message)
        with self._reclaimer.in_hand([entry.id for entry in entries]):
            await self._until_gate_opens(entries)
            try:
                readable = await self._readable(entries)
            except Exception as error:  # to set one aside, the stream server has to be there
                if not await self._world_answers():
                    self._pause([entry.id for entry in entries], error)
                raise
            if len(readable) > 1 and await self._take_together(readable):
                return
            await self._take_each(readable)

    async def _until_gate_opens(self, entries: Sequence[Entry]) -> None:
        if self._gate is None:
            return
        try:
            await self._gate()
        except Exception as error:  # whatever it is, none of the entries is to blame
            self._pause([entry.id for entry in entries], error)
            raise

    async def _readable(self, entries: Sequence[Entry]) -> list[Arrived]:
        found: list[Arrived] = []
        for entry in entries:
            try:
                found.append((entry.id, read(entry.body)))
            except Unreadable as error:
                await self._set_aside(entry, str(error))
                self._count({"dead": 1})
        return found

    async def _take_together(self, arrived: Sequence[Arrived]) -> bool:
        """Take all in by one transaction; False where that failed, unless the world is away: then it raises."""
        try:
            self._count(await self._inbox.take([received for _, received in arrived]))
        except Exception as error:
            if not await self._world_answers():
                self._pause([entry for entry, _ in arrived], error)
                raise
            log.info("events.apart", stream=self.stream, group=self.group, error=type(error).__name__)
            return False
        return True

    async def _take_each(self, arrived: Sequence[Arrived]) -> None:
        """Take each in by a transaction of its own. Raises the first error, after acknowledging what went well."""
        done: list[bytes] = []
        failure: Exception | None = None
        for position, (entry, received) in enumerate(arrived):
            self._reclaimer.go_on()
            try:
                self._count(await self._inbox.take([received]))
                done.append(entry)
            except Exception as error:
                failure = failure or error
                if not await self._is_to_blame(entry, error):
                    self._pause([each for each, _ in arrived[position:]], error)
                    break
        if failure is not None:
            if done:
                await self._client.xack(self.stream, self.group, *done)
            raise failure

    def _count(self, results: Mapping[str, int]) -> None:
        for result, number in results.items():
            EVENTS.labels(self.stream, self.group, result).inc(number)

    async def _set_aside(self, entry: Entry, reason: str) -> None:
        log.error("event.set_aside", stream=self.stream, group=self.group, entry=entry.id.decode(), reason=reason)
        deliveries = await self._reclaimer.deliveries(entry.id)
        await bury(self._client, self.stream, self.group, entry.id, entry.body, reason=reason, deliveries=deliveries)

    async def _is_to_blame(self, entry: bytes, error: Exception) -> bool:
        """Judge: whatever fails while the world is away is not the event's fault."""
        self._reclaimer.failed(entry, error)
        if not await self._world_answers() or (is_away(error) and self._reclaimer.doubt(entry)):
            return False
        self._count({"failed": 1})
        log.error("event.failed", stream=self.stream, group=self.group, entry=entry.decode(), exc_info=error)
        return True

    def _pause(self, entries: Sequence[bytes], error: Exception) -> None:
        """Stop reading until the world is there again, and hold this delivery against none of *entries*."""
        self._count({"away": len(entries)})
        log.warning("consumer.paused", stream=self.stream, group=self.group, error=type(error).__name__)
        for entry in entries:
            self._reclaimer.forgive(entry)
        self._trouble.set()

    async def _world_answers(self) -> bool:
        try:
            await self._ask_world()
        except Exception:
            return False
        return True
