"""The people of a demo: one pilot kecamatan with both desks, everybody above them, and one institution.

Their names say what they are, and their addresses end in `.example` (RFC 2606), so none can be somebody's.
"""

import asyncio
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import text

from services.contracts.codes import Agency, Role
from services.contracts.ids import OfficerId, RegionCode, UnitId, new_id
from services.kit.database import Tx
from services.registry import officers
from services.registry.context import Registry
from services.registry.invitations import SET_PASSWORD, random_words
from services.registry.officers import Appointment
from services.registry.regions import EAST_JAVA, RegionLevel, east_java, parents
from services.registry.units import unit_id

log = structlog.get_logger()

PILOT = RegionCode("35.15.08")
HOUSE = UnitId("upt-psbr-jombang")
_LOCK = text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))")
_DEMO = 0x64656D6F  # "demo"
_KNOWN = text("SELECT staff_no, id FROM officer WHERE staff_no = ANY(:staff_nos)")
_DESKS: Mapping[Agency, str] = {Agency.DINSOS: "TKSK", Agency.BKKBN: "PKB"}
_OFFICES: Mapping[Agency, str] = {Agency.DINSOS: "Dinas Sosial", Agency.BKKBN: "OPD KB"}


async def make_accounts(registry: Registry, file: Path) -> None:
    """Make the demo's people and write their passwords to *file*, once. Who stands in it and is there is left alone.

    So people who are new in a release join the demo of an earlier one, and where the database is a new one, the
    passwords of the file are good for it. The file is written last; whatever broke in between is made good by the
    next start, with new passwords.
    """
    there = await asyncio.to_thread(_read, file)
    listed = {each["staff_no"]: each["password"] for each in there}
    everybody = list(_people())
    async with registry.database.read() as tx:
        known = await _known(tx, everybody)
    people = [each for each in everybody if each.staff_no not in listed.keys() & known.keys()]
    if not people:
        return
    passwords = [listed.get(each.staff_no) or random_words() for each in people]
    hashes = [await registry.passwords.hash(password) for password in passwords]
    async with registry.database.begin() as tx:
        await tx.execute(_LOCK, {"lock": _DEMO})
        ids = await _appointed(registry, tx, people)
        rows = [
            {"officer": ids[each.staff_no], "password_hash": hashed}
            for each, hashed in zip(people, hashes, strict=True)
        ]
        await tx.execute(SET_PASSWORD, rows)
    new = [
        _line(each, password) for each, password in zip(people, passwords, strict=True) if each.staff_no not in listed
    ]
    await asyncio.to_thread(_write_private, file, json.dumps([*there, *new], indent=1))
    log.info("demo.accounts_made", accounts=len(people))


async def _appointed(registry: Registry, tx: Tx, people: Sequence[Appointment]) -> dict[str, OfficerId]:
    """Appoint whoever is not there yet; return everybody's id by staff number."""
    known = await _known(tx, people)
    if new := [each for each in people if each.staff_no not in known]:
        await officers.appoint(tx, new, registry.keyring, now=registry.now())
    return {each.staff_no: each.officer for each in people} | known


async def _known(tx: Tx, people: Sequence[Appointment]) -> dict[str, OfficerId]:
    rows = await tx.execute(_KNOWN, {"staff_nos": [each.staff_no for each in people]})
    return {row.staff_no: OfficerId(row.id) for row in rows}


def _people() -> Iterator[Appointment]:
    names = {region.code: region.name for region in east_java()}
    village = next(each.code for each in east_java() if each.parent == PILOT and each.level is RegionLevel.DESA)
    kabkota = parents(PILOT)[0]
    for agency in Agency:
        desk, office = _DESKS[agency], _OFFICES[agency]
        pilot, above = f"Kecamatan {names[PILOT]}", names[kabkota]
        yield _person(agency, PILOT, 1, Role.OFFICER, f"Petugas {desk} {pilot}")
        yield _person(agency, PILOT, 2, Role.OFFICER, f"Petugas kedua {desk} {pilot}")
        yield _person(agency, PILOT, 3, Role.SUPERVISOR, f"Supervisor {desk} {pilot}")
        yield _person(agency, kabkota, 1, Role.COORDINATOR, f"Koordinator {office} {above}")
        yield _person(agency, kabkota, 2, Role.OFFICER, f"Petugas {office} {above}")
        yield _person(agency, EAST_JAVA, 1, Role.COORDINATOR, f"Koordinator {agency.upper()} {names[EAST_JAVA]}")
    yield _person(Agency.BKKBN, PILOT, 4, Role.OFFICER, f"Anggota TPK Desa {names[village]}", village=village)
    yield _person(Agency.DINSOS, EAST_JAVA, 2, Role.OPERATOR, "Operator Nyekrup")
    yield _person(Agency.DINSOS, EAST_JAVA, 3, Role.DPO, "Petugas Pelindungan Data")
    for number, role, name in ((1, Role.OFFICER, "Petugas"), (2, Role.SUPERVISOR, "Supervisor")):
        yield _appointment(f"D-{HOUSE.upper()}-{number:02d}", Agency.DINSOS, HOUSE, role, f"{name} UPT PSBR Jombang")


def _person(
    agency: Agency, region: RegionCode, number: int, role: Role, name: str, *, village: RegionCode | None = None
) -> Appointment:
    staff_no = f"{agency.value[0].upper()}-{region}-{number:02d}"
    return _appointment(staff_no, agency, unit_id(agency, region), role, name, village=village)


def _appointment(
    staff_no: str, agency: Agency, unit: UnitId, role: Role, name: str, *, village: RegionCode | None = None
) -> Appointment:
    return Appointment(
        officer=OfficerId(new_id()),
        staff_no=staff_no,
        unit=unit,
        role=role,
        name=name,
        email=f"{staff_no.lower()}@{agency}.example",
        village=village,
    )


def _line(each: Appointment, password: str) -> dict[str, Any]:
    return {
        "staff_no": each.staff_no,
        "password": password,
        "role": each.role.value,
        "unit": each.unit,
        "title": each.name,
    }


def _read(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    listed: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return listed


def _write_private(file: Path, content: str) -> None:
    part = file.with_name(f"{file.name}.part")
    with suppress(FileNotFoundError):
        part.unlink()  # its mode may be another
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(content)
    part.replace(file)
