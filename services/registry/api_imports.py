"""Files with lists: sent whole, checked, read about, and only then applied. For coordinators of the agency that keeps
the list; the directory (`units`, `officers`) is kept by both, each its own.

A file can be large, so it is the body itself and no form; the answer comes before it is checked. Nothing here takes an
Idempotency-Key: a file is known by its content, and applying or stopping twice is once.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, Response

from services.contracts.refusals import Refused
from services.contracts.words import pick_language, refusal
from services.registry.api import ARegistry, Signed, kept_nowhere
from services.registry.importing import usecases, views
from services.registry.importing.usecases import Imports

log = structlog.get_logger()

MOST_BYTES = 2_000_000_000
router = APIRouter(prefix="/imports", dependencies=[Depends(kept_nowhere)], tags=["import"])

Columns = Annotated[
    Sequence[str],
    Query(description="`field:header`, where a column is not found by itself", examples=["nik:NO KTP"]),
]


async def _imports_of(request: Request) -> Imports:
    imports: Imports = request.app.state.imports
    return imports


AnImports = Annotated[Imports, Depends(_imports_of)]


@router.post(
    "/{list_name}",
    status_code=202,
    response_model=views.BatchView,
    openapi_extra={"requestBody": {"required": True, "content": {
        "text/csv": {"schema": {"type": "string", "format": "binary"}},
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    }}},
)  # fmt: skip
async def send(
    list_name: str, request: Request, caller: Signed, registry: ARegistry, imports: AnImports, column: Columns = ()
) -> dict[str, Any]:
    """Send a file of the list `pk`, `dtsen`, `pkh`, `units` or `officers`; it is checked and changes nothing yet."""
    batch = await usecases.send(registry, imports, list_name, request.stream(), _columns(column), caller)
    log.info("import.sent", batch=str(batch["id"]), list=list_name, unit=caller.unit, by=caller.staff_no)
    return _said(batch, request)


@router.get("", response_model=views.BatchesView)
async def every(request: Request, caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """What the caller's unit sent, newest first."""
    found = await usecases.every(registry, caller)
    return {"imports": [_said(row, request) for row in found["imports"]]}


@router.get("/{batch}", response_model=views.BatchView)
async def show(batch: UUID, request: Request, caller: Signed, registry: ARegistry) -> dict[str, Any]:
    """How far a file is, and what was found in it."""
    return _said(await usecases.show(registry, batch, caller), request)


@router.post("/{batch}/apply", status_code=202, response_model=views.BatchView)
async def apply(
    batch: UUID, request: Request, caller: Signed, registry: ARegistry, imports: AnImports
) -> dict[str, Any]:
    """Lay a checked file over what is known, or go on where that was stopped."""
    applied = await usecases.apply(registry, imports, batch, caller)
    log.info("import.apply", batch=str(batch), by=caller.staff_no)
    return _said(applied, request)


@router.post("/{batch}/stop", response_model=views.BatchView)
async def stop(
    batch: UUID, request: Request, caller: Signed, registry: ARegistry, imports: AnImports
) -> dict[str, Any]:
    """Stop what is done with a file; it can go on later."""
    stopped = await usecases.stop(registry, imports, batch, caller)
    log.info("import.stop", batch=str(batch), by=caller.staff_no)
    return _said(stopped, request)


@router.delete("/{batch}", status_code=204)
async def discard(batch: UUID, caller: Signed, registry: ARegistry, imports: AnImports) -> Response:
    """Throw a file away that was not applied."""
    await usecases.discard(registry, imports, batch, caller)
    log.info("import.discarded", batch=str(batch), by=caller.staff_no)
    return Response(status_code=204)


@router.get("/{batch}/rejected", response_class=FileResponse)
async def rejected(batch: UUID, caller: Signed, registry: ARegistry, imports: AnImports) -> FileResponse:
    """The rows that cannot come in, in the file's own shape, with a column that says why."""
    return FileResponse(await usecases.rejected(registry, imports, batch, caller), media_type="text/csv")


def _columns(told: Sequence[str]) -> dict[str, str]:
    named = dict(each.partition(":")[::2] for each in told)
    if any(not field or not header for field, header in named.items()):
        raise Refused("request.invalid", fields=[{"at": "query.column", "problem": "field_and_header"}])
    return named


def _said(row: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """Return the batch as it is shown, a refusal of its file in the reader's words."""
    told = row["refusal"]
    if told is None:
        return views.view(dict(row), None)
    title, detail = refusal(told["code"], told["facts"], pick_language(request.headers.get("accept-language")))
    return views.view(dict(row), {"code": told["code"], "title": title, "detail": detail})
