"""Operators: a repair of one or many referrals, shown before it is done, and then what became of each."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.route_operate import FILTER, chosen_by
from services.console.visit import APosted, ForeignForm, Posted, Visit

router = APIRouter(prefix="/operate/repairs")

IN_THE_RECORD = ("fire_mark", "send_on", "route_again")
RESYNC = "resync"
REPAIRS = (*IN_THE_RECORD, RESYNC)
MOST_AT_ONCE = 200


@router.post("/preview")
async def preview(posted: APosted) -> Response:
    """What the repair would do to each of the chosen, and who would be told. Nothing is changed."""
    visit, repair = posted.visit, _repair(posted)
    chosen, more = await _chosen(posted)
    if not chosen:
        return visit.to("/operate/referrals?nothing=chosen")
    return await _shown(visit, repair, chosen, more=more)


@router.post("")
async def repaired(posted: APosted) -> Response:
    """Do it, each by itself. What has changed since it was shown is left as it is, and reported."""
    visit, repair, text = posted.visit, _repair(posted), posted.text("text")
    seen = _seen(posted)
    try:
        done = await _done(visit, repair, seen, text, posted.key)
    except Problem as problem:
        return await _shown(visit, repair, list(seen), typed=text, problem=problem)
    if len(done) == 1 and done[0]["result"] == "applied":
        return visit.to(f"/operate/referrals/{done[0]['id']}?done={repair}")
    counts = Counter(each["result"] for each in done)
    return visit.page("operate_done.html", repair=repair, done=done, counts=counts)


async def _shown(
    visit: Visit,
    repair: str,
    chosen: Sequence[str],
    *,
    more: bool = False,
    typed: str = "",
    problem: Problem | None = None,
) -> Response:
    plan = await _plan(visit, repair, chosen)
    units = await visit.request.app.state.places.units(
        visit.api, (told["unit"] for each in plan for told in each["tells"])
    )
    goes = [each for each in plan if not each["refused"]]
    told = sorted({(each["unit"], each["role"] or "") for one in goes for each in one["tells"]})
    shown = {"plan": plan, "goes": goes, "told": told, "units": units, "more": more, "most": MOST_AT_ONCE}
    status = problem.status if problem else 200
    return visit.page("operate_preview.html", status, repair=repair, **shown, typed=typed, problem=problem)


async def _plan(visit: Visit, repair: str, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Return for each of the chosen what would happen, as the record says; of a resync also whether a workflow runs."""
    # Of a resync the record is only asked for numbers and states: what it says of the mark is not looked at.
    asked = repair if repair in IN_THE_RECORD else "fire_mark"
    plan = await visit.api.post(
        "referral", "/operations/repairs/preview", {"repair": asked, "referrals": chosen}, key=UUID(int=0)
    )
    planned: list[dict[str, Any]] = plan["referrals"]
    if repair == RESYNC:
        return await _resync_plan(visit, planned)
    return planned


async def _resync_plan(visit: Visit, planned: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    ids = [each["id"] for each in planned]
    runs = (
        await visit.api.post("workflows", "/runs/preview", {"referrals": ids}, key=UUID(int=0)) if ids else {"runs": []}
    )
    running = {each["referral"]: each for each in runs["runs"]}
    return [{**each, "refused": None, "tells": [], "run": running.get(each["id"])} for each in planned]


async def _done(visit: Visit, repair: str, seen: Mapping[str, int], text: str, key: UUID) -> list[dict[str, Any]]:
    """Return what became of each of *seen*: id, number, result, and why it was refused. Raises Problem."""
    if repair == RESYNC:
        return await _resynced(visit, list(seen), text, key)
    body = {"repair": repair, "text": text, "referrals": [{"id": each, "version": seen[each]} for each in seen]}
    answer = await visit.api.post("referral", "/operations/repairs", body, key=key)
    done: list[dict[str, Any]] = answer["referrals"]
    return done


async def _resynced(visit: Visit, ids: Sequence[str], text: str, key: UUID) -> list[dict[str, Any]]:
    body = {"referrals": ids, "text": text}
    answer, plan = await asyncio.gather(
        visit.api.post("workflows", "/runs/resync", body, key=key), _plan(visit, IN_THE_RECORD[0], ids)
    )
    numbers = {each["id"]: each["number"] for each in plan}
    done: list[dict[str, Any]] = []
    for each in answer["referrals"]:
        fed = each["version"] is not None
        facts = {"result": "applied" if fed else "refused", "refused": None if fed else "referral.not_found"}
        done.append({"id": each["referral"], "number": numbers.get(each["referral"]), **facts})
    return done


def _repair(posted: Posted) -> str:
    repair = posted.text("repair")
    if repair not in REPAIRS:
        raise ForeignForm
    return repair


async def _chosen(posted: Posted) -> tuple[list[str], bool]:
    """Return the ids that were ticked, or all that the filter chooses; and whether there are more than go at once."""
    if posted.text("all"):
        wanted = {name: posted.text(name) for name in FILTER if posted.text(name)}
        page = await chosen_by(posted.visit, wanted, after=None, limit=MOST_AT_ONCE)
        return [each["id"] for each in page["referrals"]], page["next"] is not None
    ids = [str(each) for each in posted.form.getlist("referral")]
    return ids[:MOST_AT_ONCE], len(ids) > MOST_AT_ONCE


def _seen(posted: Posted) -> dict[str, int]:
    """Return the ids that the preview showed, with the version that each had. Raises ForeignForm."""
    seen: dict[str, int] = {}
    for each in posted.form.getlist("referral"):
        name, _, version = str(each).partition(":")
        if not version.isdecimal():
            raise ForeignForm
        seen[name] = int(version)
    if not seen:
        raise ForeignForm
    return seen
