"""Bringing the areas and the offices into the database at the start, and telling of what is new or different.

Asked again it changes nothing. What a person has set since stays: a number of places, a waiting list, hours, a code by
decree. An office that a person has changed or opened is left alone; where the data files say something else of it, that
is logged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import text

from services.contracts.codes import Service
from services.contracts.ids import RegionCode, UnitId
from services.contracts.wib import WIB
from services.kit.database import Database, Tx
from services.registry import offices
from services.registry.office_writing import copy_rows, write_offices
from services.registry.offices import Office
from services.registry.regions import Region, RegionLevel, east_java
from services.registry.renumbering import Change, all_changes, first, newest
from services.registry.units import Unit, units_of

log = structlog.get_logger()

_LOCK = text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))")
_SEED = 0x73656564  # "seed"

_REGIONS = text("SELECT code, name, level, parent, valid_to FROM region")
_REVISE = text("UPDATE region SET name = :name, level = :level, parent = :parent, valid_to = NULL WHERE code = :code")
_END_REGION = text("UPDATE region SET valid_to = :today WHERE code = ANY(:codes) AND valid_to IS NULL")
_OFFICES_SET_BY_PEOPLE = text("SELECT id FROM unit WHERE set_by IS NOT NULL")
_SET_BY_PEOPLE = text("SELECT unit, service, place_limit, set_by FROM offer WHERE set_by IS NOT NULL")

Limits = Mapping[tuple[UnitId, Service], int | None]
Areas = Mapping[RegionCode, Region]


async def seed(database: Database, now: datetime) -> None:
    """Make the database hold the areas and offices of this version. Replicas that start together take turns."""
    async with database.begin() as tx:
        await take_turn(tx)
        await settle(tx, now)


async def take_turn(tx: Tx) -> None:
    """Wait until nobody else changes areas and offices, and keep everybody waiting until *tx* ends."""
    await tx.execute(_LOCK, {"lock": _SEED})


async def settle(tx: Tx, now: datetime) -> None:
    """Make areas and offices what the list says, with what was decreed laid over it."""
    changes = await all_changes(tx)
    stored = (await tx.execute(_REGIONS)).all()
    known = {row.code: Region(row.code, row.name, RegionLevel(row.level), row.parent)
             for row in stored if row.valid_to is None}  # fmt: skip
    wanted = decreed(east_java(), known, changes)
    regions = await _seed_regions(tx, wanted, known, {row.code for row in stored}, now.astimezone(WIB).date())
    units = await _seed_units(tx, units_of(wanted.values(), first(changes)), now)
    if regions or units:
        log.info("registry.seeded", regions=regions, units=units)


def decreed(listed: Iterable[Region], known: Areas, changes: Sequence[Change]) -> dict[RegionCode, Region]:
    """Return the areas that there have to be: those *listed*, but for decrees that the list does not know yet.

    A code that a decree ended stays ended. One that a decree made stays as it is *known*, until the list has it.
    """
    ended = newest(changes)
    made = {new: known[new] for _, new in changes if new in known}
    return made | {region.code: region for region in listed if region.code not in ended}


async def _seed_regions(tx: Tx, wanted: Areas, known: Areas, codes: set[str], today: date) -> int:
    """Return how many areas are new, different or ended."""
    changed = [region for code, region in wanted.items() if known.get(code) != region]
    ended = sorted(known.keys() - wanted.keys())
    if fresh := [region for region in changed if region.code not in codes]:
        await _copy_regions(tx, fresh, today if known else None)  # the first list is not a decree of today
    if different := [region for region in changed if region.code in codes]:
        await tx.execute(_REVISE, [_region_values(region) for region in different])
    if ended:
        await tx.execute(_END_REGION, {"codes": ended, "today": today})
    return len(changed) + len(ended)


async def _copy_regions(tx: Tx, regions: Iterable[Region], valid_from: date | None) -> None:
    rows = [(each.code, each.name, each.level.value, each.parent, valid_from) for each in regions]
    await copy_rows(tx, "region (code, name, level, parent, valid_from)", rows)


def _region_values(region: Region) -> dict[str, Any]:
    return {"code": region.code, "name": region.name, "level": region.level.value, "parent": region.parent}


async def _seed_units(tx: Tx, units: Sequence[Unit], now: datetime) -> int:
    """Return how many offices are new, different or closed. Each one's fact is written with it."""
    known = await offices.every(tx)
    left_alone = set((await tx.execute(_OFFICES_SET_BY_PEOPLE)).scalars())
    by_people = {(row.unit, Service(row.service)): row for row in await tx.execute(_SET_BY_PEOPLE)}
    limits = {key: row.place_limit for key, row in by_people.items()}
    differing = list(_changed_offices(known, units, limits))
    if kept := [office.id for office in differing if office.id in left_alone]:
        log.info("registry.offices_left_alone", offices=len(kept), first=kept[:10])
    changed = [office for office in differing if office.id not in left_alone]
    if changed:
        await write_offices(tx, changed, {key: row.set_by for key, row in by_people.items()}, now)
    return len(changed)


def _changed_offices(known: dict[UnitId, Office], units: Sequence[Unit], limits: Limits) -> Iterable[Office]:
    """Yield the offices as they have to be from now on, each with its next version."""
    for unit in units:
        before = known.get(unit.id)
        after = _office(unit, limits, before)
        if after != before:
            yield replace(after, version=after.version + 1)
    gone = known.keys() - {unit.id for unit in units}
    for office in (known[unit] for unit in sorted(gone)):
        if office.active:
            yield replace(office, version=office.version + 1, active=False)


def _office(unit: Unit, limits: Limits, before: Office | None) -> Office:
    set_by_people = {service: limits[unit.id, service] for service in unit.services if (unit.id, service) in limits}
    places = {**unit.places, **set_by_people}
    return Office(
        id=unit.id,
        version=before.version if before else 0,
        agency=unit.agency,
        level=unit.level,
        region=unit.region,
        parent=unit.parent,
        title=unit.title,
        active=True,
        services=tuple(sorted(unit.services)),
        places={service: limit for service, limit in places.items() if limit is not None},
        waitlists=tuple(each for each in before.waitlists if each in unit.services) if before else (),
        hours=before.hours if before else {},
    )
