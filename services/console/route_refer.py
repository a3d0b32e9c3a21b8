"""Referring a family, in three screens: find it, see it and choose the need, say why."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console import route_family
from services.console.apis import Problem
from services.console.speaking.choosing import sessions_lately
from services.console.visit import APosted, AVisit, ForeignForm, Posted, Visit
from services.contracts.codes import LegalBasis, MaritalStatus, Priority, Schooling, Service
from services.contracts.lifecycle import State
from services.contracts.wib import WIB

router = APIRouter()

_BY = ("nik", "no_kk", "name")
_APPLICANT = ("birth_date", "marital_status", "schooling", "recommendation_number", "recommendation_on")
_SEARCH_FIELDS = ("by", "asked", "village")
CHOICES = {
    "priorities": list(Priority),
    "bases": list(LegalBasis),
    "marital_statuses": list(MaritalStatus),
    "schoolings": list(Schooling),
}
"""What the form of a draft is chosen from."""


@router.get("/refer")
async def ask(visit: AVisit) -> Response:
    """The first screen. Numbers are sent in a form and stand in no address."""
    return visit.page("refer_find.html", **await _find(visit, {}, None))


@router.post("/refer")
async def find(posted: APosted) -> Response:
    """Who was found. A search by a number leaves a line at the registry."""
    visit = posted.visit
    typed = {name: posted.text(name) for name in _SEARCH_FIELDS}
    by = typed["by"] if typed["by"] in _BY else "nik"
    wanted = {"name": typed["asked"], "region": typed["village"]} if by == "name" else {by: typed["asked"]}
    try:
        found = await visit.api.post("registry", "/families/search", wanted, key=posted.key)
    except Problem as problem:
        return visit.page("refer_find.html", problem.status, **await _find(visit, typed, None, problem))
    return visit.page("refer_find.html", **await _find(visit, typed, found))


@router.get("/families/{family_id}/refer")
async def reasons(family_id: UUID, visit: AVisit, service: Annotated[Service, Query()]) -> Response:
    """The third screen: the basis, how urgent it is, and what was found."""
    seen = await _seen(visit, family_id)
    proposed = next((each for each in seen["proposed"] if each["service"] == service), None)
    typed = {
        "priority": proposed["priority"] if proposed else Priority.NORMAL.value,
        "finding": proposed["words"][visit.language] if proposed else "",
        "basis": LegalBasis.PUBLIC_TASK.value,
        "referral": str(uuid4()),
    }
    page = {**seen, "service": service, "typed": typed, "asks_applicant": service.residential}
    return visit.page("refer_reasons.html", **page, sessions=await sessions_lately(visit))


@router.post("/families/{family_id}/refer")
async def refer(family_id: UUID, posted: APosted) -> Response:
    """Keep the draft, and send it where the button says so. What was typed stays, whatever goes wrong.

    A form that comes again after its first answer was lost finds the referral sent, and shows it.
    """
    visit, typed = posted.visit, posted.typed()
    referral, service = posted.uuid("referral"), posted.text("service")
    if service not in set(Service):
        raise ForeignForm
    try:
        drafted = await _drafted(posted, family_id, service, referral)
        if posted.text("then") == "keep":
            return Response(status_code=204)
        if posted.text("then") == "submit" and drafted["state"] == State.DRAFT:
            path, sent = f"/referrals/{referral}/submit", submission(posted, drafted)
            await visit.api.post("referral", path, sent, key=uuid5(referral, "submit"))
    except Problem as problem:
        seen = await _seen(visit, family_id)
        page = {**seen, "service": service, "typed": typed, "problem": problem}
        page["asks_applicant"] = Service(service).residential
        return visit.page("refer_reasons.html", problem.status, **page, sessions=await sessions_lately(visit))
    return visit.to(f"/referrals/{referral}?done={'submit' if posted.text('then') == 'submit' else 'edit'}")


async def _drafted(posted: Posted, family_id: UUID, service: str, referral: UUID) -> Mapping[str, Any]:
    """Return the draft of that id, with what the form says now. Raises Problem."""
    api, said = posted.visit.api, {"draft": draft_of(posted), "arose_from": posted.text("arose_from") or None}
    known = await _known(posted.visit, referral)
    if known is None:
        priority = posted.text("priority") or Priority.NORMAL.value
        body = {"id": str(referral), "family": str(family_id), "service": service, "priority": priority, **said}
        made: Mapping[str, Any] = await api.post("referral", "/referrals", body, key=uuid5(referral, "draft"))
        return made
    if known["state"] != State.DRAFT:
        return known
    edit = {**said, "priority": posted.text("priority") or None, "expected_version": known["acted_version"]}
    edited: Mapping[str, Any] = await api.post("referral", f"/referrals/{referral}/edit", edit, key=posted.key)
    return edited


async def _known(visit: Visit, referral: UUID) -> Mapping[str, Any] | None:
    try:
        known: Mapping[str, Any] = await visit.api.get("referral", f"/referrals/{referral}")
    except Problem as problem:
        if problem.status == 404:
            return None
        raise
    return known


def submission(posted: Posted, draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the record takes the submission of *draft*; an exception from entry rules with its reason."""
    sent: dict[str, Any] = {"expected_version": draft["acted_version"]}
    if posted.text("exception"):
        sent |= {"exception": True, "text": posted.text("exception_text") or None}
    return sent


def draft_of(posted: Posted) -> dict[str, Any]:
    """Return the draft as the record takes it; consent only where that is the basis."""
    draft: dict[str, Any] = {"basis": posted.text("basis")}
    if finding := posted.text("finding"):
        draft["finding"] = finding
    if applicant := {name: said for name in _APPLICANT if (said := posted.text(name))}:
        draft["applicant"] = applicant
    if draft["basis"] == LegalBasis.CONSENT:
        at = posted.visit.now.astimezone(WIB).isoformat()
        draft["consent"] = {
            "text_version": posted.text("text_version"),
            "given_by": posted.text("given_by"),
            "how": posted.text("how"),
            "at": at,
        }
    return draft


async def _find(
    visit: Visit, typed: Mapping[str, str], found: Mapping[str, Any] | None, problem: Problem | None = None
) -> dict[str, Any]:
    session = visit.signed_in
    parent = session.region if session.region.count(".") == 2 else None
    villages = await visit.api.get("registry", "/regions", parent=parent) if parent else []
    names = {each["code"]: each["name"] for each in villages}
    families = found["families"] if found else []
    names |= await visit.request.app.state.places.villages(visit.api, (each["region"] for each in families))
    return {
        "typed": {"by": "nik", "asked": "", "village": "", **typed},
        "found": found,
        "villages": villages,
        "names": names,
        "problem": problem,
    }


async def _seen(visit: Visit, family_id: UUID) -> dict[str, Any]:
    return {**await route_family.seen(visit, family_id), **CHOICES}
