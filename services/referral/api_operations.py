"""The record for operators over HTTP: finding any referral, seeing why it stands still, and putting it right."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from services.contracts.codes import Service
from services.contracts.ids import ReferralId, RegionCode, UnitId
from services.contracts.lifecycle import State
from services.kit.auth import Operator
from services.referral import operations, operations_views, repairs
from services.referral.api import ARecord, Key
from services.referral.operations import Wanted
from services.referral.operations_views import Done
from services.referral.views import actor_of

log = structlog.get_logger()

router = APIRouter(prefix="/operations", tags=["operator"])

Region = Annotated[RegionCode | None, Query(max_length=13, pattern=r"^[0-9]{2}\.[0-9]{2}(\.[0-9]{2,4}){0,2}$")]


@router.get("/referrals", response_model=operations_views.FoundOperatedView)
async def found(
    caller: Operator,
    record: ARecord,
    number: Annotated[str | None, Query(max_length=40)] = None,
    state: State | None = None,
    unit: Annotated[UnitId | None, Query(max_length=64, description="the unit whose move it is")] = None,
    region: Region = None,
    service: Service | None = None,
    due_before: AwareDatetime | None = None,
    late: Annotated[bool, Query(description="only those whose deadline is over")] = False,
    mark_late: Annotated[bool, Query(description="only those whose next mark should have been told")] = False,
    after: Annotated[str | None, Query(max_length=120)] = None,
    limit: Annotated[int, Query(ge=1, le=operations_views.MOST_AT_ONCE)] = 50,
) -> dict[str, Any]:
    """Submitted referrals, the earliest deadline first; without a number or a state, those under way."""
    moment: datetime | None = due_before
    wanted = Wanted(
        number=number, state=state, unit=unit, region=region, service=service, due_before=moment, late=late,
        mark_late=mark_late,
    )  # fmt: skip
    return await operations.found(record, wanted, after=after, limit=limit)


@router.get("/referrals/{referral_id}", response_model=operations_views.OperatedView)
async def operated(referral_id: UUID, caller: Operator, record: ARecord) -> dict[str, Any]:
    """One referral, whole, in codes: what it waits for, what is armed, what happened, and what was repaired."""
    return await operations.operated(record, ReferralId(referral_id), caller)


@router.post("/repairs/preview", response_model=operations_views.PlanView)
async def preview(body: operations_views.RepairPlan, caller: Operator, record: ARecord) -> dict[str, Any]:
    """What a repair would do to each of the chosen, and who would be told. Nothing is written."""
    return await repairs.plan(record, body, actor_of(caller))


@router.post("/repairs", response_model=operations_views.DoneAllView)
async def repair(body: operations_views.RepairOrder, key: Key, caller: Operator, record: ARecord) -> dict[str, Any]:
    """Repair each of the chosen, each by itself: what has changed since it was shown is left as it is."""
    done = await repairs.repair_all(record, body, key.by(caller.officer), actor_of(caller))
    applied = repairs.counted(done, Done.APPLIED)
    log.info("referral.repaired", repair=body.repair, of=len(done), applied=applied, by=caller.staff_no)
    return {"referrals": done}
