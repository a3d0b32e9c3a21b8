"""The areas and the offices."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy import text

from services.contracts.codes import Agency, Service
from services.contracts.ids import RegionCode, UnitId
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.kit.http import Body
from services.kit.idempotency import once
from services.registry import officers, offices, views
from services.registry.api import ARegistry, Key, Signed
from services.registry.orders import Code
from services.registry.regions import parents

log = structlog.get_logger()

router = APIRouter()

_CHILDREN = text(
    "SELECT code, name, level, parent FROM region"
    " WHERE parent IS NOT DISTINCT FROM CAST(:parent AS text) AND valid_to IS NULL ORDER BY code"
)
_AREAS = text("SELECT code, name, level, parent FROM region WHERE code = ANY(:codes) ORDER BY length(code) DESC")


class Places(Body):
    """*limit*: how many families the unit can have in hand at once. A lowered one evicts nobody."""

    limit: Annotated[int, Field(ge=0, le=1_000_000)]


@router.get("/regions", response_model=list[views.RegionView], tags=["region"])
async def regions(_: Signed, registry: ARegistry, parent: Annotated[Code | None, Query()] = None) -> list[Any]:
    """The areas right below `parent`; without it the province."""
    async with registry.database.read() as tx:
        return list((await tx.execute(_CHILDREN, {"parent": parent})).mappings())


@router.get("/regions/{code}", response_model=views.PlacedRegionView, tags=["region"])
async def region(code: Code, _: Signed, registry: ARegistry) -> dict[str, Any]:
    """One area, and those that it lies in."""
    async with registry.database.read() as tx:
        found = (await tx.execute(_AREAS, {"codes": [code, *parents(code)]})).mappings().all()
    if not found or found[0]["code"] != code:
        raise Refused("registry.region_unknown")
    return {**found[0], "path": found[1:]}


@router.get("/units", response_model=views.UnitsView, tags=["unit"])
async def units(
    _: Signed,
    registry: ARegistry,
    region: Annotated[Code | None, Query()] = None,
    agency: Agency | None = None,
    service: Service | None = None,
    after: Annotated[UnitId | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """The offices in an area, of every level, by id. `after`: the `next` of the page before."""
    wanted = offices.Wanted(RegionCode(region) if region else None, agency, service)
    async with registry.database.read() as tx:
        found = await offices.page(tx, wanted, after=after, limit=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return {"units": found[:limit], "next": more}


@router.get("/units/{unit_id}", response_model=views.StaffedUnitView, tags=["unit"])
async def unit(unit_id: UnitId, _: Signed, registry: ARegistry) -> dict[str, Any]:
    """One office with the people who work there, for assigning work."""
    async with registry.database.read() as tx:
        office = await offices.find(tx, unit_id)
        staff, load = await officers.of_unit(tx, unit_id), await offices.load(tx, unit_id)
    return {
        **views.UnitView.model_validate(office, from_attributes=True).model_dump(),
        "officers": staff,
        "open_referrals": load,
    }


@router.put("/units/{unit_id}/places/{service}", response_model=views.PlacesView, tags=["unit"])
async def places(
    unit_id: UnitId, service: Service, body: Places, key: Key, caller: Signed, registry: ARegistry
) -> JSONResponse:
    """Say how many places the unit has for a service: its supervisor, a coordinator above, an operator."""

    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await offices.set_places(registry, tx, unit_id, service, body.limit, caller)

    answer = await once(registry.database, key.by(caller.officer), work)
    log.info("unit.places_set", unit=unit_id, service=service, limit=body.limit, by=caller.staff_no)
    return answer
