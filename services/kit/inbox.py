"""Taking an event in: once, whatever is redelivered."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.contracts.events import EVENT_TYPES, Envelope, Event
from services.kit.database import Tx
from services.kit.delivery_tables import InboxRow

MAX_EVENT_BYTES = 64 * 1024

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
        raise Unreadable(f"unknown type {envelope.type}")
    try:
        return Received(envelope.id, envelope.correlationid, model.model_validate(envelope.data))
    except ValidationError as error:
        raise Unreadable(f"{envelope.type}: {_where(error)}") from error


def _where(error: ValidationError) -> str:
    problems = (f"{'.'.join(str(step) for step in each['loc']) or 'body'}: {each['type']}" for each in error.errors())
    return "; ".join(problems)[:500]


async def first_time(tx: Tx, consumer: str, event_id: UUID) -> bool:
    """Note within *tx* that *consumer* has the event; False where it had it already."""
    # By what comes back: SQLAlchemy knows no row count for an INSERT.
    note = insert(InboxRow).values(consumer=consumer, event_id=event_id).on_conflict_do_nothing()
    return (await tx.execute(note.returning(col(InboxRow.event_id)))).first() is not None
