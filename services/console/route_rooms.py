"""The rooms of an office, which can be chosen when a speaker is asked for: kept by whoever leads it."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.visit import APosted, AVisit, Visit

router = APIRouter(prefix="/rooms")


@router.get("")
async def rooms(visit: AVisit) -> Response:
    return await _shown(visit)


@router.post("")
async def keep(posted: APosted) -> Response:
    """Keep a room, new or changed. Where that is refused, the page says why and keeps what was typed."""
    visit, typed = posted.visit, posted.typed()
    room = {"title": posted.text("title"), "seats": posted.text("seats"), "active": bool(typed.get("active"))}
    room_id = posted.uuid("room")
    try:
        await visit.api.put("referral", f"/rooms/{room_id}", room, key=posted.key)
    except Problem as problem:
        return await _shown(visit, {"id": str(room_id), **room}, problem)
    return visit.to("/rooms")


async def _shown(visit: Visit, typed: dict[str, Any] | None = None, problem: Problem | None = None) -> Response:
    kept = await visit.api.get("referral", "/rooms")
    known = {each["id"] for each in kept}
    blank: dict[str, Any] = {"id": str(uuid4()), "title": "", "seats": "", "active": True}
    if typed and typed["id"] in known:
        kept = [typed if each["id"] == typed["id"] else each for each in kept]
    elif typed:
        blank = typed
    return visit.page("rooms.html", problem.status if problem else 200, rooms=kept, blank=blank, problem=problem)
