"""Speaker requests over HTTP, for people with their own token."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import create_model

from services.contracts.ids import RoomId, SpeakerRequestId, UnitId
from services.contracts.speaking.codes import Material, SpokenLanguage, Topic
from services.contracts.speaking.lifecycle import SpeakerAction
from services.kit.auth import Caller
from services.kit.http import Body
from services.kit.idempotency import once
from services.referral.api import ARecord, Key, Signed, Version, audited
from services.referral.orders import Text
from services.referral.showing import ReadingsView
from services.referral.speaking import orders, queues, showing, usecases, views
from services.referral.speaking.api_calendar import ABetween
from services.referral.speaking.books import SpeakerBooksView, books
from services.referral.speaking.domain import Wish
from services.referral.speaking.usecases import Details, NewRequest
from services.referral.usecases import Record
from services.referral.views import actor_of

log = structlog.get_logger()

router = APIRouter(prefix="/speaker-requests")


class AskForSpeaker(Body):
    """`id` is made by the client, so that a lost answer never makes two. `topic_text` is needed for `own`."""

    id: UUID
    topic: Topic
    topic_text: Text | None = None
    when: orders.Wanted
    group: orders.Counts
    language: SpokenLanguage = SpokenLanguage.INDONESIAN
    materials: tuple[Material, ...] = ()
    room: UUID | None = None
    place: Text | None = None
    note: Text | None = None

    def wish(self) -> Wish:
        return Wish(
            group={age: number for age, number in self.group.items() if number},
            language=self.language,
            times=self.when.periods(),
            together=self.when.together,
            materials=self.materials,
            room=RoomId(self.room) if self.room else None,
        )


@router.post("", status_code=201, response_model=views.RequestView, tags=["speaking"])
async def ask(body: AskForSpeaker, key: Key, caller: Signed, record: ARecord) -> JSONResponse:
    """Ask for a speaker."""
    details = Details(topic_text=body.topic_text, place=None if body.room else body.place, note=body.note)
    new = NewRequest(SpeakerRequestId(body.id), body.topic, body.wish(), details, caller.region, caller.agency)

    async def work(tx: Any) -> tuple[int, dict[str, Any]]:
        request = await usecases.ask(record, tx, new, actor_of(caller))
        return 201, await showing.after_action(record, tx, request, caller)

    command = key.by(caller.officer)
    return await _audited(record, body.id, "ask", caller, lambda: once(record.database, command, work))


async def _audited(
    record: Record, request_id: UUID, action: str, caller: Caller, run: Callable[[], Awaitable[JSONResponse]]
) -> JSONResponse:
    answer = await audited(record, request_id, action, caller, run)
    log.info("speaker_request.acted", request=str(request_id), action=action, by=caller.staff_no)
    return answer


@router.get("/queues", response_model=queues.SpeakerCountsView, tags=["speaking"])
async def counts(caller: Signed, record: ARecord) -> dict[str, Any]:
    """How many speaker requests wait in each of the caller's queues."""
    return await queues.counts(record, caller)


@router.get("/queues/{queue}", response_model=views.RequestsView, tags=["speaking"])
async def queue(
    queue: queues.SpeakerQueue,
    caller: Signed,
    record: ARecord,
    unit: Annotated[UnitId | None, Query(max_length=64)] = None,
    after: Annotated[str | None, Query(max_length=120)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """A queue of speaker requests, the most urgent first. `unit`: one below the caller's own, for those who lead."""
    return await queues.page(record, queue, caller, unit, after=after, limit=limit)


@router.get("", response_model=views.RequestsView, tags=["speaking"])
async def find(number: Annotated[str, Query(min_length=1, max_length=40)], caller: Signed, record: ARecord) -> Any:
    """The request of that number, if the caller has a part in it; else none."""
    return {"requests": await queues.by_number(record, number, caller), "next": None}


@router.get("/books", response_model=SpeakerBooksView, tags=["books"])
async def speaker_books(_: Signed, record: ARecord, when: ABetween) -> dict[str, Any]:
    """The books of speaker requests between two moments: all that was asked for is open, held, or not held."""
    return await books(record, when)


@router.get("/{request_id}", response_model=views.RequestView, tags=["speaking"])
async def show(request_id: UUID, caller: Signed, record: ARecord) -> dict[str, Any]:
    """One request as it is now, with what the caller may do next. Whoever sees its words leaves a line."""
    return await showing.show(record, SpeakerRequestId(request_id), caller)


@router.get("/{request_id}/timeline", response_model=list[views.RequestLineView], tags=["speaking"])
async def timeline(request_id: UUID, caller: Signed, record: ARecord) -> list[dict[str, Any]]:
    """The request's story, oldest first."""
    return await showing.timeline(record, SpeakerRequestId(request_id), caller)


@router.get("/{request_id}/readings", response_model=ReadingsView, tags=["speaking"])
async def readings(
    request_id: UUID,
    caller: Signed,
    record: ARecord,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Who read its words, newest first: for the `dpo` and the supervisors of both sides."""
    return await showing.readings(record, SpeakerRequestId(request_id), caller, before=before, limit=limit)


def _add_action(order: type[orders.SpeakerOrder]) -> None:
    """Add `POST /speaker-requests/{id}/{action}` with the order's fields and the version that the caller has seen."""
    action: SpeakerAction = order.action
    body_model: Any = create_model(f"Speaker{order.__name__}Command", __base__=order, expected_version=(Version, ...))

    async def endpoint(request_id: UUID, body: Any, key: Key, caller: Signed, record: ARecord) -> JSONResponse:
        async def work(tx: Any) -> tuple[int, dict[str, Any]]:
            request = await usecases.take_action(
                record, tx, SpeakerRequestId(request_id), body, actor_of(caller), expected_version=body.expected_version
            )
            return 200, await showing.after_action(record, tx, request, caller)

        command = key.by(caller.officer)
        return await _audited(record, request_id, action, caller, lambda: once(record.database, command, work))

    endpoint.__annotations__["body"] = body_model
    endpoint.__doc__ = order.__doc__ if order.__doc__ != orders.SpeakerOrder.__doc__ else None
    router.add_api_route(
        f"/{{request_id}}/{action.value.replace('_', '-')}",
        endpoint,
        methods=["POST"],
        response_model=views.RequestView,
        name=f"speaker_{action.value}",
        tags=["speaking"],
    )


for _order in orders.SPEAKER_ORDERS.values():
    _add_action(_order)
