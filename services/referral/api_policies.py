"""Clock policies over HTTP: which there are, trying one on what happened, moving referrals to one.

For operators: a policy cuts across both agencies.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.auth import Operator
from services.kit.database import Tx
from services.kit.http import Answered, Body
from services.kit.idempotency import once
from services.referral import calendars, policy, policy_moves, whatif_views
from services.referral.api import ARecord, Key
from services.referral.checks import LIVE
from services.referral.clock_rules import Scene
from services.referral.ending_effects import check_policy
from services.referral.offices import Offices
from services.referral.stories import Story
from services.referral.story_pages import stories
from services.referral.views import actor_of
from services.referral.whatif import Figures

log = structlog.get_logger()

router = APIRouter(prefix="/policies", tags=["policy"])

_LIVE_BY_POLICY = f"SELECT policy_version, count(*) AS live FROM referral WHERE {LIVE} GROUP BY policy_version"
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class PolicyView(Answered):
    """*installed*: this machine has its file. *live*: so many submitted referrals under way go by it."""

    version: str
    installed: bool
    live: int


class PoliciesView(Answered):
    """*for_new*: what a new draft pins (`NYEKRUP_POLICY`)."""

    for_new: str
    policies: list[PolicyView]


class PolicyTextView(Answered):
    version: str
    text: str


class Question(Body):
    """*policy*: the text of a policy file. The referrals are those submitted from *since* to *until*, both included."""

    policy: str = Field(max_length=20_000)
    since: Day = Field(alias="from")
    until: Day = Field(alias="to")
    after: str | None = Field(default=None, max_length=120, description="`next` of the page before")
    limit: int = Field(default=100, ge=1, le=200)


@router.get("", response_model=PoliciesView)
async def policies(caller: Operator, record: ARecord) -> dict[str, Any]:
    """The policies that are installed, and those that referrals go by."""
    async with record.database.read() as tx:
        live = {row.policy_version: row.live for row in await tx.exec_driver_sql(_LIVE_BY_POLICY)}
    installed = policy.versions()
    found = [
        {"version": version, "installed": version in installed, "live": live.get(version, 0)}
        for version in sorted({*installed, *live})
    ]
    return {"for_new": record.policy_version, "policies": found}


@router.get("/{version}", response_model=PolicyTextView)
async def text_of(version: str, caller: Operator) -> dict[str, Any]:
    """The file of one policy: what a new one is made from."""
    check_policy(version)
    return {"version": version, "text": policy.text_of(version)}


@router.post("/what-if", response_model=whatif_views.WhatIfView)
async def what_if(body: Question, caller: Operator, record: ARecord) -> dict[str, Any]:
    """What another policy would have made of the referrals of a period, a page of them. Nothing is written."""
    tried, now = _read_policy(body.policy), record.now()
    if body.until < body.since:
        raise Refused("referral.period_backwards")
    period = {"since": _midnight(body.since), "until": _midnight(body.until + timedelta(days=1))}
    async with record.database.read() as tx:
        page, more = await stories(tx, **period, after=body.after, limit=body.limit)
        offices = await record.picture.now(tx)
    # Beside the loop: a page is a second of arithmetic, and caseworkers do not wait for it.
    figures = await asyncio.to_thread(_figures, page, tried, offices, now)
    return {"policy": tried.version, "until": now, "next": more, **whatif_views.figures_as_view(figures)}


def _figures(page: Sequence[Story], tried: policy.Policy, offices: Offices, until: datetime) -> Figures:
    figures = Figures()
    for story in page:
        calendar = calendars.load(story.referral.calendar_version)
        figures.add(story, Scene(until, tried, calendar, offices), until=until)
    return figures


def _read_policy(text: str) -> policy.Policy:
    try:
        return policy.from_text(text)
    except policy.PolicyInvalid as invalid:
        raise Refused("referral.policy_unusable", policy=invalid.version, gaps="; ".join(invalid.gaps)) from invalid


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), WIB)


@router.post("/moves/preview", response_model=policy_moves.MovesView)
async def preview(body: policy_moves.Chosen, caller: Operator, record: ARecord) -> dict[str, Any]:
    """What moving would do to the time of each chosen referral, a page of them. Nothing is written."""
    async with record.database.read() as tx:
        return await policy_moves.preview(record, tx, body, actor_of(caller))


@router.post("/moves", response_model=policy_moves.MovesView)
async def move(body: policy_moves.Move, key: Key, caller: Operator, record: ARecord) -> JSONResponse:
    """Move a page of the chosen referrals, each by an act of its own, all in one transaction."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        moved = await policy_moves.move(record, tx, body, actor_of(caller))
        return 200, policy_moves.MovesView.model_validate(moved).model_dump(mode="json")

    answer = await once(record.database, key.by(caller.officer), work)
    log.info("referral.policies_moved", to=body.to, by=caller.staff_no)
    return answer
