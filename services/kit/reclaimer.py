"""Delivering again what was delivered and not finished: nothing stays pending for ever.

The cap is checked before the handler runs, so that an event that kills the process is caught as well.
"""

import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from faststream.redis.message import BatchStreamMessage

from services.kit.dead_letters import bury
from services.kit.event_format import body_of
from services.kit.settings import PartSettings
from services.kit.streams import StreamClient, order
from services.kit.telemetry import EVENTS, PENDING_OLDEST_SECONDS, REDELIVERIES, TRIMMED_PENDING

log = structlog.get_logger()

PAGE = 200
DOUBTS = 60


@dataclass(slots=True)
class _Trial:
    """What this process saw of an entry that did not succeed yet."""

    error: str = "no error seen: the process ended or hung"
    doubts: int = 0


class Reclaimer:
    """Finds unfinished entries of one group and has them consumed again with growing pauses, up to the cap.

    An entry of this consumer is free once the reader is past it; any entry is after *others_wait_seconds*, when no
    live reader can still have it in its batch.
    """

    def __init__(
        self,
        client: StreamClient,
        stream: str,
        group: str,
        consumer: str,
        *,
        consume: Callable[[Any], Awaitable[Any]],
        settings: PartSettings,
        others_wait_seconds: float,
    ) -> None:
        self._client, self._stream, self._group, self._consumer = client, stream, group, consumer
        self._consume = consume
        self._cap = settings.delivery_cap
        self._base_seconds, self._longest_seconds = settings.retry_base_seconds, settings.retry_cap_seconds
        self._others_wait_seconds = others_wait_seconds
        self._past = (0, 0)
        self._in_hand: set[bytes] = set()
        self._moved = 0.0
        self._trials: dict[bytes, _Trial] = {}
        self._forgiven: set[bytes] = set()

    async def begin(self) -> None:
        """Prepare for a reader that starts now: settle what was forgiven, note how far the group was read.

        Raises LookupError where the group is not there, and RedisError where the server is away or refuses to write.
        """
        await self._client.xack(self._stream, self._group, "0-0")  # acknowledges nothing; a read-only server refuses it
        groups = await self._client.xinfo_groups(self._stream)
        group = next((each for each in groups if each["name"] == self._group.encode()), None)
        if group is None:
            raise LookupError(f"group {self._group} is not made yet")
        while self._forgiven:
            await self._uncount(next(iter(self._forgiven)))
        self._past = order(group["last-delivered-id"])

    @contextmanager
    def in_hand(self, entries: Sequence[bytes]) -> Iterator[None]:
        """Mark *entries* as being handled; afterwards the reader is past them."""
        self._in_hand.update(entries)
        self.go_on()
        try:
            yield
        finally:
            self._in_hand.difference_update(entries)
            self._past = max(self._past, *map(order, entries))

    def go_on(self) -> None:
        """Note that what is in hand gets on: its next piece begins now."""
        self._moved = time.monotonic()

    @property
    def held_seconds(self) -> float:
        """For how long nothing has moved of what is in hand."""
        return time.monotonic() - self._moved if self._in_hand else 0.0

    def failed(self, entry: bytes, error: BaseException) -> None:
        """Remember why, for the dead letter."""
        self._trials.setdefault(entry, _Trial()).error = type(error).__name__

    def forgive(self, entry: bytes) -> None:
        """Take one delivery back, at the next beginning: the world failed, not the event."""
        self._forgiven.add(entry)

    def doubt(self, entry: bytes) -> bool:
        """Count an error that looks like the world's while the world answers; False where that was too often.

        An overloaded server is forgiven for about an hour of the longest pause, a handler's bug not for ever.
        """
        trial = self._trials.setdefault(entry, _Trial())
        trial.doubts += 1
        return trial.doubts <= DOUBTS

    async def due(self) -> list[dict[str, Any]]:
        """Return the pending entries whose next delivery is due, oldest first."""
        pending = await self._pending()
        known = {each["message_id"] for each in pending}
        self._trials = {entry: trial for entry, trial in self._trials.items() if entry in known}
        oldest: float = max((each["time_since_delivered"] / 1000 for each in pending), default=0.0)
        PENDING_OLDEST_SECONDS.labels(self._stream, self._group).set(oldest)
        return [each for each in pending if self._free(each)]

    async def again(self, pending: dict[str, Any]) -> None:
        """Deliver once more what `due` returned, or set it aside where it had all its deliveries."""
        entry, idle, deliveries = pending["message_id"], pending["time_since_delivered"], pending["times_delivered"]
        claimed = await self._client.xclaim(self._stream, self._group, self._consumer, idle, [entry])
        if not claimed and not await self._client.xrange(self._stream, entry, entry, 1):
            TRIMMED_PENDING.labels(self._stream).inc()
            log.error("event.trimmed_while_pending", stream=self._stream, group=self._group, entry=entry.decode())
        for _, fields in claimed:
            if deliveries >= self._cap:
                await self._give_up(entry, fields, deliveries)
                return
            REDELIVERIES.labels(self._stream, self._group).inc()
            raw = BatchStreamMessage(type="bstream", channel=self._stream, message_ids=[entry], data=[fields])
            await self._consume(raw)

    async def deliveries(self, entry: bytes) -> int:
        """Return how often *entry* was delivered to this group, 0 where it is not pending."""
        found = await self._client.xpending_range(self._stream, self._group, entry, entry, 1)
        return found[0]["times_delivered"] if found else 0

    async def _pending(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        start = "-"
        while True:
            page = await self._client.xpending_range(self._stream, self._group, start, "+", PAGE)
            found += page
            if len(page) < PAGE:
                return found
            start = f"({page[-1]['message_id'].decode()}"

    async def _uncount(self, entry: bytes) -> None:
        if deliveries := await self.deliveries(entry):
            await self._client.xclaim(
                self._stream, self._group, self._consumer, 0, [entry], retrycount=deliveries - 1, justid=True
            )
        self._forgiven.discard(entry)

    def _free(self, pending: dict[str, Any]) -> bool:
        entry: bytes = pending["message_id"]
        if entry in self._in_hand:
            return False
        idle_seconds: float = pending["time_since_delivered"] / 1000
        trial = self._trials.get(entry)
        wait = self._backoff_seconds(pending["times_delivered"] + (trial.doubts if trial else 0))
        ours = pending["consumer"] == self._consumer.encode()
        return idle_seconds >= (wait if ours and order(entry) <= self._past else max(wait, self._others_wait_seconds))

    def _backoff_seconds(self, deliveries: int) -> float:
        longest: float = min(self._base_seconds * 2 ** min(max(deliveries - 1, 0), 30), self._longest_seconds)
        return longest * random.uniform(0.5, 1.0)

    async def _give_up(self, entry: bytes, fields: dict[bytes, bytes], deliveries: int) -> None:
        reason = f"failed {deliveries} deliveries; the last: {self._trials.get(entry, _Trial()).error}"
        log.error("event.given_up", stream=self._stream, group=self._group, entry=entry.decode(), reason=reason)
        await bury(
            self._client, self._stream, self._group, entry, body_of(fields), reason=reason, deliveries=deliveries
        )
        EVENTS.labels(self._stream, self._group, "dead").inc()
