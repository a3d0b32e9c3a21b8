"""Writing facts: in the same transaction as the change, never straight to a stream."""

import contextvars
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts.events import Envelope, Event
from services.contracts.ids import new_id
from services.kit.database import Tx, Write

# Set while an event or a request is being handled, so that what follows from it names its cause.
causation: contextvars.ContextVar[UUID | None] = contextvars.ContextVar("causation", default=None)
correlation: contextvars.ContextVar[UUID | None] = contextvars.ContextVar("correlation", default=None)

_INSERT = """
INSERT INTO outbox (event_id, stream, aggregate, version, body, created_at)
VALUES (%(event_id)s, %(stream)s, %(aggregate)s, %(version)s, %(body)s, %(written_at)s)
"""


async def write(tx: Tx, *events: Event, now: datetime) -> list[UUID]:
    """Put *events* into the outbox within *tx* and return their ids, which never change again.

    The aggregate's row must be locked or version-bumped before, so that the order of `seq` is the order of commits.
    """
    if not events:
        return []
    rows = [_row(event, now) for event in events]
    await tx.exec_driver_sql(_INSERT, rows)
    return [row["event_id"] for row in rows]


def writing(event: Event, *, now: datetime) -> Write:
    """Return the write that puts *event* into the outbox, for `write_together`.

    The aggregate's row must be locked by an earlier statement: within one statement nothing comes before anything.
    """
    return Write(_INSERT, _row(event, now))


def _row(event: Event, now: datetime) -> dict[str, Any]:
    event_id = new_id()
    envelope = Envelope.around(
        event, id=event_id, time=now, cause=causation.get(), correlation=correlation.get() or event_id
    )
    return {
        "event_id": event_id,
        "stream": event.stream,
        "aggregate": event.subject,
        "version": event.subject_version,
        "body": envelope.model_dump_json(exclude_none=True).encode(),
        "written_at": now,
    }


def sortable(stream_id: bytes) -> str:
    """Return a stream's `ms-seq` as text that sorts as the server orders it."""
    milliseconds, _, sequence = stream_id.decode().partition("-")
    return f"{int(milliseconds):015d}-{int(sequence):010d}"
