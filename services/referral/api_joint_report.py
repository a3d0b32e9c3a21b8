"""The joint report of both agencies over HTTP: for those who lead or watch."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.contracts.codes import Agency
from services.contracts.speaking.codes import AgeGroup
from services.contracts.wib import WIB
from services.kit.http import Answered
from services.referral.api import ARecord
from services.referral.api_books import Reader
from services.referral.api_counts import area_of
from services.referral.joint_report import joint_report
from services.referral.quarters import PATTERN, Quarter

router = APIRouter(tags=["counts"])


class WayView(Answered):
    """Referrals from one agency to the other. *answered*: questions to units that were answered or ran out, of these
    *in_time* before their deadline; *median_seconds*: half of them within that."""

    agency_from: Agency
    agency_to: Agency
    sent: int
    answered: int
    in_time: int
    median_seconds: float | None


class SpeakingView(Answered):
    """Requests for a speaker: *asked* and ended (*held*, *not_held*) in the quarter, *open* now. *sessions* were held
    in it, and *reached* so many people, by age group."""

    asked: int
    held: int
    not_held: int
    open: int
    sessions: int
    reached: int
    people: dict[AgeGroup, int]


class PlacementsView(Answered):
    """Places in institutions: *applied* for and *entered* in the quarter; who is *waiting* now."""

    applied: int
    entered: int
    waiting: int


class AfterCareFiguresView(Answered):
    """Of the after-care that was *opened* in the quarter: *contacted* so far, of it *in_time*; *overdue* without."""

    opened: int
    contacted: int
    in_time: int
    overdue: int


class ReportedAreaView(Answered):
    area: str
    ways: list[WayView]
    speaking: SpeakingView
    placements: PlacementsView
    after_care: AfterCareFiguresView


class JointReportView(Answered):
    """From *first* to *last*; one that runs is told *up_to* today. *areas*: kabupaten and kota with news."""

    under: str
    quarter: str
    first: date
    last: date
    up_to: date
    all: ReportedAreaView
    areas: list[ReportedAreaView]


@router.get("/joint-report", response_model=JointReportView)
async def report(
    caller: Reader,
    record: ARecord,
    under: Annotated[str | None, Query(pattern=r"^\d\d(\.\d\d)?$")] = None,
    quarter: Annotated[str | None, Query(pattern=PATTERN)] = None,
) -> dict[str, Any]:
    """What both agencies did together in a quarter, this one unless another is asked for; counts only."""
    now = record.now()
    asked = Quarter.read(quarter) if quarter else Quarter.of(now.astimezone(WIB).date())
    area = area_of(caller, under)
    async with record.database.view() as tx:
        return await joint_report(tx, area[:5], asked, now=now)
