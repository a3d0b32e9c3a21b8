"""An institution's places: its intakes, who waits in turn, places offered to the first, and who comes."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.console import assigning
from services.console.apis import Problem
from services.console.assigning import Picked
from services.console.csv_files import csv_answer
from services.console.visit import APosted, AVisit, ForeignForm, Posted, Visit
from services.contracts.codes import Agency, Role, Service
from services.contracts.lifecycle import State
from services.contracts.wib import WIB
from services.contracts.words import word

router = APIRouter(prefix="/placement")

_LEADS = frozenset({Role.SUPERVISOR, Role.COORDINATOR})
_DAYS = ("opens_on", "closes_on", "starts_on", "places")


@router.get("")
async def intakes(visit: AVisit) -> Response:
    """The intakes of the own institution; for everybody else those of all."""
    return await _intakes(visit)


@router.post("/intakes")
async def add(posted: APosted) -> Response:
    """Open an intake; where that is refused, the page says why and keeps what was typed."""
    body = {name: posted.text(name) for name in ("unit", "service", *_DAYS)}
    return await _kept(posted, "new", posted.visit.api.post("referral", "/intakes", body | {"id": posted.text("id")},
                                                            key=posted.key))  # fmt: skip


@router.post("/intakes/{intake_id}")
async def change(intake_id: UUID, posted: APosted) -> Response:
    """Change the days and places of an intake."""
    body = {name: posted.text(name) for name in _DAYS}
    path = f"/intakes/{intake_id}"
    return await _kept(posted, str(intake_id), posted.visit.api.put("referral", path, body, key=posted.key))


async def _kept(posted: Posted, form: str, asking: Any) -> Response:
    try:
        await asking
    except Problem as problem:
        return await _intakes(posted.visit, refused=form, typed=posted.typed(), problem=problem)
    return posted.visit.to("/placement?done=yes")


async def _intakes(
    visit: Visit, *, refused: str = "", typed: Mapping[str, str] | None = None, problem: Problem | None = None
) -> Response:
    """The page. *refused*: the form that was, of the intake with that id or of a new one."""
    session, api = visit.signed_in, visit.api
    own = session.unit if session.level == "upt" else None
    found, house = await asyncio.gather(
        api.get("referral", "/intakes", unit=own), api.get("registry", f"/units/{session.unit}")
    )
    named = [session.unit, *(each["unit"] for each in found["intakes"])]
    return visit.page(
        "placement.html",
        problem.status if problem else 200,
        intakes=found["intakes"],
        own=own,
        services=[each for each in house["services"] if own or Service(each).residential],
        leads=own is not None and session.role in _LEADS,
        above=session.role is Role.COORDINATOR and session.agency == Agency.DINSOS,
        units=await visit.request.app.state.places.units(api, named),
        today=visit.now.astimezone(WIB).date().isoformat(),
        done=visit.request.query_params.get("done") == "yes",
        refused=refused,
        typed=typed or {},
        problem=problem,
    )


@router.get("/waiting/{unit}/{service}")
async def waiting(unit: str, service: Service, visit: AVisit, intake: UUID | None = None) -> Response:
    """Who waits, in turn."""
    return visit.page("placement_waiting.html", **await _waiting(visit, unit, service, intake))


@router.post("/waiting/{unit}/{service}/preview")
async def preview(unit: str, service: Service, posted: APosted) -> Response:
    """Whom the first places would go to; nothing is done yet."""
    count, seen = posted.text("count"), await _waiting(posted.visit, unit, service, _intake(posted))
    first = seen["waiting"][: int(count)] if count.isdecimal() else []
    return posted.visit.page("placement_preview.html", **{**seen, "first": first})


@router.post("/waiting/{unit}/{service}")
async def offer(unit: str, service: Service, posted: APosted) -> Response:
    """Offer each a place, in turn, and say of each what became of it."""
    try:
        picked: list[Picked] = assigning.read(each for each in posted.form.getlist("pick") if isinstance(each, str))
    except ValueError:
        raise ForeignForm from None
    results = await assigning.act(posted.visit.api, picked, "offer-place", {}, posted.key)
    intake = _intake(posted)
    return posted.visit.page("placement_results.html", results=results, unit=unit, service=service, intake=intake)


@router.get("/intakes/{intake_id}/hand-over")
async def hand_over(intake_id: UUID, visit: AVisit) -> Response:
    """Who comes, to be printed."""
    return visit.page("placement_hand_over.html", **await _coming(visit, intake_id))


@router.get("/intakes/{intake_id}/hand-over.csv")
async def hand_over_file(intake_id: UUID, visit: AVisit) -> Response:
    """The same as a file for a spreadsheet."""
    seen = await _coming(visit, intake_id)
    head = ("number", "state", "sent_by", "village", "region", "since")
    rows = [
        (each["number"], word(State(each["state"]), visit.language), seen["units"][each["unit_from"]],
         seen["villages"].get(each["region"]), each["region"], each["since"])
        for each in seen["coming"]
    ]  # fmt: skip
    return csv_answer(f"nyekrup-hand-over-{seen['intake']['starts_on']}", head, rows)


async def _coming(visit: Visit, intake_id: UUID) -> dict[str, Any]:
    found = await visit.api.get("referral", f"/intakes/{intake_id}/hand-over")
    names = await _names(visit, found["coming"], found["intake"]["unit"])
    return {**found, **names, "printed_on": visit.now.astimezone(WIB).date().isoformat()}


async def _waiting(visit: Visit, unit: str, service: Service, intake: UUID | None) -> dict[str, Any]:
    path = f"/waiting-lists/{unit}/{service}"
    found = await visit.api.get("referral", path, intake=str(intake) if intake else None)
    return {**found, **await _names(visit, found["waiting"], unit), "leads": visit.signed_in.role in _LEADS}


async def _names(visit: Visit, listed: list[dict[str, Any]], unit: str) -> dict[str, Any]:
    places = visit.request.app.state.places
    villages, units = await asyncio.gather(
        places.villages(visit.api, (each["region"] for each in listed)),
        places.units(visit.api, [unit, *(each["unit_from"] for each in listed)]),
    )
    return {"villages": villages, "units": units}


def _intake(posted: Posted) -> UUID | None:
    return posted.uuid("intake") if posted.text("intake") else None
