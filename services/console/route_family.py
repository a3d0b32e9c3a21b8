"""A family: recorded, seen, its numbers opened, and what changes in it later. Its numbers stand in no address."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.console import family_form
from services.console.apis import Problem
from services.console.family_form import Form
from services.console.visit import APosted, AVisit, ForeignForm, Posted, Visit
from services.contracts.codes import Agency, Level, Service

router = APIRouter(prefix="/families")

_FOUND_NOTHING = ("nik", "no_kk", "name")


@router.get("/new")
async def new(visit: AVisit) -> Response:
    """A form for a family that is in no list."""
    return await _form(visit, family_form.blank())


@router.post("/new")
async def record(posted: APosted) -> Response:
    """Record the family; or show one row more or less, with all that was typed."""
    visit, then = posted.visit, posted.text("then")
    if then == "begin":
        return await _form(visit, family_form.blank(**{name: posted.text(name) for name in _FOUND_NOTHING}))
    try:
        form = family_form.read(posted.typed())
    except ValueError:
        raise ForeignForm from None
    if then != "save":
        return await _form(visit, family_form.after(form, then), changed=True)
    try:
        recorded = await visit.api.post("registry", "/families", family_form.body(form), key=posted.key)
    except Problem as problem:
        return await _form(visit, form, problem)
    odd = ",".join(f"{each['member']}:{each['code']}" for each in recorded["warnings"])
    return visit.to(f"/families/{form.family}?done=recorded{f'&odd={odd}' if odd else ''}")


@router.get("/{family_id}")
async def show(family_id: UUID, visit: AVisit) -> Response:
    """The family, what is known of it, its referrals, and the services that it could be referred for."""
    return visit.page("family.html", **await seen(visit, family_id))


@router.post("/{family_id}/read")
async def read(family_id: UUID, posted: APosted) -> Response:
    """The family with full numbers, this once. The registry writes down who opened them and why."""
    body = {"purpose": posted.text("purpose")}
    opened = await posted.visit.api.post("registry", f"/families/{family_id}/read", body, key=posted.key)
    return posted.visit.page("family.html", **await seen(posted.visit, family_id, opened))


@router.post("/{family_id}/members")
async def add_member(family_id: UUID, posted: APosted) -> Response:
    """One more member, as a newborn."""
    row = {name: value.strip() for name, value in posted.typed().items()}
    sent = posted.visit.api.post(
        "registry", f"/families/{family_id}/members", family_form.member_body(row), key=posted.key
    )
    return await _changed(posted, family_id, "members", sent)


@router.post("/{family_id}/members/{member_id}/nik")
async def give_nik(family_id: UUID, member_id: UUID, posted: APosted) -> Response:
    """The NIK that was issued to a member who had none."""
    path, body = f"/families/{family_id}/members/{member_id}/nik", {"nik": posted.text("nik")}
    return await _changed(posted, family_id, "nik", posted.visit.api.put("registry", path, body, key=posted.key))


@router.post("/{family_id}/papers")
async def put_paper(family_id: UUID, posted: APosted) -> Response:
    """A new KK, or what a list calls the family."""
    kind = posted.text("kind")
    path = f"/families/{family_id}/papers/{kind if kind.isidentifier() else 'no_kk'}"
    body = {name: posted.text(name) for name in ("number", "valid_from")}
    return await _changed(posted, family_id, "papers", posted.visit.api.put("registry", path, body, key=posted.key))


async def _changed(posted: Posted, family_id: UUID, what: str, sent: Awaitable[Any]) -> Response:
    """Answer a change: the family's page, with what looks odd; or why it was refused, with what was typed."""
    visit = posted.visit
    try:
        kept = await sent
    except Problem as problem:
        shown = await seen(visit, family_id)
        return visit.page("family.html", problem.status, **{**shown, "refused": what, "problem": problem,
                                                            "typed": posted.typed()})  # fmt: skip
    odd = ",".join(f"{each['member']}:{each['code']}" for each in kept.get("warnings", ()))
    return visit.to(f"/families/{family_id}?done={what}{f'&odd={odd}' if odd else ''}")


async def _form(visit: Visit, form: Form, problem: Problem | None = None, *, changed: bool = False) -> Response:
    session = visit.signed_in
    parent = session.region if session.region.count(".") == 2 else None
    villages = await visit.api.get("registry", "/regions", parent=parent) if parent else []
    if session.village:
        villages = [each for each in villages if each["code"] == session.village]
    wrong = family_form.faults(problem.code, problem.facts, form) if problem else {}
    shown = {"form": form, "villages": villages, "problem": problem, "wrong": wrong, "changed": changed}
    return visit.page("family_new.html", problem.status if problem else 200, **shown)


async def seen(visit: Visit, family_id: UUID, opened: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what a family's page shows. *opened*: the family with its full numbers, where they were just opened."""
    api = visit.api
    asked = api.get("registry", f"/families/{family_id}")
    found, candidates = await asyncio.gather(asked, api.get("registry", "/candidates", family=str(family_id)))
    places = visit.request.app.state.places
    villages, units = await asyncio.gather(
        places.villages(api, [found["region"]]), places.units(api, (each["unit_to"] for each in found["history"]))
    )
    proposed = candidates["candidates"]
    return {
        "family": opened or found,
        "proposed": proposed,
        "services": _others(visit, [each["service"] for each in proposed]),
        "villages": villages,
        "units": units,
        "odd": _odd(visit.request.query_params.get("odd", "")),
        "done": visit.request.query_params.get("done", ""),
        "refused": None,
        "problem": None,
        "typed": {},
    }


def _odd(said: str) -> list[tuple[str, str]]:
    """Return (member, code of the warning) of each that the address names."""
    pairs = [each.partition(":") for each in said.split(",")[: family_form.MOST_ROWS] if each]
    return [(member, code) for member, _, code in pairs]


def _others(visit: Visit, proposed: Sequence[str]) -> list[Service]:
    """Return the services that the reader's office refers for and nobody has proposed."""
    agency, level = Agency(visit.signed_in.agency), Level(visit.signed_in.level or Level.KECAMATAN)
    mine = (service for service in Service if service.may_be_referred_by(agency, level))
    return [service for service in mine if service not in proposed]
