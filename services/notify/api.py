"""The messages over HTTP: an inbox for everybody, what was told of a case, and for operators what went wrong."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse

from services.contracts.cases import CaseKind
from services.kit.auth import Caller, Operator, signed_in
from services.kit.idempotency import Unsigned, command_key, once
from services.notify import case_messages, usecases, views
from services.notify.house import House

log = structlog.get_logger()

router = APIRouter()

Signed = Annotated[Caller, Depends(signed_in)]
Key = Annotated[Unsigned, Depends(command_key)]
AcceptLanguage = Annotated[str | None, Header()]
After = Annotated[UUID | None, Query(description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200)]


# Awaited, though it waits for nothing: FastAPI sends a plain function to a thread, at every request.
async def house_of(request: Request) -> House:
    house: House = request.app.state.house
    return house


AHouse = Annotated[House, Depends(house_of)]


@router.get("/inbox", response_model=views.InboxView, tags=["inbox"])
async def inbox(
    caller: Signed,
    house: AHouse,
    accept_language: AcceptLanguage = None,
    after: After = None,
    unread: bool = False,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The caller's own messages, newest first. `unread`: only those not yet read."""
    return await views.inbox(house, caller.officer, accept_language, after=after, unread=unread, limit=limit)


@router.get("/inbox/count", response_model=views.CountView, tags=["inbox"])
async def count(caller: Signed, house: AHouse) -> dict[str, Any]:
    """How many messages the caller has not read, and how many of them are urgent."""
    return await views.count(house, caller.officer)


@router.post("/inbox/{message_id}/read", response_model=views.InboxMessageView, tags=["inbox"])
async def read(
    message_id: UUID, key: Key, caller: Signed, house: AHouse, accept_language: AcceptLanguage = None
) -> JSONResponse:
    """Note that the caller has read a message. Noted once; later calls change nothing."""

    async def work(tx: Any) -> tuple[int, dict[str, Any]]:
        seen = await usecases.mark_read(house, tx, message_id, caller.officer, accept_language)
        return 200, views.InboxMessageView.model_validate(seen).model_dump(mode="json")

    return await once(house.database, key.by(caller.officer), work)


@router.get("/referrals/{referral_id}/messages", response_model=list[case_messages.ToldView], tags=["referral"])
async def told(referral_id: UUID, caller: Signed, house: AHouse) -> list[dict[str, Any]]:
    """What was told of a referral, to which desks, and whether it arrived: for those who have a part in it."""
    return await case_messages.told(house, CaseKind.REFERRAL, referral_id, caller)


@router.get("/speaker-requests/{request_id}/messages", response_model=list[case_messages.ToldView], tags=["speaking"])
async def told_of_request(request_id: UUID, caller: Signed, house: AHouse) -> list[dict[str, Any]]:
    """What was told of a request for a speaker, to which desks, and whether it arrived: for both its sides."""
    return await case_messages.told(house, CaseKind.SPEAKER, request_id, caller)


@router.get("/messages", response_model=views.MessagesView, tags=["operator"])
async def messages(
    _: Operator,
    house: AHouse,
    status: views.Trouble | None = None,
    referral: UUID | None = None,
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Messages that did not arrive, or all of one case with their receipts; the oldest first, for operators.

    *referral*: the id of a referral, or of a request for a speaker.

    Without either: all that did not arrive, whatever the reason.
    """
    return await views.messages(house, status, referral, after=after, limit=limit)


@router.post("/messages/{message_id}/retry", response_model=views.MessageView, tags=["operator"])
async def retry(message_id: UUID, key: Key, caller: Operator, house: AHouse) -> JSONResponse:
    """Send a message again, or to whoever is there now. What is not in trouble stays as it is."""

    async def work(tx: Any) -> tuple[int, dict[str, Any]]:
        return 200, await usecases.send_again(house, tx, message_id)

    answer = await once(house.database, key.by(caller.officer), work)
    log.info("message.retried", message=str(message_id), by=caller.staff_no)
    return answer
