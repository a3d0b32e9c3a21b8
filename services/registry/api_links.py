"""Pairs of the two lists: looked at, decided about, and what stands on them. For who leads a unit."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from services.contracts.codes import Role, Service
from services.contracts.lifecycle import State
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.kit.http import Answered, Body
from services.kit.idempotency import once
from services.registry import joins, links
from services.registry.api import ARegistry, Key, Signed, kept_nowhere
from services.registry.api_imports import AnImports
from services.registry.links import LinkState, Place
from services.registry.matching import renewing

log = structlog.get_logger()

router = APIRouter(prefix="/links", dependencies=[Depends(kept_nowhere)], tags=["link"])


class SideView(Answered):
    """One list's word about a person. Numbers show their last four digits only."""

    name: str
    birth_date: str
    sex: str
    relation: str | None
    address: str | None
    rt: str | None
    rw: str | None
    nik: str | None
    no_kk: str | None
    village: str


class LinkView(Answered):
    """*score*: 0 to 1, how sure; *kind* and *evidence*: what speaks for it and against it."""

    dtsen: str
    pk: str
    state: LinkState
    score: float
    kind: str
    evidence: list[str]
    region: str
    verdict: str | None
    decided_at: datetime | None
    surveyed: SideView | None
    registered: SideView | None


class LinksView(Answered):
    links: list[LinkView]
    next: str | None


class StandingView(Answered):
    referral: UUID
    number: str
    service: Service
    state: State


class VerdictView(Answered):
    """*referrals*: live ones of the families that the pair is about; they go on, whatever was decided."""

    dtsen: str
    pk: str
    decision: str
    verdict: str | None
    referrals: list[StandingView]


class TwiceView(Answered):
    """One need that is referred for two recorded families which are one by the lists."""

    service: Service
    referrals: list[UUID]
    numbers: list[str]


class TwicesView(Answered):
    twice: list[TwiceView]


class Decide(Body):
    """*verdict*: `join`, `apart`, or null to take the last one back."""

    verdict: Annotated[links.Verdict | None, Field(examples=["join"])]


ListId = Annotated[str, Field(max_length=40, examples=["DT000000001"])]
_AFTER = r"^[01](\.[0-9]{1,20})?(e-[0-9]{1,2})?/[^/]{1,40}/[^/]{1,40}$"
After = Annotated[str | None, Query(pattern=_AFTER, description="`next` of the page before")]


@router.get("", response_model=LinksView)
async def page(
    caller: Signed,
    registry: ARegistry,
    state: LinkState = LinkState.REVIEW,
    family: Annotated[str | None, Query(max_length=40, description="as either list calls it")] = None,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> dict[str, Any]:
    """Pairs where the caller works, both records side by side; to be reviewed the surest first, else the least sure."""
    score, dtsen, pk = after.split("/") if after else ("", "", "")
    place = Place(float(score), dtsen, pk) if after else None
    async with registry.database.begin() as tx:
        found = await links.page(registry, tx, state, family, caller, after=place, limit=limit)
    last = found[-1] if len(found) == limit else None
    return {"links": found, "next": last and f"{last['score']}/{last['dtsen']}/{last['pk']}"}


@router.get("/twice", response_model=TwicesView)
async def twice(caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """Needs that are referred twice, because two recorded families turned out to be one. Both referrals go on."""
    async with registry.database.read() as tx:
        return {"twice": await joins.twice(tx, caller)}


@router.post("/renew", status_code=202, response_class=Response)
async def renew(caller: Signed, imports: AnImports) -> Response:
    """Lay the lists on each other anew, as after an import."""
    if caller.role is not Role.COORDINATOR:
        raise Refused("auth.forbidden")
    await imports.programs.match()
    log.info("lists.renewed", unit=caller.unit, by=caller.staff_no)
    return Response(status_code=202)


@router.post("/{dtsen}/{pk}", response_model=VerdictView)
async def decide(
    dtsen: ListId, pk: ListId, body: Decide, key: Key, caller: Signed, registry: ARegistry, imports: AnImports
) -> JSONResponse:
    """Decide about a pair, or take that back. What the lists say of the families counts at once."""
    renewed = True

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        nonlocal renewed
        before = await renewing.concerned(tx, dtsen, pk)
        decided = await links.decide(registry, tx, dtsen, pk, body.verdict, caller)
        names = sorted({*before, *await renewing.concerned(tx, dtsen, pk)})
        renewed = await renewing.renew(tx, registry.keyring, names, registry.now().astimezone(WIB).date())
        standing = await joins.standing(tx, dtsen, pk, caller)
        return 200, {**decided, "referrals": [{**each, "referral": str(each["referral"])} for each in standing]}

    answer = await once(registry.database, key.by(caller.officer), work)
    if not renewed:  # the program that runs has read the old verdict
        await imports.programs.match()
    log.info("link.decided", verdict=body.verdict, unit=caller.unit, by=caller.staff_no)
    return answer
