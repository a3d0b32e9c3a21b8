"""One row about an officer: what it changes, or what keeps it out; and the row that says who works where. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.contracts.codes import Role
from services.contracts.ids import OfficerId, RegionCode, UnitId
from services.contracts.reading import covers
from services.kit.auth import Caller
from services.registry import rights
from services.registry.directory.unit_rows import NONE, RowFault, World
from services.registry.importing.rows import Fault
from services.registry.officers import Appointment

_NOBODY = UUID(int=0)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")
# What a spreadsheet makes of a long number: 1,98E+17, or a point and a zero behind it.
_ROUNDED = re.compile(r"\d+([.,]\d+)?E\+\d+|\d+\.0")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is known: *version* is the newest one; *gone*: has left."""

    appointment: Appointment
    version: int
    gone: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a row makes of a person: *after*, who works where; or *leaves*."""

    after: Appointment
    leaves: bool = False


def said(record: Mapping[str, Any], before: Known | None, world: World, sender: Caller) -> Said | None:
    """Return what *record* changes, None where all that it says is known. Raises RowFault."""
    if _ROUNDED.fullmatch(record["id"]):
        raise RowFault("id", Fault.ROUNDED)
    leaves = record.get("left") == "yes"
    if before is None:
        return _appointed(record, world, sender, leaves=leaves)
    if before.gone:
        return _of_one_who_left(record, before.appointment, world, sender, leaves=leaves)
    after = _after(record, before.appointment)
    if after == before.appointment and not leaves:
        _must_see(before.appointment, world, sender)
        return None
    _must_appoint(before.appointment, world, sender, "id")
    if leaves:
        return Said(before.appointment, leaves=True)
    _must_fit(after, before.appointment, world, sender)
    return Said(after)


def cells(known: Appointment) -> dict[str, str]:
    """Return the row that says what is known of somebody who works somewhere, by field."""
    return {
        "id": known.staff_no,
        "name": known.name,
        "email": known.email,
        "role": _ROLES[known.role],
        "unit": known.unit,
        "village": known.village or NONE,
        "language": known.language,
        "left": "tidak",
    }


_ROLES = {Role.OFFICER: "petugas", Role.SUPERVISOR: "supervisor", Role.COORDINATOR: "koordinator"}
LISTED = frozenset(_ROLES)
"""Whoever else is there, operators and the `dpo`, is appointed by no file."""


def _appointed(record: Mapping[str, Any], world: World, sender: Caller, *, leaves: bool) -> Said:
    """Return what *record* says of somebody whom nobody knows yet."""
    if leaves:
        raise RowFault("id", Fault.OFFICER_UNKNOWN)
    for field in ("name", "email", "role", "unit"):
        if field not in record:
            raise RowFault(field, Fault.MISSING)
    nobody = Appointment(OfficerId(_NOBODY), record["id"], UnitId(""), Role.OFFICER, "", "")
    after = _after(record, nobody)
    _must_fit(after, nobody, world, sender)
    return Said(after)


def _of_one_who_left(
    record: Mapping[str, Any], before: Appointment, world: World, sender: Caller, *, leaves: bool
) -> Said | None:
    """Return what *record* says of somebody who works here no longer: back only by a word that no export writes."""
    _must_see(before, world, sender)
    if leaves:
        return None
    if record.get("left") != "back":
        raise RowFault("left", Fault.HAS_LEFT)
    _must_appoint(before, world, sender, "id")
    after = _after(record, before)
    _must_fit(after, before, world, sender)
    return Said(after)


def _after(record: Mapping[str, Any], before: Appointment) -> Appointment:
    village = record.get("village", before.village)
    return replace(
        before,
        name=record.get("name", before.name),
        email=record.get("email", before.email),
        role=Role(record.get("role", before.role)),
        unit=UnitId(record["unit"].casefold()) if "unit" in record else before.unit,
        village=None if village == NONE else village,
        language=record.get("language", before.language),
    )


def _must_fit(after: Appointment, before: Appointment, world: World, sender: Caller) -> None:
    """Raise RowFault where nobody can be appointed so."""
    _must_appoint(after, world, sender, "unit")
    office = world.offices[after.unit]
    if not office.active and after.unit != before.unit:
        raise RowFault("unit", Fault.UNIT_CLOSED)
    if not _EMAIL.fullmatch(after.email):
        raise RowFault("email", Fault.EMAIL_UNREADABLE)
    if after.village is None:
        return
    level = world.regions.get(after.village)
    if level is None or not level.is_village:
        raise RowFault("village", Fault.VILLAGE_UNKNOWN)
    if not covers(office.region, RegionCode(after.village)):  # also of somebody who moved: else the limit would be lost
        raise RowFault("village", Fault.NOT_IN_UNIT)


def _must_appoint(who: Appointment, world: World, sender: Caller, field: str) -> None:
    """Raise RowFault unless *sender* may appoint *who*."""
    office = world.offices.get(who.unit)
    if office is None:
        raise RowFault("unit", Fault.UNIT_UNKNOWN)
    if not rights.leads(sender, office.desk):
        raise RowFault(field, Fault.NOT_YOURS)
    if not rights.may_appoint(sender, office.desk, who.role):
        raise RowFault("role", Fault.ROLE_TOO_HIGH)


def _must_see(who: Appointment, world: World, sender: Caller) -> None:
    """Raise RowFault unless *sender* leads the unit of *who*: nobody learns by a file who works elsewhere."""
    if not rights.leads(sender, world.offices[who.unit].desk):
        raise RowFault("id", Fault.NOT_YOURS)
