"""How much waits for whom, for those who lead a unit."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.contracts.ids import UnitId
from services.referral import load
from services.referral.api import ARecord, Signed

router = APIRouter(tags=["queue"])


@router.get("/load", response_model=load.LoadView)
async def of_a_unit(
    caller: Signed, record: ARecord, unit: Annotated[UnitId | None, Query(max_length=64)] = None
) -> dict[str, Any]:
    """How much waits for each officer of the caller's unit, or of one below, and for nobody yet."""
    return await load.load(record, caller, unit)
