"""Sending a file with a list, and what may be done with it. The work itself is done by programs of their own."""

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.contracts.codes import Role
from services.contracts.ids import new_id
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Database
from services.registry import rights
from services.registry.context import Registry
from services.registry.importing.batch import FILE, REJECTED, BatchState
from services.registry.importing.profile import ListKind, names, profile
from services.registry.importing.programs import Programs

_COLUMNS = "id, list, state, unit, area, sent_at, step_began_at, rows, done, report, refusal, applied_at"
_ONE = text(f"SELECT {_COLUMNS} FROM import_batch WHERE id = :id")
_OF_UNIT = text(f"SELECT {_COLUMNS} FROM import_batch WHERE unit = :unit ORDER BY sent_at DESC LIMIT 50")
_NEW = text(
    "INSERT INTO import_batch (id, list, content, state, unit, area, officer, sent_at, columns)"
    " VALUES (:id, :list, :content, 'checking', :unit, :area, :officer, :sent_at, CAST(:columns AS jsonb))"
    " ON CONFLICT DO NOTHING RETURNING id"
)
_SAME = text("SELECT id FROM import_batch WHERE list = :list AND content = :content AND state <> 'refused'")
_STATE = text("UPDATE import_batch SET state = :state WHERE id = :id AND state = ANY(:among) RETURNING id")
_FORGET = text("DELETE FROM import_batch WHERE id = :id")
_AT_REST = (BatchState.CHECKED, BatchState.STOPPED)


@dataclass(frozen=True, slots=True)
class Imports:
    """Where files are kept, and the programs that work on them."""

    database: Database
    folder: Path
    programs: Programs

    def of(self, batch: UUID) -> Path:
        return self.folder / str(batch)


async def send(
    registry: Registry,
    imports: Imports,
    list_name: str,
    body: AsyncIterator[bytes],
    columns: Mapping[str, str],
    caller: Caller,
) -> dict[str, Any]:
    """Keep the file and begin to check it. The same file is the same batch: one that stopped is checked again.

    Raises Refused for an unknown list, and for whoever is no coordinator of the agency that keeps it.
    """
    _must_keep(list_name, caller)
    batch = new_id()
    folder = imports.of(batch)
    folder.mkdir(mode=0o700, parents=True)
    try:
        digest = await _kept(body, folder / FILE)
        content = registry.keyring.hash("file", f"{caller.unit}:{digest}:{json.dumps(columns, sort_keys=True)}")
        values = {"id": batch, "list": list_name, "content": content, "unit": caller.unit, "officer": caller.officer,
                  "area": rights.area(caller), "sent_at": registry.now(), "columns": json.dumps(columns)}  # fmt: skip
        async with registry.database.begin() as tx:
            fresh = (await tx.execute(_NEW, values)).scalar()
            known = fresh or (await tx.execute(_SAME, {"list": list_name, "content": content})).scalar_one()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if fresh:
        await imports.programs.start("check", batch)
    else:
        await _again(registry, imports, known, folder)
    return await show(registry, known, caller)


async def _again(registry: Registry, imports: Imports, batch: UUID, sent: Path) -> None:
    """The file of *batch* came again, to the folder *sent*: it takes the old one's place, in case that is gone."""
    async with registry.database.begin() as tx:
        row = (await tx.execute(_ONE, {"id": batch})).one()
        stopped = row.state == BatchState.STOPPED
        if stopped:
            imports.of(batch).mkdir(mode=0o700, parents=True, exist_ok=True)
            (sent / FILE).replace(imports.of(batch) / FILE)
        begins = stopped and row.report is None
        if begins:
            await tx.execute(_STATE, {"id": batch, "state": "checking", "among": ["stopped"]})
    shutil.rmtree(sent)
    if begins:
        await imports.programs.start("check", batch)


async def show(registry: Registry, batch: UUID, caller: Caller) -> dict[str, Any]:
    """Return BatchView as a dict. Raises Refused("registry.import_not_found") for what another unit sent."""
    async with registry.database.read() as tx:
        row = (await tx.execute(_ONE, {"id": batch})).mappings().one_or_none()
    if row is None or row["unit"] != caller.unit or caller.role is not Role.COORDINATOR:
        raise Refused("registry.import_not_found")
    return dict(row)


async def every(registry: Registry, caller: Caller) -> dict[str, Any]:
    """Return what the caller's unit sent, newest first."""
    if caller.role is not Role.COORDINATOR:
        raise Refused("auth.forbidden")
    async with registry.database.read() as tx:
        rows = (await tx.execute(_OF_UNIT, {"unit": caller.unit})).mappings().all()
    return {"imports": [dict(row) for row in rows]}


async def apply(registry: Registry, imports: Imports, batch: UUID, caller: Caller) -> dict[str, Any]:
    """Begin to lay the batch over what is known, or go on where it stopped. Applied twice is once."""
    row = await show(registry, batch, caller)
    if row["state"] == BatchState.APPLIED:
        return row
    if row["report"] is None:
        raise Refused("registry.import_not_checked")
    among = [state.value for state in _AT_REST]
    async with registry.database.begin() as tx:
        begun = (await tx.execute(_STATE, {"id": batch, "state": "sealing", "among": among})).scalar()
    if begun is None:
        raise Refused("registry.import_under_way")
    await imports.programs.start("apply", batch, matched=profile(row["list"]).kind is ListKind.PEOPLE)
    return await show(registry, batch, caller)


async def stop(registry: Registry, imports: Imports, batch: UUID, caller: Caller) -> dict[str, Any]:
    """Stop what is done with the batch; it can go on later. What is at rest stays as it is."""
    await show(registry, batch, caller)
    await imports.programs.stop(batch)
    return await show(registry, batch, caller)


async def discard(registry: Registry, imports: Imports, batch: UUID, caller: Caller) -> None:
    """Throw the file away, and all that was prepared from it. Raises Refused where it is worked on or applied."""
    row = await show(registry, batch, caller)
    if row["state"] == BatchState.APPLIED:
        raise Refused("registry.import_applied")
    if row["state"] not in {*_AT_REST, BatchState.REFUSED}:
        raise Refused("registry.import_under_way")
    async with registry.database.begin() as tx:
        await tx.execute(_FORGET, {"id": batch})
        await tx.execute(text(f'DROP TABLE IF EXISTS "import_{batch.hex}"'))
    await asyncio.to_thread(shutil.rmtree, imports.of(batch), ignore_errors=True)


async def rejected(registry: Registry, imports: Imports, batch: UUID, caller: Caller) -> Path:
    """Return the file of rows that cannot come in. Raises Refused where there is none yet."""
    await show(registry, batch, caller)
    file = imports.of(batch) / REJECTED
    if not file.exists():
        raise Refused("registry.import_not_checked")
    return file


def _must_keep(list_name: str, caller: Caller) -> None:
    if list_name not in names():
        raise Refused("registry.list_unknown", list=list_name, known=", ".join(names()))
    if caller.role is not Role.COORDINATOR or profile(list_name).agency not in {caller.agency, None}:
        raise Refused("auth.forbidden")


async def _kept(body: AsyncIterator[bytes], to: Path) -> str:
    """Write *body* to *to* as it comes; return its SHA-256."""
    digest = hashlib.sha256()
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        async for block in body:
            digest.update(block)
            file.write(block)
    return digest.hexdigest()
