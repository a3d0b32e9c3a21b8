"""Taking events in: each once, whatever is redelivered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text

from services.contracts.events import EVENT_TYPES, Envelope, Event
from services.contracts.snapshot import Contract, Due, NextMark, Recipient, Snapshot
from services.contracts.speaking.snapshot import MoveState, SessionState, SpeakerDue, SpeakerNextMark, SpeakerSnapshot
from services.kit import outbox
from services.kit.database import Database, Tx

MAX_EVENT_BYTES = 64 * 1024
_SPEAKING: tuple[type[Contract], ...] = (SpeakerSnapshot, SpeakerDue, SpeakerNextMark, SessionState, MoveState)
_MODELS: tuple[type[Contract], ...] = (
    Envelope, *EVENT_TYPES.values(), Snapshot, Due, NextMark, Recipient, *_SPEAKING,
)  # fmt: skip
_FIELDS = frozenset(name for model in _MODELS for name in model.model_fields)

# In the order of their ids, so that two readers of the same events wait for each other instead of blocking each other.
_NOTE = text("""
INSERT INTO inbox (consumer, event_id) SELECT :consumer, id FROM unnest(CAST(:ids AS uuid[])) AS id ORDER BY id
ON CONFLICT DO NOTHING RETURNING event_id
""")

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """An event as it arrived. *id* is the key for every effect outside the database."""

    id: UUID
    correlation: UUID
    event: E


class Unreadable(Exception):
    """No later delivery can succeed: the entry becomes a dead letter with this reason."""


def read(body: bytes) -> Received[Event]:
    """Return the event in *body* (CloudEvents JSON). Raises Unreadable, with a reason that quotes none of it."""
    if len(body) > MAX_EVENT_BYTES:
        raise Unreadable(f"oversized: {len(body)} bytes, at most {MAX_EVENT_BYTES}")
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError as error:
        raise Unreadable(f"not a CloudEvent of ours: {_where(error)}") from error
    model = EVENT_TYPES.get(envelope.type)
    if model is None:
        raise Unreadable(f"unknown type {envelope.type[:80]}")
    try:
        return Received(envelope.id, envelope.correlationid, model.model_validate(envelope.data))
    except ValidationError as error:
        raise Unreadable(f"{envelope.type}: {_where(error)}") from error


def _where(error: ValidationError) -> str:
    """Return where it is wrong and how, by the names of our fields only: a key of a mapping is data, too."""
    problems = (f"{'.'.join(map(_step, each['loc'])) or 'body'}: {each['type']}" for each in error.errors())
    return "; ".join(problems)[:500]


def _step(step: int | str) -> str:
    return str(step) if isinstance(step, int) or step in _FIELDS else "*"


Handler = Callable[[Received[Any], Tx], Awaitable[None]]


def one_by_one(events: Iterable[Received[E]]) -> Iterator[Received[E]]:
    """Yield each of *events*, named as the cause of what is written to the outbox until the next."""
    for event in events:
        outbox.causation.set(event.id)
        outbox.correlation.set(event.correlation)
        yield event


@dataclass(frozen=True, slots=True)
class Together:
    """A handler that would rather have several events at once. Their order must not matter to it."""

    handle: Callable[[Sequence[Received[Any]], Tx], Awaitable[None]]


class Inbox:
    """Gives each event to the handler of its class, in one transaction with the note that *consumer* has it."""

    def __init__(
        self,
        consumer: str,
        handlers: Mapping[type[Event], Handler | Together],
        database: Database,
        *,
        timeout_seconds: float,
    ) -> None:
        self._consumer, self._handlers = consumer, handlers
        self._database, self._timeout_seconds = database, timeout_seconds

    async def take(self, events: Sequence[Received[Event]]) -> Mapping[str, int]:
        """Apply all of *events* or none; return how many were done, were there before, or concern nobody here."""
        ours = [event for event in events if type(event.event) in self._handlers]
        fresh: list[Received[Event]] = []
        if ours:
            async with asyncio.timeout(self._timeout_seconds), self._database.begin() as tx:
                fresh = await self._note(tx, ours)
                await self._handle(tx, fresh)
        return {"done": len(fresh), "duplicate": len(ours) - len(fresh), "ignored": len(events) - len(ours)}

    async def _note(self, tx: Tx, events: Sequence[Received[Event]]) -> list[Received[Event]]:
        """Note within *tx* that *events* are here; return those that were not yet, each once."""
        by_id = {event.id: event for event in events}
        noted = await tx.execute(_NOTE, {"consumer": self._consumer, "ids": list(by_id)})
        new = set(noted.scalars())
        return [event for event in by_id.values() if event.id in new]

    async def _handle(self, tx: Tx, events: Sequence[Received[Event]]) -> None:
        for handler, some in self._by_handler(events):
            if isinstance(handler, Together):
                await handler.handle(some, tx)
                continue
            for event in one_by_one(some):
                await handler(event, tx)

    def _by_handler(
        self, events: Sequence[Received[Event]]
    ) -> Iterator[tuple[Handler | Together, list[Received[Event]]]]:
        for kind, some in groupby(events, key=lambda event: type(event.event)):
            yield self._handlers[kind], list(some)
