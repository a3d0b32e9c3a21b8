"""A draft on a page of its own: what it says, what a return asks for, changed and sent."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.route_refer import CHOICES, draft_of, submission
from services.console.visit import APosted, AVisit, ForeignForm, Posted, Visit
from services.contracts.codes import Service

router = APIRouter(prefix="/referrals")


@router.get("/{referral_id}/edit")
async def show(referral_id: UUID, visit: AVisit) -> Response:
    """The draft as it is, to be changed; a referral that is none any more is shown instead."""
    shown = await _seen(visit, referral_id)
    if "edit" not in shown["referral"]["allowed"]:
        return visit.to(f"/referrals/{referral_id}")
    return visit.page("draft.html", **shown)


@router.post("/{referral_id}/edit")
async def edit(referral_id: UUID, posted: APosted) -> Response:
    """Keep what the form says, and send it where the button says so. What was typed stays, whatever goes wrong."""
    visit, then = posted.visit, posted.text("then")
    try:
        edited = await _kept(posted, referral_id)
        if then == "submit":
            path, sent = f"/referrals/{referral_id}/submit", submission(posted, edited)
            await visit.api.post("referral", path, sent, key=uuid5(posted.key, "submit"))
    except Problem as problem:
        shown = {**await _seen(visit, referral_id), "typed": posted.typed(), "problem": problem}
        return visit.page("draft.html", problem.status, **shown)
    return visit.to(f"/referrals/{referral_id}?done={'submit' if then == 'submit' else 'edit'}")


async def _kept(posted: Posted, referral_id: UUID) -> Mapping[str, Any]:
    if not posted.text("expected_version").isdecimal():
        raise ForeignForm
    known = (await posted.visit.api.get("referral", f"/referrals/{referral_id}"))["draft"] or {}
    body = {
        "draft": _draft(draft_of(posted), known),
        "priority": posted.text("priority") or None,
        "expected_version": int(posted.text("expected_version")),
    }
    path = f"/referrals/{referral_id}/edit"
    edited: Mapping[str, Any] = await posted.visit.api.post("referral", path, body, key=posted.key)
    return edited


def _draft(said: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form says, with what the page does not change: papers, and when the family agreed."""
    documents = [{name: each[name] for name in ("type", "number", "seen_on")} for each in known.get("documents", ())]
    given, before = said.get("consent"), known.get("consent")
    if given and before and {**given, "at": before["at"]} == dict(before):
        return {**said, "consent": before, "documents": documents}
    return {**said, "documents": documents}


async def _seen(visit: Visit, referral_id: UUID) -> dict[str, Any]:
    api, places = visit.api, visit.request.app.state.places
    referral, timeline = await asyncio.gather(
        api.get("referral", f"/referrals/{referral_id}"), api.get("referral", f"/referrals/{referral_id}/timeline")
    )
    villages = await places.villages(api, [referral["region"]])
    shown = {"referral": referral, "villages": villages, "returned": _returned(timeline), "problem": None}
    shown["asks_applicant"] = bool(referral["service"]) and Service(referral["service"]).residential
    return {**shown, **CHOICES, "typed": _typed(referral)}


def _returned(timeline: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the newest line where the draft came back and was not sent since, None where it did not."""
    turns = [line for line in timeline if line["fact"] in {"returned", "submitted"}]
    return turns[-1] if turns and turns[-1]["fact"] == "returned" else None


def _typed(referral: Mapping[str, Any]) -> dict[str, str]:
    draft = referral["draft"] or {}
    said = {"priority": referral["priority"], "basis": referral["basis"], "finding": draft.get("finding") or ""}
    more = {**(draft.get("consent") or {}), **(draft.get("applicant") or {})}
    return said | {name: str(value) for name, value in more.items() if value is not None}
