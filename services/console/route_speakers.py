"""Requests for a speaker: those that wait, and one of them with its sessions, its story, and what the reader may do."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.forms import SPEAKER_REQUEST, Field
from services.console.messages import messages_of
from services.console.route_operate_speakers import run_of
from services.console.speaking import acting
from services.console.speaking.choosing import rooms_of, speakers_of, staff_named, staff_of
from services.console.story import told_with
from services.console.visit import APosted, AVisit, ForeignForm, Visit
from services.contracts.speaking.codes import AgeGroup, Material, SpokenLanguage
from services.contracts.speaking.lifecycle import SpeakerAction

router = APIRouter(prefix="/speakers")

TABS = ("unit", "mine", "overdue", "sent", "received")
PAGE = 50
CHOICES = {"ages": list(AgeGroup), "languages": list(SpokenLanguage), "materials": list(Material)}
After = Annotated[str | None, Query(max_length=120)]


@router.get("")
async def home(visit: AVisit) -> Response:
    return visit.to("/speakers/list/unit")


@router.get("/list/{tab}")
async def listed(tab: str, visit: AVisit, after: After = None) -> Response:
    """One tab of the list, and how many wait in each."""
    return visit.page("speakers.html", **await _listed(visit, tab, after))


@router.get("/list/{tab}/rows")
async def only_rows(tab: str, visit: AVisit, after: After = None) -> Response:
    """The rows alone, for a page that is open and hears that something has changed."""
    return visit.page("speaker_rows.html", **await _listed(visit, tab, after))


@router.get("/{request_id}")
async def show(request_id: UUID, visit: AVisit) -> Response:
    return visit.page("speaker.html", **await _seen(visit, request_id))


@router.post("/{request_id}/{action}")
async def act(request_id: UUID, action: str, posted: APosted) -> Response:
    """Do what the form says. Where that is refused, the page says why and keeps what was typed."""
    visit = posted.visit
    fields = await visit.request.app.state.forms.of(action, SPEAKER_REQUEST)
    if not posted.text("expected_version").isdecimal():
        raise ForeignForm
    try:
        typed = await staff_named(visit.api, request_id, posted.typed())
        body = {**acting.body_of(action, fields, typed), "expected_version": int(posted.text("expected_version"))}
        path = f"/speaker-requests/{request_id}/{action.replace('_', '-')}"
        await visit.api.post("referral", path, body, key=posted.key)
    except Problem as problem:
        seen = await _seen(visit, request_id)
        refused = {"refused": action, "typed": posted.typed(), "problem": problem}
        return visit.page("speaker.html", problem.status, **{**seen, **refused})
    return visit.to(f"/speakers/{request_id}?done={action}")


async def _listed(visit: Visit, tab: str, after: str | None) -> dict[str, Any]:
    tab = tab if tab in TABS else TABS[0]
    found, counts = await asyncio.gather(
        visit.api.get("referral", f"/speaker-requests/queues/{tab}", after=after, limit=PAGE),
        visit.api.get("referral", "/speaker-requests/queues"),
    )
    requests, places = found["requests"], visit.request.app.state.places
    units = await places.units(visit.api, (each["unit_from"] for each in requests))
    listed = {"requests": requests, "units": units, "next": found["next"], "after": after or ""}
    return {**listed, "tabs": TABS, "tab": tab, "counts": counts["counts"]}


async def _seen(visit: Visit, request_id: UUID) -> dict[str, Any]:
    """Return what the page of one request shows."""
    api, state = visit.api, visit.request.app.state
    request, timeline, messages, waiting = await asyncio.gather(
        api.get("referral", f"/speaker-requests/{request_id}"),
        api.get("referral", f"/speaker-requests/{request_id}/timeline"),
        messages_of(visit, f"/speaker-requests/{request_id}"),
        run_of(visit, request_id),
    )
    actions = {each: await _fields(visit, each) for each in request["allowed"]}
    speakers, rooms = await asyncio.gather(speakers_of(api, request), rooms_of(api, request))
    units = await state.places.units(api, _named(request, timeline, messages, speakers))
    return {
        **CHOICES,
        "request": request,
        "timeline": told_with(timeline, messages),
        "waiting": waiting,
        "actions": actions,
        "before": {"change": acting.as_typed(request)},
        "speakers": speakers,
        "staff": await staff_of(api, request),
        "rooms": rooms,
        "choices": await state.choices.units_for(api, {**request, "service": "NARASUMBER"})
        if "offer" in actions
        else [],
        "units": units,
        "done": _done(visit),
        "refused": None,
        "typed": {},
        "problem": None,
    }


async def _fields(visit: Visit, action: str) -> Sequence[Field]:
    """Return the fields that need no form of their own."""
    return acting.plain(await visit.request.app.state.forms.of(action, SPEAKER_REQUEST))


def _named(
    request: Mapping[str, Any], timeline: Sequence[Any], messages: Sequence[Any], speakers: Sequence[Any]
) -> Iterator[str | None]:
    """Yield every unit that the page names."""
    yield from (request[name] for name in ("unit_from", "unit_to", "waits_for", "speaker_unit"))
    yield from (each["unit"] for each in (*timeline, *messages, *speakers))


def _done(visit: Visit) -> str:
    """Return the action that the address says was just done; nothing where it says anything else."""
    said = visit.request.query_params.get("done", "")
    return said if said in set(SpeakerAction) else ""
