"""Rooms over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from services.contracts.ids import RoomId, UnitId
from services.kit.http import Body
from services.kit.idempotency import once
from services.referral.api import ARecord, Key, Signed
from services.referral.speaking import rooms
from services.referral.speaking.rooms import RoomAsKept

router = APIRouter(prefix="/rooms", tags=["speaking"])


class KeepRoom(Body):
    """*title* is what stands on the door. A room that is not *active* is chosen no more; what is agreed stays."""

    title: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
    seats: Annotated[int, Field(ge=1, le=2000)]
    active: bool = True


@router.get("", response_model=list[rooms.RoomView])
async def of_unit(
    caller: Signed, record: ARecord, unit: Annotated[UnitId | None, Query(max_length=64)] = None
) -> list[dict[str, Any]]:
    """The rooms of the caller's unit, or of one below it for those who lead."""
    return await rooms.rooms_of(record, caller, unit)


@router.put("/{room_id}", response_model=rooms.RoomView)
async def keep(room_id: UUID, body: KeepRoom, key: Key, caller: Signed, record: ARecord) -> JSONResponse:
    """Write a room of the own unit down, new or changed: for those who lead it."""
    room = RoomAsKept(RoomId(room_id), body.title, body.seats, body.active)

    async def work(tx: Any) -> tuple[int, dict[str, Any]]:
        return 200, await rooms.keep_room(tx, room, caller)

    return await once(record.database, key.by(caller.officer), work)
