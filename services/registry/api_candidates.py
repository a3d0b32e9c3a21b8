"""What the lists say of families: candidates for a referral, and stunting risk by area."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from services.contracts.codes import Priority, Service
from services.kit.database import Tx
from services.kit.http import Answered
from services.kit.idempotency import once
from services.registry import candidates, figures, publishable
from services.registry.api import ARegistry, Key, Signed, kept_nowhere
from services.registry.importing.views import FiguresView
from services.registry.orders import Code

log = structlog.get_logger()

router = APIRouter(dependencies=[Depends(kept_nowhere)], tags=["candidate"])


class CandidateView(Answered):
    """*rule*: which one fired, of *map_version*; *words* say it in both languages."""

    family: UUID
    service: Service
    region: str
    priority: Priority
    rule: str
    map_version: str
    words: dict[str, str]


class CandidatesView(Answered):
    candidates: list[CandidateView]
    next: str | None


class CountView(Answered):
    service: Service
    priority: Priority
    families: int


class CountsView(Answered):
    counts: list[CountView]


class ComingView(Answered):
    """What a rule would change: *report* counts families, by kecamatan and by factor, against *compared_with*."""

    version: str
    valid_from: date
    compared_with: str
    report: dict[str, Any]


class FiguresOfView(Answered):
    """Stunting risk of the areas right below *area*, by the rule in force when the lists were last laid together."""

    area: str
    rule_version: str | None
    assessed_on: date | None
    areas: dict[str, FiguresView]
    coming: list[ComingView]


class PublishableLineView(Answered):
    """Families that were looked at in an area, '' in all of them; what is null is hidden."""

    of: str
    looked_at: int | None
    at_risk: int | None
    not_at_risk: int | None


class PublishableRiskView(Answered):
    """Risk by area for everybody. *factors* overlap; each is of all families at risk in *area*."""

    area: str
    rule_version: str | None
    assessed_on: date | None
    all: PublishableLineView
    areas: list[PublishableLineView]
    factors: dict[str, int | None]


_HEX = "[0-9a-f]"
_AFTER = (
    rf"^[0-9]/\d{{2}}(\.\d{{2}}(\.\d{{2}}(\.\d{{4}})?)?)?/{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}/[A-Z-]{{1,20}}$"
)
After = Annotated[str | None, Query(pattern=_AFTER, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/candidates", response_model=CandidatesView)
async def queue(
    caller: Signed,
    registry: ARegistry,
    service: Service | None = None,
    family: UUID | None = None,
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Families that may need the other agency, not referred for it yet, where the caller works; urgent ones first."""
    async with registry.database.read() as tx:
        return await candidates.queue(tx, caller, service, family, after=after, limit=limit)


@router.get("/candidates/counts", response_model=CountsView)
async def counts(caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """How many candidates there are where the caller works."""
    async with registry.database.read() as tx:
        return await candidates.counts(tx, caller)


@router.get("/risk", response_model=FiguresOfView)
async def risk(caller: Signed, registry: ARegistry, area: Annotated[Code, Query()]) -> dict[str, Any]:
    """Stunting risk by area, counts only, and what each rule that is to come would change."""
    async with registry.database.read() as tx:
        return await figures.figures(tx, area, caller)


@router.get("/risk/publishable", response_model=PublishableRiskView)
async def risk_for_all(caller: Signed, registry: ARegistry, area: Annotated[Code, Query()]) -> dict[str, Any]:
    """Stunting risk by area, small numbers hidden so that nobody can compute them."""
    async with registry.database.read() as tx:
        return await publishable.publishable(tx, area, caller)


@router.post("/candidates/{family}/{service}/take", response_model=CandidateView)
async def take(family: UUID, service: Service, key: Key, caller: Signed, registry: ARegistry) -> JSONResponse:
    """Record the candidate's family and say what a draft referral of it needs. Taken twice is once."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        taken = await candidates.take(registry, tx, family, service.value, caller)
        return 200, {**taken, "family": str(taken["family"])}

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("candidate.taken", family=str(family), service=service.value, unit=caller.unit, by=caller.staff_no)
    return answer
