"""The offices."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Self

import structlog
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field, model_validator

from services.contracts.codes import Agency, Service, WhyClosed
from services.contracts.ids import RegionCode, UnitId
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.kit.http import Body
from services.kit.idempotency import once
from services.registry import office_changes, officers, offices, views
from services.registry.api import ARegistry, Key, Signed
from services.registry.hours import SPAN, Day, is_span
from services.registry.offices import Closure
from services.registry.orders import Code

log = structlog.get_logger()

router = APIRouter()


class Places(Body):
    """*limit*: how many families the unit can have in hand at once. A lowered one evicts nobody."""

    limit: Annotated[int, Field(ge=0, le=1_000_000)]


class Waitlist(Body):
    """*kept*: whether the unit can be asked for the service although it is full."""

    kept: bool


def _span(text: str) -> str:
    if not is_span(text):
        raise ValueError("write 08:00-15:00, the later moment last")
    return text


Span = Annotated[str, Field(pattern=SPAN, examples=["08:00-15:00"]), AfterValidator(_span)]


class OpenAt(Body):
    """A day that is not named is a day on which nobody comes."""

    hours: dict[Day, Span]


class ClosedOn(Body):
    """Both days are counted."""

    first_day: date
    last_day: date
    reason: WhyClosed

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("the last day comes before the first")
        return self


class Closures(Body):
    """All days on which the unit is closed; what is not named here is open again."""

    closures: Annotated[tuple[ClosedOn, ...], Field(max_length=100)]

    @model_validator(mode="after")
    def _do_not_overlap(self) -> Self:
        ordered = sorted(self.closures, key=lambda each: each.first_day)
        if any(after.first_day <= before.last_day for before, after in pairwise(ordered)):
            raise ValueError("two of them share a day")
        return self


@router.get("/units", response_model=views.UnitsView, tags=["unit"])
async def units(
    _: Signed,
    registry: ARegistry,
    region: Annotated[Code | None, Query()] = None,
    agency: Agency | None = None,
    service: Service | None = None,
    vacant: Annotated[bool | None, Query(description="true: only those where nobody works who takes cases")] = None,
    after: Annotated[UnitId | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """The offices in an area, of every level, by id. `after`: the `next` of the page before."""
    wanted = offices.Wanted(RegionCode(region) if region else None, agency, service, vacant)
    async with registry.database.read() as tx:
        found = await offices.page(tx, wanted, after=after, limit=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return {"units": found[:limit], "next": more}


@router.get("/units/{unit_id}", response_model=views.StaffedUnitView, tags=["unit"])
async def unit(unit_id: UnitId, _: Signed, registry: ARegistry) -> dict[str, Any]:
    """One office with the people who work there, for assigning work, and with how much it has in hand."""
    today = registry.now().astimezone(WIB).date()
    async with registry.database.read() as tx:
        office = await offices.find(tx, unit_id)
        return {
            **views.UnitView.model_validate(office, from_attributes=True).model_dump(),
            "officers": await officers.of_unit(tx, unit_id),
            "open_referrals": await offices.load(tx, unit_id),
            "held": await offices.held(tx, unit_id),
            "closures": await offices.closures(tx, unit_id, today=today),
        }


@router.get("/units/{unit_id}/officers", response_model=list[views.ColleagueBelowView], tags=["unit"])
async def officers_within(
    unit_id: UnitId,
    _: Signed,
    registry: ARegistry,
    staff_no: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[dict[str, Any]]:
    """Who works in the office and in those below it, the nearest first; or the one with that staff number."""
    asked = officers.normal_staff_no(staff_no) if staff_no else None
    async with registry.database.read() as tx:
        return await officers.of_unit_and_below(tx, unit_id, staff_no=asked, limit=limit)


@router.put("/units/{unit_id}/places/{service}", response_model=views.PlacesView, tags=["unit"])
async def places(
    unit_id: UnitId, service: Service, body: Places, key: Key, caller: Signed, registry: ARegistry
) -> JSONResponse:
    """Say how many places the unit has for a service: its supervisor, a coordinator above, an operator."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await office_changes.set_places(registry, tx, unit_id, service, body.limit, caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("unit.places_set", unit=unit_id, service=service, limit=body.limit, by=caller.staff_no)
    return answer


@router.put("/units/{unit_id}/waitlist/{service}", response_model=views.WaitlistView, tags=["unit"])
async def waitlist(
    unit_id: UnitId, service: Service, body: Waitlist, key: Key, caller: Signed, registry: ARegistry
) -> JSONResponse:
    """Say whether the unit keeps a waiting list for a service: whoever says how many places it has."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await office_changes.set_waitlist(registry, tx, unit_id, service, caller, kept=body.kept)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("unit.waitlist_set", unit=unit_id, service=service, kept=body.kept, by=caller.staff_no)
    return answer


@router.put("/units/{unit_id}/hours", response_model=views.HoursView, tags=["unit"])
async def hours(unit_id: UnitId, body: OpenAt, key: Key, caller: Signed, registry: ARegistry) -> JSONResponse:
    """Say when the unit is open, so that people know when to come. No clock and no route depends on it."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await office_changes.set_hours(registry, tx, unit_id, body.hours, caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("unit.hours_set", unit=unit_id, by=caller.staff_no)
    return answer


@router.put("/units/{unit_id}/closures", response_model=views.ClosuresView, tags=["unit"])
async def closures(unit_id: UnitId, body: Closures, key: Key, caller: Signed, registry: ARegistry) -> JSONResponse:
    """Say on which days the unit is closed: the next one upward is asked then."""
    days = [Closure(each.first_day, each.last_day, each.reason) for each in body.closures]

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await office_changes.set_closures(registry, tx, unit_id, days, caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("unit.closures_set", unit=unit_id, closures=len(days), by=caller.staff_no)
    return answer
