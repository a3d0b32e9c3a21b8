"""The rooms of a unit, in which sessions are held: kept by whoever leads it."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.contracts.ids import RoomId, UnitId
from services.contracts.reading import LEADS
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.kit.http import Answered
from services.referral.queues import unit_of
from services.referral.usecases import Record

_OF_UNIT: Final = "SELECT id, unit, title, seats, active, version FROM room WHERE unit = %(unit)s ORDER BY title, id"
_USABLE: Final = "SELECT 1 FROM room WHERE id = %(id)s AND unit = %(unit)s AND active"
_PUT: Final = """
INSERT INTO room (id, unit, title, seats, active, version)
VALUES (%(id)s, %(unit)s, %(title)s, %(seats)s, %(active)s, 1)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, seats = excluded.seats, active = excluded.active,
    version = room.version + 1
WHERE room.unit = excluded.unit
RETURNING id, unit, title, seats, active, version
"""


class RoomView(Answered):
    id: UUID
    unit: UnitId
    title: str
    seats: int
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class RoomAsKept:
    id: RoomId
    title: str
    seats: int
    active: bool


async def rooms_of(record: Record, caller: Caller, unit: UnitId | None) -> list[dict[str, Any]]:
    """Return the rooms of the caller's unit, or of one below it for whoever leads."""
    async with record.database.read() as tx:
        asked = unit_of(caller, unit, await record.picture.now(tx))
        return [dict(row) for row in (await tx.exec_driver_sql(_OF_UNIT, {"unit": asked})).mappings()]


async def keep_room(tx: Tx, room: RoomAsKept, caller: Caller) -> dict[str, Any]:
    """Write a room down, new or changed. Raises Refused for whoever does not lead the unit, or another unit's room."""
    if caller.role not in LEADS:
        raise Refused("auth.forbidden")
    values = {"id": room.id, "title": room.title, "seats": room.seats, "active": room.active, "unit": caller.unit}
    row = (await tx.exec_driver_sql(_PUT, values)).mappings().one_or_none()
    if row is None:
        raise Refused("speaking.room_unknown")
    return RoomView.model_validate(dict(row)).model_dump(mode="json")


async def check_room(tx: Tx, room: RoomId, unit: UnitId) -> None:
    """Raise Refused unless *room* is one of *unit*'s, and in use."""
    if (await tx.exec_driver_sql(_USABLE, {"id": room, "unit": unit})).scalar() is None:
        raise Refused("speaking.room_unknown")
