"""Delivering again what was delivered and not finished: nothing stays pending for ever.

The cap is checked before the handler runs, so that an event that kills the process is caught as well.
"""

import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from faststream.redis.message import DefaultStreamMessage

from services.kit.dead_letters import DATA, bury
from services.kit.settings import PartSettings
from services.kit.streams import StreamClient
from services.kit.telemetry import PENDING_OLDEST_SECONDS

log = structlog.get_logger()

PAGE = 200

Entry = tuple[int, int]


def number(entry: bytes) -> str:
    return entry.decode()


def _order(entry: bytes) -> Entry:
    milliseconds, _, sequence = entry.decode().partition("-")
    return int(milliseconds), int(sequence)


class Reclaimer:
    """Finds unfinished entries of one group and consumes them again with growing pauses, up to the cap.

    An entry of this consumer is free once the reader is past it; another consumer's entry only after
    *others_wait_seconds*, when no live reader can still have it in its batch.
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
        self._past: Entry = (0, 0)
        self._busy: set[bytes] = set()

    async def begin(self) -> None:
        """Note how far the group was read before this reader starts. Raises where the group is not there."""
        groups = await self._client.xinfo_groups(self._stream)
        group = next((each for each in groups if each["name"] == self._group.encode()), None)
        if group is None:
            raise LookupError(f"group {self._group} is not made yet")
        self._past = _order(group["last-delivered-id"])

    @contextmanager
    def in_hand(self, entry: bytes) -> Iterator[None]:
        """Mark *entry* as being handled; afterwards the reader is past it."""
        self._busy.add(entry)
        try:
            yield
        finally:
            self._busy.discard(entry)
            self._past = max(self._past, _order(entry))

    async def once(self) -> None:
        """Go through all pending entries once."""
        start, oldest = "-", 0.0
        while True:
            page = await self._client.xpending_range(self._stream, self._group, start, "+", PAGE)
            for pending in page:
                oldest = max(oldest, pending["time_since_delivered"] / 1000)
                if self._free(pending):
                    await self._again(pending)
            if len(page) < PAGE:
                PENDING_OLDEST_SECONDS.labels(self._stream, self._group).set(oldest)
                return
            start = f"({page[-1]['message_id'].decode()}"

    async def uncount(self, entry: bytes) -> None:
        """Take back one delivery: the world failed, not the event."""
        found = await self._client.xpending_range(self._stream, self._group, entry, entry, 1)
        if found:
            await self._client.xclaim(
                self._stream,
                self._group,
                self._consumer,
                0,
                [entry],
                retrycount=max(found[0]["times_delivered"] - 1, 0),
                justid=True,
            )

    def _free(self, pending: dict[str, Any]) -> bool:
        entry: bytes = pending["message_id"]
        idle_seconds: float = pending["time_since_delivered"] / 1000
        wait = self._backoff_seconds(pending["times_delivered"])
        if pending["consumer"] == self._consumer.encode():
            return entry not in self._busy and _order(entry) <= self._past and idle_seconds >= wait
        return idle_seconds >= max(wait, self._others_wait_seconds)

    def _backoff_seconds(self, deliveries: int) -> float:
        longest: float = min(self._base_seconds * 2 ** min(max(deliveries - 1, 0), 30), self._longest_seconds)
        return longest * random.uniform(0.5, 1.0)

    async def _again(self, pending: dict[str, Any]) -> None:
        entry: bytes = pending["message_id"]
        if pending["times_delivered"] >= self._cap:
            await self._give_up(entry, pending["times_delivered"])
            return
        claimed = await self._client.xclaim(
            self._stream, self._group, self._consumer, pending["time_since_delivered"], [entry]
        )
        for claimed_entry, fields in claimed:
            raw = DefaultStreamMessage(type="stream", channel=self._stream, message_ids=[claimed_entry], data=fields)
            await self._consume(raw)

    async def _give_up(self, entry: bytes, deliveries: int) -> None:
        found = await self._client.xrange(self._stream, entry, entry, 1)
        if not found:
            await self._client.xack(self._stream, self._group, entry)
            return
        body = found[0][1].get(DATA.encode(), b"")
        log.error("event.given_up", stream=self._stream, group=self._group, entry=number(entry), deliveries=deliveries)
        await bury(
            self._client,
            self._stream,
            self._group,
            entry,
            body,
            reason=f"failed {deliveries} deliveries",
            deliveries=deliveries,
        )
