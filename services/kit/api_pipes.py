"""The pipes of a part over HTTP, for operators. Every part has the same addresses."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from services.kit.auth import Operator
from services.kit.database import Tx
from services.kit.http import Answered, Body
from services.kit.idempotency import CommandKey, Unsigned, command_key, once
from services.kit.pipes import Pipes
from services.kit.repair_notes import RepairNoteView

log = structlog.get_logger()

router = APIRouter(prefix="/pipes", tags=["pipes"])

Key = Annotated[Unsigned, Depends(command_key)]
Stream = Annotated[str, Path(max_length=40, pattern="^[a-z]+$")]
Entry = Annotated[str, Path(max_length=40, pattern="^[0-9]+-[0-9]+$")]


class GroupView(Answered):
    """What this part reads. *lag*: not delivered yet. *pending*: delivered, not finished. *missing*: no such group."""

    stream: str
    group: str
    missing: bool
    lag: int
    pending: int
    oldest_seconds: float
    dead: int


class OutboxView(Answered):
    """What this part has written and its relay has not published yet."""

    waiting: int
    oldest_seconds: float


class LoopView(Answered):
    """A loop of this process. *age_seconds*: since it last came round; null: never."""

    name: str
    alive: bool
    age_seconds: float | None
    max_age_seconds: float


class LetterView(Answered):
    """An event that this part could not take: what it is about, and never what it says."""

    stream: str
    entry: str
    group: str
    reason: str
    deliveries: int
    died_at: datetime
    event: UUID | None
    type: str | None
    subject: UUID | None


class PipesView(Answered):
    """*streams_away*: the stream server does not answer, so nothing is known of groups and dead letters."""

    part: str
    instance: str
    streams_away: bool
    groups: list[GroupView]
    outbox: OutboxView | None
    loops: list[LoopView]
    dead_letters: list[LetterView]
    repairs: list[RepairNoteView]


class Why(Body):
    text: str = Field(min_length=1, max_length=2000, description="why; it is kept, sealed")


# Awaited, though it waits for nothing: FastAPI sends a plain function to a thread, at every request.
async def pipes_of(request: Request) -> Pipes:
    pipes: Pipes = request.app.state.pipes
    return pipes


ThePipes = Annotated[Pipes, Depends(pipes_of)]


@router.get("", response_model=PipesView)
async def shown(caller: Operator, pipes: ThePipes) -> dict[str, Any]:
    """How far this part is behind, what it could not take, and whether its loops move."""
    return await pipes.shown()


@router.post("/{stream}/dead-letters/{entry}/replay", response_model=LetterView)
async def replay(stream: Stream, entry: Entry, body: Why, key: Key, caller: Operator, pipes: ThePipes) -> JSONResponse:
    """Put a dead letter back on its stream, by the part that owns it. Who has had the event drops it by its id."""
    answer = await _settled(
        pipes, key.by(caller.officer), lambda tx: pipes.put_back(tx, stream, entry, caller, body.text)
    )
    log.info("dead_letter.replayed", stream=stream, entry=entry, by=caller.staff_no)
    return answer


@router.post("/{stream}/dead-letters/{entry}/discard", response_model=LetterView)
async def discard(stream: Stream, entry: Entry, body: Why, key: Key, caller: Operator, pipes: ThePipes) -> JSONResponse:
    """Drop a dead letter for good: asked of the part that could not take it. It counts as taken from then on."""
    answer = await _settled(
        pipes, key.by(caller.officer), lambda tx: pipes.discard(tx, stream, entry, caller, body.text)
    )
    log.info("dead_letter.discarded", stream=stream, entry=entry, by=caller.staff_no)
    return answer


async def _settled(pipes: Pipes, command: CommandKey, settle: Callable[[Tx], Awaitable[Any]]) -> JSONResponse:
    """Settle a dead letter once for *command*, and answer what it was."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, LetterView.model_validate(await settle(tx)).model_dump(mode="json")

    return await once(pipes.database, command, work)
