"""The areas, and decrees that change their codes."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import StringConstraints
from sqlalchemy import text

from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.kit.http import Answered
from services.kit.idempotency import once
from services.registry import decrees, renumbering, views
from services.registry.api import ARegistry, Key, Signed
from services.registry.decree_orders import Decree
from services.registry.orders import Code
from services.registry.regions import parents

log = structlog.get_logger()

router = APIRouter(tags=["region"])

_CHILDREN = text(
    "SELECT code, name, level, parent FROM region"
    " WHERE parent IS NOT DISTINCT FROM CAST(:parent AS text) AND valid_to IS NULL ORDER BY code"
)
_AREAS = text(
    "SELECT code, name, level, parent, valid_from, valid_to FROM region WHERE code = ANY(:codes)"
    " ORDER BY length(code) DESC"
)
_NAMES = text(
    "SELECT code, name FROM region WHERE code = ANY(:of) UNION ALL SELECT id, title FROM unit WHERE id = ANY(:of)"
)
MOST_NAMES = 200
_CHANGES = text("SELECT old, new, effective, decree FROM region_change ORDER BY id")


@router.get("/regions", response_model=list[views.RegionView])
async def regions(_: Signed, registry: ARegistry, parent: Annotated[Code | None, Query()] = None) -> list[Any]:
    """The areas right below `parent`; without it the province."""
    async with registry.database.read() as tx:
        return list((await tx.execute(_CHILDREN, {"parent": parent})).mappings())


class NamesView(Answered):
    """By code of an area or id of a unit; what nobody knows is left out."""

    names: dict[str, str]


@router.get("/names", response_model=NamesView)
async def names(
    _: Signed, registry: ARegistry, of: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Query()]
) -> dict[str, Any]:
    """What areas and units are called, many at once."""
    async with registry.database.read() as tx:
        rows = (await tx.execute(_NAMES, {"of": of[:MOST_NAMES]})).all()
    return {"names": {row.code: row.name for row in rows}}


@router.get("/regions/{code}", response_model=views.DatedRegionView)
async def region(code: Code, _: Signed, registry: ARegistry) -> dict[str, Any]:
    """One area, those that it lies in, and what it was called before."""
    async with registry.database.read() as tx:
        found = (await tx.execute(_AREAS, {"codes": [code, *parents(code)]})).mappings().all()
        changes = [dict(row) for row in (await tx.execute(_CHANGES)).mappings()]
    if not found or found[0]["code"] != code:
        raise Refused("registry.region_unknown")
    now = renumbering.newest((each["old"], each["new"]) for each in changes).get(code)
    return {**found[0], "path": found[1:], "now": now, "earlier": renumbering.before(changes, code)}


@router.post("/regions/decrees/preview", response_model=views.DecreeView)
async def preview(body: Decree, caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """What a decree would touch; nothing is changed. For an operator and a coordinator at the province."""
    async with registry.database.read() as tx:
        return await decrees.preview(tx, body, caller)


@router.post("/regions/decrees", response_model=views.DecreeView)
async def decide(body: Decree, key: Key, caller: Signed, registry: ARegistry) -> JSONResponse:
    """Give areas their new codes, all or none: families, officers, lists, referrals follow. Twice is once."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await decrees.decide(registry, tx, body, caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("regions.decreed", effective=str(body.effective), changes=len(body.changes), by=caller.staff_no)
    return answer
