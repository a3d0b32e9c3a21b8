"""Intakes, waiting lists and hand-over lists over HTTP.

Offering a place, taking and refusing one are actions of the referral, see `api.py`. Lists tell no more of anybody than
other lists do: number, village, unit, state.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from services.contracts.codes import Service
from services.contracts.ids import IntakeId, UnitId
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.auth import Caller
from services.kit.http import Answered, Body
from services.kit.idempotency import once
from services.referral.actors import leads
from services.referral.api import ARecord, Key, Signed
from services.referral.placement import intakes
from services.referral.placement.intakes import Intake
from services.referral.placement.lists import WaitingList
from services.referral.placement.showing import hand_over, waiting_list
from services.referral.views import BriefView, actor_of

log = structlog.get_logger()

router = APIRouter(tags=["placement"])

RECENT = timedelta(days=366)
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
AUnit = Annotated[UnitId | None, Query(max_length=64)]


class IntakeDays(Body):
    """Applications from `opens_on` to `closes_on`, both counted; `places` from `starts_on` on."""

    opens_on: Day
    closes_on: Day
    starts_on: Day
    places: int = Field(ge=1, le=10_000)


class NewIntake(IntakeDays):
    """`id` is made by the client, so that a lost answer never makes two."""

    id: UUID
    unit: UnitId = Field(max_length=64)
    service: Service


class IntakeView(Answered):
    """*taken*: places that are offered or given. *waiting*: so many are on its list."""

    id: UUID
    unit: UnitId
    service: Service
    opens_on: date
    closes_on: date
    starts_on: date
    places: int
    taken: int
    waiting: int


class IntakesView(Answered):
    intakes: list[IntakeView]


class WaitingView(BriefView):
    """*position*: in turn, from 1, since *listed_at*."""

    position: int
    listed_at: datetime | None


class WaitingListView(Answered):
    """*free*: places that may be offered now; none where nothing limits them.

    *length*: so many wait; the first 500 of them stand in turn.
    """

    unit: UnitId
    service: Service
    intake: IntakeView | None
    free: int | None
    length: int
    waiting: list[WaitingView]


class ComingView(BriefView):
    """*since*: when the place was offered or taken."""

    since: datetime | None


class HandOverView(Answered):
    """Who comes by an intake: those who have a place, and those to whom one is offered."""

    intake: IntakeView
    coming: list[ComingView]


@router.get("/intakes", response_model=IntakesView)
async def list_intakes(
    caller: Signed, record: ARecord, unit: AUnit = None, service: Service | None = None
) -> dict[str, Any]:
    """The intakes of a unit, or of all, that begin yet or began within a year."""
    since = record.now().astimezone(WIB).date() - RECENT
    async with record.database.read() as tx:
        return {"intakes": await intakes.listed(tx, unit, service, since=since)}


@router.post("/intakes", response_model=IntakeView, status_code=201)
async def add_intake(body: NewIntake, key: Key, caller: Signed, record: ARecord) -> JSONResponse:
    """Open an intake: whoever leads the unit."""
    intake = Intake(**{**body.model_dump(), "id": IntakeId(body.id)})

    async def work(tx: Any) -> tuple[int, dict[str, Any]]:
        offices = await record.picture.now(tx)
        await intakes.add(tx, intake, actor_of(caller), offices, now=record.now())
        return 201, await _shown(tx, intake.id)

    answer = await once(record.database, key.by(caller.officer), work)
    log.info("intake.opened", intake=str(body.id), unit=body.unit, by=caller.staff_no)
    return answer


@router.put("/intakes/{intake_id}", response_model=IntakeView)
async def change_intake(intake_id: UUID, body: IntakeDays, key: Key, caller: Signed, record: ARecord) -> JSONResponse:
    """Change the days and places of an intake. Once somebody is on its list, its first day and its beginning stay."""

    async def work(tx: Any) -> tuple[int, dict[str, Any]]:
        offices = await record.picture.now(tx)
        await intakes.change(tx, IntakeId(intake_id), body.model_dump(), actor_of(caller), offices, now=record.now())
        return 200, await _shown(tx, intake_id)

    answer = await once(record.database, key.by(caller.officer), work)
    log.info("intake.changed", intake=str(intake_id), by=caller.staff_no)
    return answer


@router.get("/intakes/{intake_id}/hand-over", response_model=HandOverView)
async def list_coming(intake_id: UUID, caller: Signed, record: ARecord) -> dict[str, Any]:
    """Who comes: for the unit, and for those who lead it."""
    async with record.database.view() as tx:
        intake = await intakes.find(tx, intake_id)
        offices = await _of_the_unit(record, tx, caller, intake.unit)
        coming = await hand_over(tx, intake.id, actor_of(caller), offices)
        return {"intake": await _shown(tx, intake_id), "coming": coming}


@router.get("/waiting-lists/{unit}/{service}", response_model=WaitingListView)
async def list_waiting(
    unit: UnitId, service: Service, caller: Signed, record: ARecord, intake: UUID | None = None
) -> dict[str, Any]:
    """Who waits, in turn, for an intake or without one: for the unit, and for those who lead it."""
    asked = WaitingList(unit, service, IntakeId(intake) if intake else None)
    async with record.database.view() as tx:
        offices = await _of_the_unit(record, tx, caller, unit)
        found = await waiting_list(tx, asked, actor_of(caller), offices, now=record.now())
        return found | {"intake": await _shown(tx, intake) if intake else None}


async def _of_the_unit(record: ARecord, tx: Any, caller: Caller, unit: UnitId) -> Any:
    """Return the offices. Raises Refused for somebody who works neither there nor above."""
    offices = await record.picture.now(tx)
    if caller.unit != unit and not leads(actor_of(caller), unit, offices):
        raise Refused("auth.forbidden")
    return offices


async def _shown(tx: Any, intake: UUID) -> dict[str, Any]:
    """Return IntakeView as JSON."""
    return IntakeView.model_validate(await intakes.one(tx, intake)).model_dump(mode="json")
