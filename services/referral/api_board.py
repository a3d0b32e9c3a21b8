"""The board of those who lead or repair, and the lists behind its numbers."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from services.contracts.codes import Agency, Service
from services.contracts.ids import UnitId
from services.contracts.lifecycle import State
from services.contracts.refusals import Refused
from services.kit.http import Answered
from services.referral.api import ARecord
from services.referral.api_books import Limit, Reader
from services.referral.api_counts import area_of
from services.referral.boards import Boards
from services.referral.listing import Due, Filter, ListingView, Moved, listing
from services.referral.step_times import StepName

router = APIRouter(tags=["board"])


class ByTime(Answered):
    """`live` = `late` (the deadline is over) + `soon` (within a day) + `calm`."""

    live: int
    late: int
    soon: int
    calm: int


class DirectionView(ByTime):
    """What one agency sent to the other; *states* with those that ended."""

    agency_from: Agency
    states: dict[State, int]


class RegionView(ByTime):
    region: str


class DayView(Answered):
    """What came (submitted, reopened) and went (closed, cancelled, void) on a day, where the sending unit is."""

    day: date
    came: int
    went: int


class TrendView(DayView):
    live: int = Field(description="at the end of the day")


class StepView(Answered):
    """How long a step took that ended within thirty days; the median is at most 2.2 % beside the true one."""

    step: StepName
    ended: int
    in_time: int
    median_seconds: float | None


class BoardView(Answered):
    """`regions` are those right below `under`; `days`: closed days of the books, the oldest first."""

    under: str
    at: datetime
    directions: list[DirectionView]
    regions: list[RegionView]
    today: DayView
    days: list[TrendView]
    steps: list[StepView]


async def _boards(request: Request) -> Boards:
    boards: Boards = request.app.state.boards
    return boards


ABoards = Annotated[Boards, Depends(_boards)]


@router.get("/board", response_model=BoardView)
async def board(
    caller: Reader, read: ABoards, under: Annotated[str | None, Query(pattern=r"^\d\d(\.\d\d)?$")] = None
) -> dict[str, Any]:
    """Everything on the board, at most two seconds old. `under`: an area in the caller's own; without it that one."""
    return await read.of(area_of(caller, under))


@router.get("/listing", response_model=ListingView)
async def listed(
    caller: Reader,
    record: ARecord,
    region: Annotated[str | None, Query(pattern=r"^\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?$")] = None,
    state: State | None = None,
    agency_from: Agency | None = None,
    service: Service | None = None,
    unit: Annotated[UnitId | None, Query(max_length=64)] = None,
    due: Due | None = None,
    moved: Moved | None = None,
    day: date | None = None,
    after: Annotated[str | None, Query(max_length=120)] = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The referrals behind a number: live ones by deadline, ended ones newest first. `moved` goes with a `day`."""
    if (moved is None) != (day is None):
        raise Refused("request.invalid", fields=[{"at": "query.day", "problem": "missing"}])
    asked = Filter(area_of(caller, region), state, agency_from, service, unit, due, moved, day)
    async with record.database.read() as tx:
        offices = await record.picture.now(tx)
        return await listing(tx, offices, caller, asked, now=record.now(), after=after, limit=limit)
