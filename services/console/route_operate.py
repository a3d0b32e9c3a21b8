"""Operators: finding a referral that stands still, reading why, and putting it right."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.visit import APosted, AVisit, ForeignForm, Visit
from services.console.why import why
from services.contracts.codes import Service
from services.contracts.lifecycle import State

router = APIRouter(prefix="/operate/referrals")

PAGE = 50
FILTER = ("number", "state", "unit", "region", "service", "late", "mark_late")
Short = Annotated[str, Query(max_length=64)]
Cursor = Annotated[str, Query(max_length=2000)]


@router.get("")
async def listed(
    visit: AVisit,
    number: Short = "",
    state: Short = "",
    unit: Short = "",
    region: Short = "",
    service: Short = "",
    late: Short = "",
    mark_late: Short = "",
    after: Cursor = "",
) -> Response:
    """The referrals that a filter chooses, the earliest deadline first."""
    typed = dict(zip(FILTER, (number, state, unit, region, service, late, mark_late), strict=True))
    chosen = {name: value.strip() for name, value in typed.items() if value.strip()}
    return await _list(visit, chosen, after)


async def _list(visit: Visit, chosen: Mapping[str, str], after: str) -> Response:
    problem: Problem | None = None
    found: dict[str, Any] = {"referrals": [], "next": None}
    try:
        found = await chosen_by(visit, chosen, after=after or None, limit=PAGE)
    except Problem as refused:
        if refused.status != 422:
            raise
        problem = refused
    referrals, places = found["referrals"], visit.request.app.state.places
    villages, units = await asyncio.gather(
        places.villages(visit.api, (each["region"] for each in referrals)),
        places.units(visit.api, (each["waits_for"] for each in referrals)),
    )
    following = f"/operate/referrals?{urlencode({**chosen, 'after': found['next']})}" if found["next"] else None
    listed = {"referrals": referrals, "villages": villages, "units": units, "following": following, "problem": problem}
    asked = {"chosen": chosen, "typed": {**dict.fromkeys(FILTER, ""), **chosen}, "states": State, "services": Service}
    nothing = "nothing" in visit.request.query_params
    return visit.page("operate_list.html", problem.status if problem else 200, **listed, **asked, nothing=nothing)


async def chosen_by(visit: Visit, chosen: Mapping[str, str], *, after: str | None, limit: int) -> Any:
    """Return a page of what the filter *chosen* chooses. Raises Problem."""
    asked = {name: True if name in {"late", "mark_late"} else value for name, value in chosen.items()}
    return await visit.api.get("referral", "/operations/referrals", **asked, after=after, limit=limit)


@router.get("/{referral_id}")
async def one(referral_id: UUID, visit: AVisit, after: Cursor = "") -> Response:
    """Why it stands still, in one sentence first; then everything that sentence stands on."""
    return visit.page("operate_one.html", **await seen(visit, referral_id, after=after))


@router.post("/{referral_id}/approve-void")
async def approve_void(referral_id: UUID, posted: APosted) -> Response:
    """Make it void: a supervisor has asked for that, and an operator is another person."""
    visit = posted.visit
    if not posted.text("expected_version").isdecimal():
        raise ForeignForm
    body = {"expected_version": int(posted.text("expected_version"))}
    try:
        await visit.api.post("referral", f"/referrals/{referral_id}/approve-void", body, key=posted.key)
    except Problem as problem:
        shown = await seen(visit, referral_id)
        return visit.page("operate_one.html", problem.status, **{**shown, "problem": problem})
    return visit.to(f"/operate/referrals/{referral_id}?done=approve_void")


async def seen(visit: Visit, referral_id: UUID, *, after: str = "") -> dict[str, Any]:
    """Return what the page shows. A part that is away leaves its section empty, and the page says so."""
    api = visit.api
    referral, waiting, events, messages = await asyncio.gather(
        api.get("referral", f"/operations/referrals/{referral_id}"),
        or_none(api.get("workflows", f"/runs/{referral_id}")),
        or_none(api.get("workflows", f"/runs/{referral_id}/events", after=after or None)),
        or_none(api.get("notify", "/messages", referral=str(referral_id), limit=200)),
    )
    told = messages["messages"] if messages else None
    villages, units = await _names(visit, referral, told or ())
    return {
        "referral": referral,
        "waiting": waiting,
        "events": events,
        "messages": told,
        "why": why(referral, waiting, told or (), visit.now),
        "villages": villages,
        "units": units,
        "temporal": temporal_address(visit, waiting),
        "done": visit.request.query_params.get("done", ""),
        "problem": None,
    }


async def or_none(asked: Any) -> Any:
    """Return the answer, None where the part is away; whoever may not ask is told so."""
    try:
        return await asked
    except Problem as problem:
        if problem.status in {401, 403}:
            raise
        return None


async def _names(visit: Visit, referral: Mapping[str, Any], messages: Sequence[Any]) -> tuple[Any, Any]:
    tells = (referral["armed"] or {"tells": ()})["tells"]
    told = [one for line in referral["timeline"] for one in line["told"] or ()]
    lines = (*referral["timeline"], *referral["attempts"], *referral["refused"], *messages, *tells, *told)
    units = [referral["unit_from"], referral["unit_to"], referral["waits_for"], *(each.get("unit") for each in lines)]
    places = visit.request.app.state.places
    villages, titles = await asyncio.gather(
        places.villages(visit.api, [referral["region"]]), places.units(visit.api, units)
    )
    return villages, titles


def temporal_address(visit: Visit, waiting: Mapping[str, Any] | None) -> str | None:
    """Return where the Temporal UI shows the workflow; None where there is no UI, or no run."""
    ui = visit.console.open_urls.get("temporal")
    if not ui or not waiting or not waiting["run"]:
        return None
    workflow = quote(waiting["workflow_id"], safe="")
    return f"{ui}/namespaces/{waiting['namespace']}/workflows/{workflow}/{waiting['run']['run_id']}/history"
