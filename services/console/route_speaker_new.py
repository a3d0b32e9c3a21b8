"""Asking for a speaker: one form, for a group that is counted and not named."""

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.route_speakers import CHOICES
from services.console.speaking import typed as told
from services.console.speaking.choosing import rooms_of
from services.console.visit import APosted, AVisit, Visit
from services.contracts.speaking.codes import Topic

router = APIRouter(prefix="/speakers")


@router.get("/new")
async def form(visit: AVisit) -> Response:
    return await _form(visit, {})


@router.post("/new")
async def ask(posted: APosted) -> Response:
    """Ask. Where that is refused, the form says why and keeps what was typed."""
    visit, typed = posted.visit, posted.typed()
    body = {"id": str(posted.uuid("request")), **told.request(typed)}
    try:
        asked = await visit.api.post("referral", "/speaker-requests", body, key=posted.key)
    except Problem as problem:
        return await _form(visit, typed, problem)
    return visit.to(f"/speakers/{asked['id']}")


async def _form(visit: Visit, typed: Mapping[str, str], problem: Problem | None = None) -> Response:
    rooms = await rooms_of(visit.api, {"unit_from": visit.signed_in.unit})
    shown = {"rooms": rooms, "topics": list(Topic), "typed": typed, "problem": problem}
    return visit.page("speaker_new.html", problem.status if problem else 200, **CHOICES, **shown)
