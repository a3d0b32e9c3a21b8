"""A file of the directory laid over what is known: looked at first, then all that can come in, in one transaction.

Nobody and no office is taken away because a file does not name them.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from services.contracts.codes import Role
from services.contracts.ids import OfficerId, RegionCode
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.auth import Caller
from services.kit.crypto import Keyring
from services.kit.database import Database, Tx
from services.registry import officers
from services.registry.directory import officer_lists, unit_lists
from services.registry.directory.changes import Changes, Numbered
from services.registry.importing.batch import FILE, Batch, BatchState, Means
from services.registry.importing.checking import PAGE, Source, reported
from services.registry.importing.profile import profile
from services.registry.importing.report import Tally
from services.registry.importing.rows import Checker, Fault, Oddity, Row

log = structlog.get_logger()

MOST_ROWS = 100_000
_FORMULA = ("=", "+", "-", "@")
_OF_PEOPLE = ("id", "title", "name", "email")

Judge = Callable[[Tx, list[Numbered], Caller, Keyring], Awaitable[Changes]]
JUDGES: Mapping[str, Judge] = {"units": unit_lists.judge, "officers": officer_lists.judge}


def check(batch: Batch, source: Source, by: Means) -> dict[str, Any]:
    """Return the report of the dry run, and write the rows that cannot come in beside the file."""
    return asyncio.run(_worked(batch, source, by, write=False))


def apply(batch: Batch, source: Source, by: Means) -> None:
    """Write what the file changes, and the facts of it; what cannot come in by now is left out and told."""
    batch.begins(BatchState.TAKING_OVER, by.now(), len(source.rows))
    report = asyncio.run(_worked(batch, source, by, write=True))
    batch.applied(report, by.now())
    (batch.folder / FILE).unlink()
    log.info("import.applied", batch=str(batch.id), list=batch.list, **report["applied"])


async def _worked(batch: Batch, source: Source, by: Means, *, write: bool) -> dict[str, Any]:
    database = Database(by.database_url, pool=1)
    rows = read_rows(source, batch.list, by)
    try:
        async with database.begin() as tx:
            changes = await JUDGES[batch.list](tx, rows, await _sender(tx, batch), by.keyring)
            if write:
                await changes.write(tx, by.now())
    finally:
        await database.close()
    tally = Tally()
    for number, row in rows:
        tally.add(number, row)
    report = reported(batch, source, tally, changes.counts)
    return {**report, "applied": _applied(changes)} if write else report


def _applied(changes: Changes) -> dict[str, int]:
    counts = changes.counts
    return {"new": counts["new"], "newer": counts["newer"], "unchanged": counts["same"], "kept": changes.kept}


async def _sender(tx: Tx, batch: Batch) -> Caller:
    """Return who sent the file, with the rights of today."""
    sender = await officers.find(tx, OfficerId(batch.officer))
    if sender.left_at is not None or sender.role is not Role.COORDINATOR:
        raise Refused("auth.forbidden")
    return sender.caller


def read_rows(source: Source, list_name: str, by: Means) -> list[Numbered]:
    """Return all rows with their numbers. An id that stands in two of them keeps both out."""
    if len(source.rows) > MOST_ROWS:
        raise Refused("registry.file_too_large_inside")
    chosen, today = profile(list_name), by.now().astimezone(WIB).date()
    checker = Checker(chosen, frozenset(), RegionCode(""), today)
    rows = [(number, checker(cells)) for page in source.rows.by_family(PAGE) for number, *cells in page]
    times = Counter(_key(row) for _, row in rows)
    for _, row in rows:
        _settle(row)
        if times[_key(row)] > 1 and "id" in row.record:
            row.faults.append(("id", Fault.TWICE))
    return rows


def _key(row: Row) -> str:
    return str(row.record.get("id", "")).casefold()


def _settle(row: Row) -> None:
    """What is only odd in a list of people keeps a row of the directory out: somebody would work in the wrong place."""
    row.faults += [(field, Fault.CODE_UNKNOWN) for field, odd in row.odd if odd is Oddity.ANSWER_UNKNOWN]
    row.odd.clear()
    row.faults += [(field, Fault.FORMULA) for field in _OF_PEOPLE if row.record.get(field, "").startswith(_FORMULA)]
