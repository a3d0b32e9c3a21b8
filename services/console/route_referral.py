"""One referral: who has it, what is next and by when, its story, and what the reader may do."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.forms import Field, body_of
from services.console.messages import messages_of
from services.console.story import told_with
from services.console.visit import APosted, AVisit, ForeignForm, Visit
from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from services.contracts.wib import WIB

router = APIRouter(prefix="/referrals")

_ELSEWHERE = frozenset({"edit", "move_policy"})
"""Actions that have a page of their own, or none."""


@router.get("/{referral_id}")
async def show(referral_id: UUID, visit: AVisit) -> Response:
    seen = await _seen(visit, referral_id)
    page = visit.page("referral.html", **seen)
    if seen["referral"]["restricted"]:
        # The worker keeps pages to be read without a line; this one may be seen only while it is open.
        page.headers["x-keep"] = "no"
    return page


@router.post("/{referral_id}/{action}")
async def act(referral_id: UUID, action: str, posted: APosted) -> Response:
    """Do what the form says. Where that is refused, the page says why and keeps what was typed."""
    visit, typed = posted.visit, posted.typed()
    fields = await visit.request.app.state.forms.of(action)
    if not posted.text("expected_version").isdecimal():
        raise ForeignForm
    body = {**body_of(fields, typed), "expected_version": int(posted.text("expected_version"))}
    try:
        path = f"/referrals/{referral_id}/{action.replace('_', '-')}"
        await visit.api.post("referral", path, body, key=posted.key)
    except Problem as problem:
        seen = await _seen(visit, referral_id, refused=action, typed=typed, problem=problem)
        return visit.page("referral.html", problem.status, **seen)
    return visit.to(f"/referrals/{referral_id}?done={action}")


def _done(visit: Visit) -> str:
    """Return the action that the address says was just done; nothing where it says anything else."""
    said = visit.request.query_params.get("done", "")
    return said if said in set(Action) else ""


async def _seen(
    visit: Visit,
    referral_id: UUID,
    *,
    refused: str | None = None,
    typed: Mapping[str, str] | None = None,
    problem: Problem | None = None,
) -> dict[str, Any]:
    """Return what the page shows. *refused*: the action that was, with what was *typed* for it."""
    api, state = visit.api, visit.request.app.state
    referral, timeline, messages = await asyncio.gather(
        api.get("referral", f"/referrals/{referral_id}"),
        api.get("referral", f"/referrals/{referral_id}/timeline"),
        messages_of(visit, f"/referrals/{referral_id}"),
    )
    actions = [each for each in referral["allowed"] if each not in _ELSEWHERE]
    chooses = bool({"offer", "redirect"} & set(actions))
    villages, titles, colleagues, choices, intakes = await asyncio.gather(
        state.places.villages(api, [referral["region"]]),
        state.places.units(api, _named(referral, timeline, messages)),
        _colleagues(visit, referral),
        state.choices.units_for(api, referral) if chooses else _nothing(),
        _intakes(visit, referral) if "enlist" in actions else _nothing(),
    )
    return {
        "referral": referral,
        "timeline": told_with(timeline, messages),
        "choices": choices,
        "intakes": intakes,
        "villages": villages,
        "units": titles,
        "actions": {action: _asked(await state.forms.of(action), referral) for action in actions},
        "colleagues": colleagues,
        "done": _done(visit),
        "refused": refused,
        "typed": typed or {},
        "problem": problem,
    }


def _asked(fields: Sequence[Field], referral: Mapping[str, Any]) -> Sequence[Field]:
    """Return the fields of an action that *referral* can need: only institutions have entry rules."""
    residential = bool(referral["service"]) and Service(referral["service"]).residential
    return [field for field in fields if residential or field.name != "exception"]


def _named(referral: Mapping[str, Any], timeline: Sequence[Any], messages: Sequence[Any]) -> Iterator[str | None]:
    """Yield every unit that the page names."""
    yield from (referral["unit_from"], referral["unit_to"], referral["waits_for"])
    yield from (each["unit_to"] for each in (referral["way_home"] or {}).get("pair", ()))
    yield (referral["way_home"] or {}).get("unit")
    yield from (line["unit"] for line in (*timeline, *messages))
    yield from (each["unit"] for each in (referral["afterwards"] or {}).get("told", ()))


async def _intakes(visit: Visit, referral: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the intakes that the referral could be put on the list of, the next one first."""
    found = await visit.api.get("referral", "/intakes", unit=referral["unit_to"], service=referral["service"])
    today = visit.now.astimezone(WIB).date().isoformat()
    return [each for each in found["intakes"] if each["opens_on"] <= today < each["starts_on"]]


async def _nothing() -> list[dict[str, Any]]:
    return []


async def _colleagues(visit: Visit, referral: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who works in the unit that was asked, to be assigned to."""
    if not {"assign", "accept"} & set(referral["allowed"]):
        return []
    try:
        unit = await visit.api.get("registry", f"/units/{referral['unit_to']}")
    except Problem:
        return []
    found: list[dict[str, Any]] = unit["officers"]
    return found
