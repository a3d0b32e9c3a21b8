"""Taking an event in: once, whatever is redelivered."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text

from services.contracts.events import EVENT_TYPES, Envelope, Event
from services.contracts.snapshot import Contract, Due, NextMark, Recipient, Snapshot
from services.kit.database import Tx

MAX_EVENT_BYTES = 64 * 1024
_MODELS: tuple[type[Contract], ...] = (Envelope, *EVENT_TYPES.values(), Snapshot, Due, NextMark, Recipient)
_FIELDS = frozenset(name for model in _MODELS for name in model.model_fields)

# As text, for this runs once for each event: building the statement would cost as much as executing it.
_NOTE = text("""
INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING RETURNING event_id
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


async def first_time(tx: Tx, consumer: str, event_id: UUID) -> bool:
    """Note within *tx* that *consumer* has the event; False where it had it already."""
    return (await tx.execute(_NOTE, {"consumer": consumer, "event_id": event_id})).first() is not None
