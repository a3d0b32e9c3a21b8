"""How many referrals there are, for an operator's board: by state, by area, and for which units most is waiting."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from services.contracts.ids import RegionCode
from services.contracts.lifecycle import State
from services.contracts.reading import covers
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.http import Answered
from services.referral import tally
from services.referral.api import ARecord
from services.referral.api_books import Reader

router = APIRouter(tags=["counts"])


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
    under: Annotated[str | None, Query(pattern=r"^\d\d(\.\d\d(\.\d\d)?)?$")] = None,
    units: Annotated[int, Query(ge=0, le=200)] = 50,
) -> dict[str, Any]:
    """Counts by state, area and unit. `under`: an area within the caller's own; without it that one."""
    area = area_of(caller, under)
    async with record.database.read() as tx:
        return await tally.counts(tx, area, most_units=units)
