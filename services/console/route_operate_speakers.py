"""Operators: finding a request for a speaker that stands still, and feeding its workflow again."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.visit import APosted, AVisit, Visit
from services.contracts.speaking.lifecycle import SpeakerState

router = APIRouter(prefix="/operate/speakers")

PAGE = 50
Short = Annotated[str, Query(max_length=64)]


@router.get("")
async def listed(
    visit: AVisit, number: Short = "", state: Short = "", late: Short = "", mark_late: Short = "", after: Short = ""
) -> Response:
    """Open requests, or those of a number or a state, the earliest deadline first."""
    typed = {"number": number.strip(), "state": state, "late": late, "mark_late": mark_late}
    asked: dict[str, Any] = {name: value for name, value in typed.items() if value}
    found = await visit.api.get("referral", "/operations/speaker-requests", **asked, after=after or None, limit=PAGE)
    requests = found["requests"]
    named = (each[side] for each in requests for side in ("unit_from", "waits_for"))
    units = await visit.request.app.state.places.units(visit.api, named)
    shown = {"requests": requests, "next": found["next"], "units": units, "typed": typed, "states": SpeakerState}
    return visit.page("operate_speakers.html", **shown)


@router.post("/{request_id}/feed")
async def feed(request_id: UUID, posted: APosted) -> Response:
    """Hand the request to its workflow as the record has it now; where none runs, one is started."""
    body = {"referrals": [str(request_id)], "kind": "speaker", "text": posted.text("text")}
    await posted.visit.api.post("workflows", "/runs/resync", body, key=posted.key)
    return posted.visit.to(f"/speakers/{request_id}")


async def run_of(visit: Visit, request_id: UUID) -> dict[str, Any] | None:
    """Return what waits for the request, for an operator; None for others, or where that cannot be asked."""
    if visit.signed_in.role != "operator":
        return None
    try:
        found: dict[str, Any] = await visit.api.get("workflows", f"/runs/{request_id}", kind="speaker")
    except Problem:
        return None
    return found
