"""What a part answers to the books about its own outbox and inbox: what it told, what it took, and telling it again."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from redis.exceptions import ResponseError

from services.contracts import book_commands as commands
from services.contracts.events import EVENT_TYPES, Event
from services.kit import temporal
from services.kit.clock import Now
from services.kit.database import Database
from services.kit.dead_letters import dead_letter_stream
from services.kit.event_format import DATA
from services.kit.inbox import Unreadable, read
from services.kit.outbox import sortable
from services.kit.settings import PartSettings
from services.kit.streams import StreamClient, order, stream_client

MOST_LATE: Final = 100
LETTERS_AT_ONCE: Final = 500
# Within the time that a stream is kept: an inbox is kept longer, so what it lacks of that time it never had.
_TOLD: Final = """
SELECT event_id, stream_id, convert_from(body, 'UTF8')::jsonb ->> 'type' AS type FROM outbox
WHERE stream_id > %(after)s AND stream_id < %(below)s AND created_at > %(kept_since)s
ORDER BY stream_id LIMIT %(limit)s
"""
_LATE: Final = """
SELECT event_id FROM outbox WHERE stream_id IS NULL AND created_at < %(before)s ORDER BY seq LIMIT %(limit)s
"""
_LACKING: Final = """
SELECT id FROM unnest(%(ids)s::uuid[]) AS id
WHERE NOT EXISTS (SELECT FROM inbox WHERE consumer = %(consumer)s AND event_id = id)
"""
_TELL_AGAIN: Final = "UPDATE outbox SET stream_id = NULL, published_at = NULL WHERE event_id = ANY(%(ids)s)"

Handled = Mapping[str, frozenset[type[Event]]]
"""For each stream that a part reads: the events that it has a handler for."""


class BookKeeping:
    """The answers of *part*. *handled*: of other events its inbox has no rows, for it only acknowledges them."""

    def __init__(self, part: str, database: Database, settings: PartSettings, now: Now, handled: Handled) -> None:
        self._part, self._database, self._now, self._handled = part, database, now, handled
        self._kept = timedelta(seconds=settings.stream_retention_seconds)
        self._client: StreamClient = stream_client(settings.redis_url)

    def activities(self) -> Sequence[temporal.Activity]:
        return (
            temporal.serves(commands.told_page(self._part), self.told_page),
            temporal.serves(commands.tell_again(self._part), self.tell_again),
            temporal.serves(commands.taken_up_to(self._part), self.taken_up_to),
            temporal.serves(commands.not_taken(self._part), self.not_taken),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def told_page(self, page: commands.ToldPage) -> commands.ToldEvents:
        """Return one page of what the relay has published, in the order of the stream."""
        now = self._now()
        between = {"after": page.after, "below": page.below, "limit": page.limit, "kept_since": now - self._kept}
        late = {"before": now - timedelta(seconds=page.settled_seconds), "limit": MOST_LATE}
        async with self._database.read() as tx:
            rows = (await tx.exec_driver_sql(_TOLD, between)).all()
            waiting = (await tx.exec_driver_sql(_LATE, late)).scalars().all()
        events: dict[str, list[UUID]] = {}
        for row in rows:
            events.setdefault(row.type, []).append(row.event_id)
        return commands.ToldEvents(
            events={kind: tuple(ids) for kind, ids in events.items()},
            last=rows[-1].stream_id if rows else None,
            more=len(rows) == page.limit,
            late=tuple(waiting),
        )

    async def tell_again(self, command: commands.TellAgain) -> commands.ToldAgain:
        """Leave it to the relay to publish them once more: the same bytes, the same ids."""
        async with self._database.begin() as tx:
            told = await tx.exec_driver_sql(_TELL_AGAIN, {"ids": list(command.ids)})
        return commands.ToldAgain(told=told.rowcount)

    async def taken_up_to(self, question: commands.TakenQuestion) -> commands.TakenUpTo:
        """Return below which entry this part's group has acknowledged everything.

        The group is asked before its pending entries: what is delivered in between lies above its answer.
        """
        try:
            groups = await self._client.xinfo_groups(question.stream)
            pending = await self._client.xpending(question.stream, self._part)
        except ResponseError:
            return commands.TakenUpTo(below=None)  # no such stream, or no such group: the relay is about to make them
        mine = next((group for group in groups if group["name"].decode() == self._part), None)
        if mine is None:
            return commands.TakenUpTo(below=None)
        milliseconds, sequence = order(mine["last-delivered-id"])
        after_delivered = (milliseconds, sequence + 1)
        below = min(after_delivered, order(pending["min"])) if pending["pending"] else after_delivered
        return commands.TakenUpTo(below=sortable("-".join(map(str, below)).encode()))

    async def not_taken(self, question: commands.NotTakenQuestion) -> commands.NotTaken:
        """Return what the inbox lacks of the events that this part handles."""
        handled = self._handled.get(question.stream, frozenset())
        ids = [each for kind, some in question.events.items() if _concerns(kind, handled) for each in some]
        async with self._database.read() as tx:
            asked = {"ids": ids, "consumer": self._part}
            lacking = set((await tx.exec_driver_sql(_LACKING, asked)).scalars()) if ids else set()
        aside = lacking & await self._set_aside(question.stream) if lacking else set()
        return commands.NotTaken(lost=tuple(sorted(lacking - aside)), set_aside=tuple(sorted(aside)))

    async def _set_aside(self, stream: str) -> set[UUID]:
        """Return the ids of all dead letters of this part's group."""
        found: set[UUID] = set()
        start = "-"
        while True:
            letters = await self._client.xrange(dead_letter_stream(stream), min=start, count=LETTERS_AT_ONCE)
            mine = [fields for _, fields in letters if fields[b"group"].decode() == self._part]
            found.update(filter(None, (_id_in(fields) for fields in mine)))
            if len(letters) < LETTERS_AT_ONCE:
                return found
            start = f"({letters[-1][0].decode()}"


def _concerns(kind: str, handled: frozenset[type[Event]]) -> bool:
    """An event that this part does not know is set aside by it, so it is missed as well until somebody looks."""
    model = EVENT_TYPES.get(kind)
    return model is None or model in handled


def _id_in(letter: Mapping[bytes, Any]) -> UUID | None:
    try:
        return read(letter[DATA.encode()]).id
    except Unreadable:
        return None


def handled(**streams: Mapping[type[Event], Any]) -> Handled:
    """Return what each stream's handlers take: `handled(referral=hears.of_referral())`."""
    return {stream: frozenset(handlers) for stream, handlers in streams.items()}
