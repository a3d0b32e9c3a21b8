"""For those who lead a unit: who has how much in hand, work given to others, and what waits for a decision."""

import asyncio
import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console import assigning
from services.console.assigning import Picked
from services.console.visit import APosted, AVisit, ForeignForm, Posted, Visit
from services.contracts.codes import Decision, Role

router = APIRouter(prefix="/team")

_WORKERS = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR})
_PAGE = 50
_UNIT = r"^[a-z0-9][a-z0-9.-]{0,63}$"
Unit = Annotated[str | None, Query(pattern=_UNIT)]
Holder = Annotated[str, Query(max_length=36, pattern=r"^([0-9a-f-]{36}|nobody|)$")]


@router.get("")
async def load(visit: AVisit, unit: Unit = None) -> Response:
    """Who of the unit has how much in hand, and for a coordinator the units right below."""
    found = await visit.api.get("referral", "/load", unit=unit)
    people, counts, units = await asyncio.gather(
        _people(visit, found["unit"]),
        visit.api.get("referral", "/queues"),
        visit.request.app.state.places.units(visit.api, [found["unit"], *(each["unit"] for each in found["below"])]),
    )
    burdens = {each["officer"]: each for each in found["officers"]}
    nobody = burdens.pop(None, None)
    shown = {"load": found, "people": people, "burdens": burdens, "nobody": nobody, "units": units}
    gone = [each for officer, each in burdens.items() if officer not in {person["id"] for person in people}]
    return visit.page("team.html", **shown, gone=gone, counts=counts["counts"], tab="load")


@router.get("/assign")
async def choose(
    visit: AVisit, unit: Unit = None, holder: Holder = "", after: Annotated[str | None, Query(max_length=120)] = None
) -> Response:
    """What the unit was asked for and has to move, to be ticked and given to somebody."""
    unit = unit or visit.signed_in.unit
    asked = {"unit": unit, "holder": holder or None, "after": after, "limit": _PAGE}
    listed, people, counts = await asyncio.gather(
        visit.api.get("referral", "/queues/team", **asked),
        _people(visit, unit),
        visit.api.get("referral", "/queues"),
    )
    found, places = listed["referrals"], visit.request.app.state.places
    villages = await places.villages(visit.api, (each["region"] for each in found))
    names = {each["id"]: each["staff_no"] for each in people}
    shown = {"referrals": found, "next": listed["next"], "people": people, "names": names, "villages": villages}
    return visit.page("team_assign.html", **shown, unit=unit, holder=holder, counts=counts["counts"], tab="assign")


@router.post("/assign/preview")
async def preview(posted: APosted) -> Response:
    """What would be given to whom; nothing is done yet."""
    picked, unit = _picked(posted), _unit(posted)
    officer = await _officer(posted, unit)
    return posted.visit.page("team_preview.html", picked=picked, officer=officer, unit=unit)


@router.post("/assign")
async def assign(posted: APosted) -> Response:
    """Give each one to the officer, and say of each what became of it."""
    picked, unit = _picked(posted), _unit(posted)
    officer = await _officer(posted, unit)
    results = await assigning.assign(posted.visit.api, picked, officer["id"] if officer else "", posted.key)
    return posted.visit.page("team_results.html", results=results, officer=officer, unit=unit)


@router.get("/decisions")
async def decisions(visit: AVisit, after: Annotated[str | None, Query(max_length=120)] = None) -> Response:
    """What waits for a decision of the reader, and what waits for an operator's."""
    listed, counts = await asyncio.gather(
        visit.api.get("referral", "/queues/decisions", after=after, limit=_PAGE), visit.api.get("referral", "/queues")
    )
    found, places = listed["referrals"], visit.request.app.state.places
    villages, units = await asyncio.gather(
        places.villages(visit.api, (each["region"] for each in found)),
        places.units(visit.api, (each[side] for each in found for side in ("unit_from", "unit_to"))),
    )
    groups = {kind: [each for each in found if kind in each["decisions"]] for kind in Decision}
    shown = {"groups": groups, "villages": villages, "units": units, "next": listed["next"]}
    return visit.page("team_decisions.html", **shown, counts=counts["counts"], tab="decisions")


def _picked(posted: Posted) -> list[Picked]:
    try:
        return assigning.read(each for each in posted.form.getlist("pick") if isinstance(each, str))
    except ValueError:
        raise ForeignForm from None


def _unit(posted: Posted) -> str:
    unit = posted.text("unit")
    if not re.match(_UNIT, unit):
        raise ForeignForm
    return unit


async def _officer(posted: Posted, unit: str) -> dict[str, Any] | None:
    """Return the officer that the form names, None for the unit's queue. Raises ForeignForm for a stranger."""
    wanted = posted.text("officer")
    if not wanted:
        return None
    people = await _people(posted.visit, unit)
    try:
        return next(each for each in people if each["id"] == str(UUID(wanted)))
    except (StopIteration, ValueError):
        raise ForeignForm from None


async def _people(visit: Visit, unit: str) -> list[dict[str, Any]]:
    found = (await visit.api.get("registry", f"/units/{unit}"))["officers"]
    return [each for each in found if each["role"] in _WORKERS]
