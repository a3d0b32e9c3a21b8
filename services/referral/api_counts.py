"""How many referrals there are, for those who lead and for committees: by state, area, unit and service."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from services.contracts.ids import RegionCode
from services.contracts.lifecycle import State
from services.contracts.reading import covers
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.http import Answered
from services.referral import publishable as publishing
from services.referral import tally
from services.referral.api import ARecord
from services.referral.api_books import Reader
from services.referral.publishable import Phase

router = APIRouter(tags=["counts"])

Under = Annotated[str | None, Query(pattern=r"^\d\d(\.\d\d(\.\d\d)?)?$")]


class RegionCount(Answered):
    region: str
    states: dict[State, int]


class UnitCount(Answered):
    unit: str
    waiting: int = Field(description="for how many referrals it is this unit's move")


class CountsView(Answered):
    """Of everything ever submitted whose family lives in `under`; `regions` are those one level below."""

    under: str
    states: dict[State, int]
    regions: list[RegionCount]
    units: list[UnitCount]


class LineView(Answered):
    """`of`: a service's or an area's code. A number that is null is hidden; zero is nobody's and stays."""

    of: str
    numbers: dict[Phase, int | None]
    total: int | None


class AnswerView(Answered):
    """Questions to units of the last thirty days that were answered, or ran out; `of`: '' is all of them."""

    of: str
    answered: int | None
    in_time_percent: int | None


class PublishableView(Answered):
    """Numbers from one to four are hidden, and as many others as it takes that nobody can compute them."""

    under: str
    at: datetime
    all: LineView
    services: list[LineView]
    regions: list[LineView]
    answers: list[AnswerView]


def area_of(caller: Caller, under: str | None) -> RegionCode:
    """Return the area that is asked for, or the caller's. Raises Refused where it lies outside the caller's."""
    area = RegionCode(under or caller.region)
    if not covers(caller.region, area):
        raise Refused("auth.forbidden")
    return area


@router.get("/counts", response_model=CountsView)
async def counts(
    caller: Reader,
    record: ARecord,
    under: Under = None,
    units: Annotated[int, Query(ge=0, le=200)] = 50,
) -> dict[str, Any]:
    """Counts by state, area and unit. `under`: an area within the caller's own; without it that one."""
    area = area_of(caller, under)
    async with record.database.read() as tx:
        return await tally.counts(tx, area, most_units=units)


@router.get("/counts/publishable", response_model=PublishableView)
async def publishable(caller: Reader, record: ARecord, under: Under = None) -> dict[str, Any]:
    """Counts for committees and everybody: by service, by area and by phase, small numbers hidden."""
    area = area_of(caller, under)
    async with record.database.read() as tx:
        return await publishing.publishable(tx, area, now=record.now())
