"""The directory out of the system as CSV; in again it comes as the lists `units` and `officers` of `/imports`."""

import structlog
from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.registry.api import ARegistry, Signed, kept_nowhere
from services.registry.directory import exporting

log = structlog.get_logger()

router = APIRouter(prefix="/directory", dependencies=[Depends(kept_nowhere)], tags=["directory"])


class Csv(Response):
    media_type = "text/csv"


@router.get("/units.csv", response_class=Csv)
async def units(caller: Signed, registry: ARegistry) -> Csv:
    """The offices of the coordinator's agency and area."""
    content, rows = await exporting.units(registry, caller)
    log.info("directory.exported", list="units", rows=rows, unit=caller.unit, by=caller.staff_no)
    return _file("units.csv", content)


@router.get("/officers.csv", response_class=Csv)
async def officers(caller: Signed, registry: ARegistry) -> Csv:
    """Who works in those offices: names and addresses, so for coordinators only."""
    content, rows = await exporting.people(registry, caller)
    log.info("directory.exported", list="officers", rows=rows, unit=caller.unit, by=caller.staff_no)
    return _file("officers.csv", content)


def _file(name: str, content: bytes) -> Csv:
    return Csv(content, headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"})
