"""Writing facts: in the same transaction as the change, never straight to a stream."""

import contextvars
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from services.contracts.events import Envelope, Event
from services.contracts.ids import new_id
from services.kit.database import Tx
from services.kit.delivery_tables import OutboxRow

# Set while an event or a request is being handled, so that what follows from it names its cause.
causation: contextvars.ContextVar[UUID | None] = contextvars.ContextVar("causation", default=None)
correlation: contextvars.ContextVar[UUID | None] = contextvars.ContextVar("correlation", default=None)


async def write(tx: Tx, *events: Event, now: datetime) -> list[UUID]:
    """Put *events* into the outbox within *tx* and return their ids, which never change again.

    The aggregate's row must be locked or version-bumped before, so that the order of `seq` is the order of commits.
    """
    if not events:
        return []
    ids = [new_id() for _ in events]
    rows = [_row(event_id, event, now) for event_id, event in zip(ids, events, strict=True)]
    await tx.execute(insert(OutboxRow), rows)
    return ids


def _row(event_id: UUID, event: Event, now: datetime) -> dict[str, object]:
    envelope = Envelope.around(
        event, id=event_id, time=now, cause=causation.get(), correlation=correlation.get() or event_id
    )
    return {
        "event_id": event_id,
        "stream": event.stream,
        "aggregate": event.subject,
        "version": event.subject_version,
        "body": envelope.model_dump_json(exclude_none=True).encode(),
        "created_at": now,
    }


def sortable(stream_id: bytes) -> str:
    """Return a stream's `ms-seq` as text that sorts as the server orders it."""
    milliseconds, _, sequence = stream_id.decode().partition("-")
    return f"{int(milliseconds):015d}-{int(sequence):010d}"
