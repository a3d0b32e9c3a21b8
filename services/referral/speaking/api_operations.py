"""Requests for a speaker for operators over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.contracts.speaking.lifecycle import SpeakerState
from services.kit.auth import Operator
from services.kit.http import Answered
from services.referral.api import ARecord
from services.referral.speaking import operations
from services.referral.speaking.operations import OperatedRequestView, Wanted

router = APIRouter(prefix="/operations", tags=["operator"])


class FoundRequestsView(Answered):
    requests: list[OperatedRequestView]
    next: str | None


@router.get("/speaker-requests", response_model=FoundRequestsView)
async def found(
    caller: Operator,
    record: ARecord,
    number: Annotated[str | None, Query(max_length=40)] = None,
    state: SpeakerState | None = None,
    late: Annotated[bool, Query(description="only those whose deadline is over")] = False,
    mark_late: Annotated[bool, Query(description="only those whose next mark should have been told")] = False,
    after: Annotated[str | None, Query(max_length=120)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Requests for a speaker, the earliest deadline first; without a number or a state, those that are open."""
    wanted = Wanted(number.strip().upper() if number else None, state, late, mark_late)
    return await operations.found(record, wanted, after=after, limit=limit)
