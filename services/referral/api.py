"""The record over HTTP, for people (with their own token) and for outside systems."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field, create_model

from services.contracts.codes import Priority, Service
from services.contracts.ids import FamilyId, ReferralId, RegionCode, SpeakerRequestId, UnitId
from services.contracts.lifecycle import Action
from services.contracts.refusals import Refused
from services.kit.auth import Caller, signed_in
from services.kit.http import Body
from services.kit.idempotency import Unsigned, command_key, once
from services.referral import orders, queues, showing, usecases, views
from services.referral.usecases import NewReferral, Record
from services.referral.views import actor_of

log = structlog.get_logger()

router = APIRouter()

Signed = Annotated[Caller, Depends(signed_in)]
Key = Annotated[Unsigned, Depends(command_key)]
Version = Annotated[int, Field(ge=0, description="the `acted_version` that the caller has seen")]


class CreateReferral(Body):
    """A draft. `id` is made by the client, so that a lost answer never makes two."""

    id: UUID
    family: UUID
    service: Service
    priority: Priority = Priority.NORMAL
    draft: orders.Draft
    arose_from: UUID | None = Field(default=None, description="the speaker request of whose session it arose")


# Awaited, though it waits for nothing: FastAPI sends a plain function to a thread, at every request.
async def record_of(request: Request) -> Record:
    record: Record = request.app.state.record
    return record


ARecord = Annotated[Record, Depends(record_of)]


@router.post("/referrals", status_code=201, response_model=views.ReferralView, tags=["referral"])
async def create(body: CreateReferral, key: Key, caller: Signed, record: ARecord) -> JSONResponse:
    """Write a draft."""
    new = NewReferral(
        id=ReferralId(body.id),
        family=FamilyId(body.family),
        service=body.service,
        priority=body.priority,
        draft=body.draft.kept(caller.staff_no),
        unit_region=caller.region,
        unit_agency=caller.agency,
        arose_from=SpeakerRequestId(body.arose_from) if body.arose_from else None,
    )

    async def work(tx: Any) -> tuple[int, dict[str, Any]]:
        referral = await usecases.create(record, tx, new, actor_of(caller))
        return 201, await views.after_action(record, tx, referral, caller)

    command = key.by(caller.officer)
    return await _audited(record, body.id, "create", caller, lambda: once(record.database, command, work))


class ReferAgain(Body):
    """The same family once more, for the same service or another one. `id` is the new draft's."""

    id: UUID
    service: Service | None = None
    priority: Priority | None = None


@router.post(
    "/referrals/{referral_id}/refer-again", status_code=201, response_model=views.ReferralView, tags=["referral"]
)
async def refer_again(referral_id: UUID, body: ReferAgain, key: Key, caller: Signed, record: ARecord) -> JSONResponse:
    """Write a new draft for the same family, with what the earlier one said."""

    async def work(tx: Any) -> tuple[int, dict[str, Any]]:
        again = usecases.Again(ReferralId(body.id), body.service, body.priority, caller.region, caller.agency)
        referral = await usecases.refer_again(record, tx, ReferralId(referral_id), again, actor_of(caller))
        return 201, await views.after_action(record, tx, referral, caller)

    command = key.by(caller.officer)
    return await _audited(record, referral_id, "refer_again", caller, lambda: once(record.database, command, work))


def _add_action(order: type[orders.Order]) -> None:
    """Add `POST /referrals/{id}/{action}` with the order's own fields and the version that the caller has seen."""
    action: Action = order.action
    body_model: Any = create_model(f"{order.__name__}Command", __base__=order, expected_version=(Version, ...))

    async def endpoint(referral_id: UUID, body: Any, key: Key, caller: Signed, record: ARecord) -> JSONResponse:
        async def work(tx: Any) -> tuple[int, dict[str, Any]]:
            referral = await usecases.take_action(
                record, tx, ReferralId(referral_id), body, actor_of(caller), expected_version=body.expected_version
            )
            return 200, await views.after_action(record, tx, referral, caller)

        command = key.by(caller.officer)
        return await _audited(record, referral_id, action, caller, lambda: once(record.database, command, work))

    endpoint.__annotations__["body"] = body_model
    endpoint.__doc__ = order.__doc__ if order.__doc__ != orders.Order.__doc__ else None
    router.add_api_route(
        f"/referrals/{{referral_id}}/{action.value.replace('_', '-')}",
        endpoint,
        methods=["POST"],
        response_model=views.ReferralView,
        name=action.value,
        tags=["action"],
    )


async def _audited(
    record: Record, referral_id: UUID, action: str, caller: Caller, run: Callable[[], Awaitable[JSONResponse]]
) -> JSONResponse:
    answer = await audited(record, referral_id, action, caller, run)
    log.info("referral.acted", referral=str(referral_id), action=action, by=caller.staff_no)
    return answer


async def audited(
    record: Record, case_id: UUID, action: str, caller: Caller, run: Callable[[], Awaitable[JSONResponse]]
) -> JSONResponse:
    """Return what *run* answers for a case. Where the record's own rules refuse it, an audit line says so."""
    try:
        return await run()
    except Refused as refused:
        if refused.code.startswith(("referral.", "speaking.")):
            await usecases.note_refusal(record, ReferralId(case_id), action, actor_of(caller), refused.code)
        raise


for _order in orders.ORDERS.values():
    _add_action(_order)


@router.get("/referrals/{referral_id}", response_model=views.ReferralView, tags=["referral"])
async def show(referral_id: UUID, caller: Signed, record: ARecord) -> dict[str, Any]:
    """One referral as it is now, with what the caller may do next. Whoever sees its draft leaves a line."""
    return await showing.show(record, ReferralId(referral_id), caller)


@router.get("/referrals/{referral_id}/timeline", response_model=list[views.LineView], tags=["referral"])
async def timeline(referral_id: UUID, caller: Signed, record: ARecord) -> list[dict[str, Any]]:
    """The referral's story, oldest first. Whoever sees what was said leaves a line."""
    return await showing.timeline(record, ReferralId(referral_id), caller)


@router.get("/referrals/{referral_id}/readings", response_model=showing.ReadingsView, tags=["referral"])
async def readings(
    referral_id: UUID,
    caller: Signed,
    record: ARecord,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Who read its draft or its story, newest first: for the `dpo` and the supervisors of both sides."""
    return await showing.readings(record, ReferralId(referral_id), caller, before=before, limit=limit)


@router.get("/queues", response_model=queues.CountsView, tags=["queue"])
async def counts(caller: Signed, record: ARecord) -> dict[str, Any]:
    """How many wait in each of the caller's queues."""
    return await queues.counts(record, caller)


@router.get("/queues/{queue}", response_model=queues.QueueView, tags=["queue"])
async def queue(
    queue: queues.QueueName,
    caller: Signed,
    record: ARecord,
    unit: Annotated[UnitId | None, Query(max_length=64)] = None,
    region: Annotated[RegionCode | None, Query(max_length=13, pattern=r"^[0-9]{2}(\.[0-9]{2,4}){0,3}$")] = None,
    holder: Annotated[
        UUID | queues.Nobody | None, Query(description="only what waits for this person, or for `nobody` yet")
    ] = None,
    after: Annotated[str | None, Query(max_length=120)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """A work queue, the most urgent first. `unit`: a unit below the caller's own, for supervisors above."""
    wanted = queues.Wanted(unit, region, holder)
    return await queues.page(record, queue, caller, wanted, after=after, limit=limit)


@router.get("/referrals", response_model=queues.FoundView, tags=["referral"])
async def find(number: Annotated[str, Query(min_length=1, max_length=40)], caller: Signed, record: ARecord) -> Any:
    """The referral of that number, if the caller has a part in it; else none."""
    return {"referrals": await queues.by_number(record, number, caller)}


@router.get("/families/{family_id}/referrals", response_model=list[views.BriefView], tags=["referral"])
async def of_family(family_id: UUID, caller: Signed, record: ARecord) -> list[dict[str, Any]]:
    """The referrals of a family that the caller has a part in: "refer again" starts here."""
    return await queues.of_family(record, FamilyId(family_id), caller)


@router.get("/books", response_model=views.BooksView, tags=["books"])
async def books(caller: Signed, record: ARecord) -> dict[str, Any]:
    """The books, from the record alone: every submitted referral is live or ended."""
    return await views.books(record)
