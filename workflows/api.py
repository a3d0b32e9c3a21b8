"""The waiting over HTTP, for operators: does a workflow wait for a case, what does it try, and feeding it again.

A case is a referral or, with the *kind* `speaker`, a request for a speaker; `referral` names its id in both.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field

from services.contracts.cases import CaseKind
from services.kit.auth import Operator
from services.kit.clock import Now
from services.kit.crypto import Keyring
from services.kit.database import Database, Tx
from services.kit.http import Answered, Body
from services.kit.idempotency import Unsigned, command_key, once
from services.kit.repair_notes import RepairNoteView, note_repair, noted_repairs
from services.kit.temporal import TemporalLink
from workflows import looking, resyncing
from workflows.kinds import workflow_id
from workflows.starter import connected

log = structlog.get_logger()

router = APIRouter(prefix="/runs", tags=["operator"])

MOST_AT_ONCE = 200
Moment = Annotated[datetime, AfterValidator(lambda moment: moment if moment.tzinfo else moment.replace(tzinfo=UTC))]
Referrals = Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]


class PendingView(Answered):
    """A command that was given and is not answered. *last_error*: its kind, never its text."""

    command: str
    state: str
    attempt: int
    since: Moment | None
    last_tried_at: Moment | None
    last_error: str | None


class RunView(Answered):
    run_id: str
    running: bool
    status: str
    began_at: datetime
    ended_at: datetime | None
    events: int
    pending: list[PendingView]


class WaitingView(Answered):
    """*run*: the newest one; null where Temporal knows none. *fed_version*: the newest that was handed to it."""

    referral: UUID
    namespace: str
    workflow_id: str
    fed_version: int | None
    run: RunView | None
    repairs: list[RepairNoteView]


class EventView(Answered):
    id: int
    at: Moment
    type: str
    name: str | None


class EventsView(Answered):
    events: list[EventView]
    next: str | None


class Chosen(Body):
    referrals: Referrals
    kind: CaseKind = CaseKind.REFERRAL


class Resync(Chosen):
    text: str = Field(min_length=1, max_length=2000, description="why; it is kept, sealed")


class RunsView(Answered):
    """For each of the chosen whether a workflow runs, and which version it was handed."""

    class One(Answered):
        referral: UUID
        running: bool
        fed_version: int | None

    runs: list[One]


class ResyncedView(Answered):
    """*version*: what the workflow was handed; null where the record has no such case."""

    class One(Answered):
        referral: UUID
        version: int | None

    referrals: list[One]


@dataclass(frozen=True, slots=True)
class Watch:
    """What the routes need."""

    link: TemporalLink
    database: Database
    keyring: Keyring
    now: Now


async def watch_of(request: Request) -> Watch:
    watch: Watch = request.app.state.watch
    return watch


AWatch = Annotated[Watch, Depends(watch_of)]
Key = Annotated[Unsigned, Depends(command_key)]


@router.get("/{referral_id}", response_model=WaitingView)
async def waiting(
    referral_id: UUID, caller: Operator, watch: AWatch, kind: CaseKind = CaseKind.REFERRAL
) -> dict[str, Any]:
    """Whether a workflow waits for the case, since when, and what it tries in vain."""
    client, workflow = await connected(watch.link), workflow_id(kind, referral_id)
    async with watch.database.read() as tx:
        fed = await resyncing.fed_versions(tx, [referral_id])
        repairs = await noted_repairs(tx, watch.keyring, workflow)
    return {
        "referral": referral_id,
        "namespace": client.namespace,
        "workflow_id": workflow,
        "fed_version": fed.get(referral_id),
        "run": await looking.described(client, workflow),
        "repairs": repairs,
    }


@router.get("/{referral_id}/events", response_model=EventsView)
async def events(
    referral_id: UUID,
    caller: Operator,
    watch: AWatch,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
    kind: CaseKind = CaseKind.REFERRAL,
) -> dict[str, Any]:
    """What happened in the newest run, newest first: moments, kinds and names."""
    client = await connected(watch.link)
    return await looking.events(client, workflow_id(kind, referral_id), after=after, limit=limit)


@router.post("/preview", response_model=RunsView)
async def preview(body: Chosen, caller: Operator, watch: AWatch) -> dict[str, Any]:
    """Which of the chosen have a workflow that runs. Nothing is changed."""
    return {"runs": await resyncing.preview(watch.link, watch.database, body.kind, _ids(body))}


@router.post("/resync", response_model=ResyncedView)
async def resync(body: Resync, key: Key, caller: Operator, watch: AWatch) -> JSONResponse:
    """Hand each of the chosen to its workflow as the record has it now; where none runs, one is started."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        for each in body.referrals:
            subject = workflow_id(body.kind, each)
            await note_repair(tx, watch.keyring, caller, "resync", subject, body.text, now=watch.now())
        done = await resyncing.resync(watch.link, tx, body.kind, _ids(body), key.key)
        return 200, ResyncedView.model_validate({"referrals": done}).model_dump(mode="json")

    answer = await once(watch.database, key.by(caller.officer), work)
    log.info("workflow.resynced", referrals=len(body.referrals), by=caller.staff_no)
    return answer


def _ids(chosen: Chosen) -> list[UUID]:
    return list(dict.fromkeys(chosen.referrals))
