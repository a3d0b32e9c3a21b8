"""The directory of a coordinator's area as CSV, in exactly the shape in which it comes in again."""

import asyncio
import csv
import io
from collections.abc import Iterable, Mapping

from services.contracts.codes import Role
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.registry import officers, offices, rights
from services.registry.context import Registry
from services.registry.directory import officer_rows, unit_rows
from services.registry.directory.officer_lists import known_of
from services.registry.importing.profile import profile
from services.registry.officers import Officer

SEPARATOR = ";"


async def units(registry: Registry, caller: Caller) -> tuple[bytes, int]:
    """Return the offices that *caller* leads, closed ones as well, and how many they are. Raises Refused."""
    _must_keep(caller)
    async with registry.database.read() as tx:
        found = await offices.every(tx)
    rows = [unit_rows.cells(found[unit]) for unit in sorted(found) if rights.leads(caller, found[unit].desk)]
    return as_csv("units", rows), len(rows)


async def people(registry: Registry, caller: Caller) -> tuple[bytes, int]:
    """Return who works in the offices that *caller* leads, and how many they are. Raises Refused."""
    _must_keep(caller)
    async with registry.database.read() as tx:
        found = await officers.working(tx, caller.agency)
    listed = [each for each in found if each.role in officer_rows.LISTED and rights.leads(caller, each.desk)]
    return await asyncio.to_thread(_written, registry, listed), len(listed)  # opening thousands of seals takes its time


def as_csv(list_name: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return *rows*, by field, under the headers of the list."""
    fields = profile(list_name).fields
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATOR)
    writer.writerow([column.headers[0] for column in fields.values()])
    writer.writerows([row[name] for name in fields] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _written(registry: Registry, listed: Iterable[Officer]) -> bytes:
    return as_csv("officers", (officer_rows.cells(known_of(registry.keyring, each).appointment) for each in listed))


def _must_keep(caller: Caller) -> None:
    if caller.role is not Role.COORDINATOR:
        raise Refused("auth.forbidden")
