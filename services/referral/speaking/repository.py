"""Speaker requests in and out of the database: domain in, domain out. Never commits."""

from dataclasses import fields
from typing import Any, Final

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter
from sqlalchemy.engine import Row

from services.contracts.ids import SpeakerRequestId
from services.contracts.refusals import Refused
from services.kit.database import Tx, Write
from services.referral.repository import NO_DUE_DATE
from services.referral.speaking.domain import Move, Session, SpeakerRequest, Wish
from services.referral.speaking.whose_move import holder, waits_for

_REQUEST: Final = TypeAdapter(SpeakerRequest)
_WISH: Final = TypeAdapter(Wish)
_SESSIONS: Final = TypeAdapter(tuple[Session, ...])
_MOVE: Final = TypeAdapter(Move)
_SHAPED: Final = frozenset({"wish", "sessions", "move", "asked", "clocks"})
_PLAIN: Final = tuple(field.name for field in fields(SpeakerRequest) if field.name not in _SHAPED)
READ: Final = (*_PLAIN, *sorted(_SHAPED))
_WRITTEN: Final = (*READ, "due_at", "next_mark_at", "waits_for", "holder", "queue_at")

# What a request is about, and who began it, stays. The rest is written whatever changed, by one prepared statement.
_STAYS: Final = frozenset({"id", "number", "topic", "unit_from", "agency_from", "created_by", "created_at"})
_SAVED: Final = tuple(name for name in _WRITTEN if name not in _STAYS)

_FIND: Final = f"SELECT {', '.join(READ)} FROM speaker_request WHERE id = %(id)s"
_FIND_AND_LOCK: Final = f"{_FIND} FOR UPDATE"
_ADD: Final = f"""
INSERT INTO speaker_request ({", ".join(_WRITTEN)}, sealed)
VALUES ({", ".join(f"%({name})s" for name in _WRITTEN)}, %(sealed)s)
"""
_SAVE: Final = f"""
UPDATE speaker_request SET {", ".join(f"{name} = %({name})s" for name in _SAVED)}
WHERE id = %(id)s AND version = %(version_before)s
"""
_SEALED: Final = "SELECT sealed FROM speaker_request WHERE id = %(id)s"
_RESEAL: Final = "UPDATE speaker_request SET sealed = %(sealed)s WHERE id = %(id)s"
_RUNNING_NUMBER: Final = """
SELECT nextval('speaker_request_number') WHERE NOT EXISTS (SELECT FROM speaker_request WHERE id = %(id)s)
"""


def from_row(row: Row[Any]) -> SpeakerRequest:
    """Return the request in *row*, typed again from the codes that the columns hold."""
    return _REQUEST.validate_python({name: getattr(row, name) for name in READ})


def to_values(request: SpeakerRequest) -> dict[str, Any]:
    """Return the columns of *request*, without what is sealed."""
    next_mark = request.next_mark
    return {name: getattr(request, name) for name in _PLAIN} | {
        "wish": Jsonb(_WISH.dump_python(request.wish, mode="json")),
        "sessions": Jsonb(_SESSIONS.dump_python(request.sessions, mode="json")),
        "move": Jsonb(_MOVE.dump_python(request.move, mode="json")) if request.move else None,
        "asked": list(request.asked),
        "clocks": Jsonb({name.value: clock.to_json() for name, clock in request.clocks.items()}),
        "due_at": request.due_at,
        "next_mark_at": next_mark.at if next_mark else None,
        "waits_for": waits_for(request),
        "holder": holder(request),
        "queue_at": request.due_at or NO_DUE_DATE,
    }


def adding(request: SpeakerRequest, sealed: bytes) -> Write:
    """Return the write of a new request with what is sealed of it."""
    return Write(_ADD, {**to_values(request), "sealed": sealed})


def saving(before: SpeakerRequest, after: SpeakerRequest) -> Write:
    """Return the write of *after* over *before*; it touches no row where somebody was faster."""
    values = to_values(after)
    return Write(_SAVE, {name: values[name] for name in ("id", *_SAVED)} | {"version_before": before.version})


class SpeakerRequests:
    """The requests as one transaction sees them."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def get(self, request: SpeakerRequestId, *, lock: bool = False) -> SpeakerRequest:
        """Return the request. Raises Refused("speaking.not_found")."""
        found = await self.find(request, lock=lock)
        if found is None:
            raise Refused("speaking.not_found")
        return found

    async def find(self, request: SpeakerRequestId, *, lock: bool = False) -> SpeakerRequest | None:
        row = (await self._tx.exec_driver_sql(_FIND_AND_LOCK if lock else _FIND, {"id": request})).one_or_none()
        return from_row(row) if row else None

    async def sealed(self, request: SpeakerRequestId) -> bytes:
        found: bytes = (await self._tx.exec_driver_sql(_SEALED, {"id": request})).scalar_one()
        return found

    async def reseal(self, request: SpeakerRequestId, sealed: bytes) -> None:
        await self._tx.exec_driver_sql(_RESEAL, {"id": request, "sealed": sealed})

    async def running_number(self, request: SpeakerRequestId) -> int | None:
        """Return a new running number for *request*, or None where the id is taken."""
        number: int | None = (await self._tx.exec_driver_sql(_RUNNING_NUMBER, {"id": request})).scalar()
        return number
