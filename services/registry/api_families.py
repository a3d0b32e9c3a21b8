"""Families. No address and no log line carries anything about a person: searching is a POST, like reading in full.

Reading in full is an act with a purpose, and leaves a line, so it is no GET that a browser or a proxy may repeat. It
takes no Idempotency-Key: the noted answer would hold the very numbers, and reading twice is two readings.
"""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from services.contracts.ids import FamilyId
from services.kit.database import Tx
from services.kit.idempotency import once
from services.registry import changing, families, reading, search, views
from services.registry.api import ARegistry, Key, Signed, kept_nowhere
from services.registry.orders import NewFamily, NewMember, NewNik, NewPaper, PaperKind, Read, Search

log = structlog.get_logger()

router = APIRouter(dependencies=[Depends(kept_nowhere)], tags=["family"])


@router.post("/families", status_code=201, response_model=views.RecordedView)
async def record(body: NewFamily, key: Key, caller: Signed, registry: ARegistry) -> JSONResponse:
    """Record a family that lives where the caller works."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 201, await families.record(registry, tx, body, caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("family.recorded", family=str(body.id), unit=caller.unit, by=caller.staff_no)
    return answer


@router.post("/families/search", response_model=views.FoundView)
async def find(body: Search, caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """Find families by a NIK, a KK number, now or before, or a list's own, which leaves a line; or by a name."""
    async with registry.database.begin() as tx:
        return await search.search(registry, tx, body, caller)


@router.get("/families/{family_id}", response_model=views.FamilyView)
async def show(family_id: UUID, caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """One family, its NIK and KK numbers masked."""
    async with registry.database.begin() as tx:
        return await reading.show(registry, tx, FamilyId(family_id), caller)


@router.post("/families/{family_id}/read", response_model=views.FamilyView)
async def read(family_id: UUID, body: Read, caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """One family with full numbers. Who read it, when and for what is kept with the family."""
    async with registry.database.begin() as tx:
        family = await reading.read(registry, tx, FamilyId(family_id), body.purpose, caller)
    log.info("family.read", family=str(family_id), purpose=body.purpose, by=caller.staff_no)
    return family


@router.put("/families/{family_id}/papers/{kind}", response_model=views.PaperKeptView)
async def put_paper(
    family_id: UUID, kind: PaperKind, body: NewPaper, key: Key, caller: Signed, registry: ARegistry
) -> JSONResponse:
    """Write a family's new KK, or what a list calls it; the number before ends on that day and stays findable."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await changing.put_paper(registry, tx, FamilyId(family_id), kind, body, caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("family.paper_kept", family=str(family_id), kind=kind, by=caller.staff_no)
    return answer


@router.post("/families/{family_id}/members", status_code=201, response_model=views.RecordedView)
async def add_member(family_id: UUID, body: NewMember, key: Key, caller: Signed, registry: ARegistry) -> JSONResponse:
    """Write one more member, as a newborn with its mother; the NIK may follow when it is issued."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 201, await changing.add_member(registry, tx, FamilyId(family_id), body, caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("family.member_added", family=str(family_id), by=caller.staff_no)
    return answer


@router.put("/families/{family_id}/members/{member_id}/nik", response_model=views.NikKeptView)
async def give_nik(
    family_id: UUID, member_id: UUID, body: NewNik, key: Key, caller: Signed, registry: ARegistry
) -> JSONResponse:
    """Write the NIK that was issued to a member who had none."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await changing.give_nik(registry, tx, FamilyId(family_id), member_id, body.nik, caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("family.nik_kept", family=str(family_id), by=caller.staff_no)
    return answer


@router.get("/families/{family_id}/audit", response_model=views.AuditView)
async def audit(
    family_id: UUID,
    caller: Signed,
    registry: ARegistry,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Who read the family and to whom it was disclosed, newest first: for the `dpo` and the recording supervisor."""
    async with registry.database.read() as tx:
        return await reading.audit(registry, tx, FamilyId(family_id), caller, before=before, limit=limit)
