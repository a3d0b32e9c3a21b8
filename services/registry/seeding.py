"""Bringing the areas and the offices into the database at the start, and telling of what is new or different.

Asked again it changes nothing. What a person has set since, a number of places, stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import text

from services.contracts.codes import Service
from services.contracts.ids import UnitId
from services.contracts.wib import WIB
from services.kit import outbox
from services.kit.database import Database, Tx
from services.registry import offices
from services.registry.offices import Office
from services.registry.regions import Region, east_java
from services.registry.units import Unit, all_units

log = structlog.get_logger()

_LOCK = text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))")
_SEED = 0x73656564  # "seed"

_REGIONS = text("SELECT code, name, level, parent, valid_to FROM region")
_REVISE = text("UPDATE region SET name = :name, level = :level, parent = :parent, valid_to = NULL WHERE code = :code")
_END_REGION = text("UPDATE region SET valid_to = :today WHERE code = ANY(:codes) AND valid_to IS NULL")
_UNIT = text("""
INSERT INTO unit (id, version, agency, level, region, parent, title, active)
VALUES (:id, :version, :agency, :level, :region, :parent, :title, :active)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, agency = excluded.agency, level = excluded.level,
    region = excluded.region, parent = excluded.parent, title = excluded.title, active = excluded.active
""")
_SET_BY_PEOPLE = text("SELECT unit, service, place_limit, set_by FROM offer WHERE set_by IS NOT NULL")
_DROP_OFFERS = text("DELETE FROM offer WHERE unit = ANY(:units)")

Row = tuple[Any, ...]


async def seed(database: Database, now: datetime) -> None:
    """Make the database hold the areas and offices of this version. Replicas that start together take turns."""
    async with database.begin() as tx:
        await tx.execute(_LOCK, {"lock": _SEED})
        regions = await _seed_regions(tx, now.astimezone(WIB).date())
        units = await _seed_units(tx, now)
    if regions or units:
        log.info("registry.seeded", regions=regions, units=units)


async def _seed_regions(tx: Tx, today: date) -> int:
    """Return how many areas are new, different or ended."""
    wanted = {region.code: region for region in east_java()}
    stored = (await tx.execute(_REGIONS)).all()
    known = {row.code: Region(*row[:4]) for row in stored if row.valid_to is None}
    changed = [region for code, region in wanted.items() if known.get(code) != region]
    ended = sorted(known.keys() - wanted.keys())
    codes = {row.code for row in stored}
    if fresh := [region for region in changed if region.code not in codes]:
        await _copy_regions(tx, fresh, today if known else None)  # the first list is not a decree of today
    if different := [region for region in changed if region.code in codes]:
        await tx.execute(_REVISE, [_region_values(region) for region in different])
    if ended:
        await tx.execute(_END_REGION, {"codes": ended, "today": today})
    return len(changed) + len(ended)


async def _copy_regions(tx: Tx, regions: Iterable[Region], valid_from: date | None) -> None:
    rows = [(each.code, each.name, each.level.value, each.parent, valid_from) for each in regions]
    await _copy(tx, "region (code, name, level, parent, valid_from)", rows)


def _region_values(region: Region) -> dict[str, Any]:
    return {"code": region.code, "name": region.name, "level": region.level.value, "parent": region.parent}


async def _seed_units(tx: Tx, now: datetime) -> int:
    """Return how many offices are new, different or closed. Each one's fact is written with it."""
    known = await offices.every(tx)
    by_people = {(row.unit, Service(row.service)): row for row in await tx.execute(_SET_BY_PEOPLE)}
    limits = {key: row.place_limit for key, row in by_people.items()}
    changed = list(_changed_offices(known, all_units(), limits))
    if not changed:
        return 0
    await tx.execute(_UNIT, [_unit_values(office) for office in changed])
    await tx.execute(_DROP_OFFERS, {"units": [office.id for office in changed]})
    setters = {key: row.set_by for key, row in by_people.items()}
    await _copy(tx, "offer (unit, service, place_limit, set_by)", _offer_rows(changed, setters))
    await outbox.write(tx, *(office.changed() for office in changed), now=now)
    return len(changed)


def _changed_offices(
    known: dict[UnitId, Office], units: Sequence[Unit], limits: dict[tuple[UnitId, Service], int]
) -> Iterable[Office]:
    """Yield the offices as they have to be from now on, each with its next version."""
    for unit in units:
        before = known.get(unit.id)
        after = _office(unit, limits, version=before.version if before else 0)
        if after != before:
            yield replace(after, version=after.version + 1)
    gone = known.keys() - {unit.id for unit in units}
    for office in (known[unit] for unit in sorted(gone)):
        if office.active:
            yield replace(office, version=office.version + 1, active=False)


def _office(unit: Unit, limits: dict[tuple[UnitId, Service], int], *, version: int) -> Office:
    set_by_people = {service: limits[unit.id, service] for service in unit.services if (unit.id, service) in limits}
    return Office(
        id=unit.id,
        version=version,
        agency=unit.agency,
        level=unit.level,
        region=unit.region,
        parent=unit.parent,
        title=unit.title,
        active=True,
        services=tuple(sorted(unit.services)),
        places={**unit.places, **set_by_people},
    )


def _unit_values(office: Office) -> dict[str, Any]:
    return {
        "id": office.id,
        "version": office.version,
        "agency": office.agency.value,
        "level": office.level.value,
        "region": office.region,
        "parent": office.parent,
        "title": office.title,
        "active": office.active,
    }


def _offer_rows(changed: Iterable[Office], setters: dict[tuple[UnitId, Service], Any]) -> Iterable[Row]:
    for office in changed:
        for service in office.services:
            yield office.id, service.value, office.places.get(service), setters.get((office.id, service))


async def _copy(tx: Tx, target: str, rows: Iterable[Row]) -> None:
    """COPY *rows* within the transaction: thousands of rows in a few dozen milliseconds."""
    raw = await tx.get_raw_connection()
    driver: Any = raw.driver_connection
    async with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            await copy.write_row(row)
