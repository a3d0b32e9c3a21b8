"""The referral service's copies of the registry's world, fed by its events, and the office picture made of them."""

import asyncio
import time
from datetime import datetime
from typing import Any

from sqlalchemy import text

from services.contracts.codes import Agency, Level, Role, Service
from services.contracts.events import FamilyRecorded, OfficerChanged, OfficerLeft, UnitChanged
from services.contracts.ids import FamilyId, OfficerId
from services.kit.database import Tx
from services.referral.offices import Office, Offices
from services.referral.referring import KnownFamily

MAX_AGE_SECONDS = 15.0
SETTLE_SECONDS = 0.5

_UNIT = text("""
INSERT INTO unit (unit, version, agency, level, region, parent, services, active, title)
VALUES (:unit, :version, :agency, :level, :region, :parent, :services, :active, :title)
ON CONFLICT (unit) DO UPDATE SET version = excluded.version, agency = excluded.agency, level = excluded.level,
    region = excluded.region, parent = excluded.parent, services = excluded.services, active = excluded.active,
    title = excluded.title
WHERE unit.version < excluded.version
""")
_PLACE = text("""
INSERT INTO place (unit, service, limit_) VALUES (:unit, :service, :limit)
ON CONFLICT (unit, service) DO UPDATE SET limit_ = excluded.limit_
""")
# Who has a place keeps it: what is taken stays counted, should there be a limit again.
_NO_LIMIT = text(
    "UPDATE place SET limit_ = NULL WHERE unit = :unit AND limit_ IS NOT NULL AND service <> ALL(:limited)"
)
_OFFICER = text("""
INSERT INTO officer (officer, version, unit, role, gone) VALUES (:officer, :version, :unit, :role, :gone)
ON CONFLICT (officer) DO UPDATE SET version = excluded.version, unit = excluded.unit, role = excluded.role,
    gone = excluded.gone, gone_at = NULL
WHERE officer.version < excluded.version
""")
_LEFT = text("""
INSERT INTO officer (officer, version, unit, role, gone, gone_at)
VALUES (:officer, :version, :unit, 'officer', true, :now)
ON CONFLICT (officer) DO UPDATE SET version = excluded.version, gone = true, gone_at = excluded.gone_at
WHERE officer.version < excluded.version
""")
LEFT_SINCE = text("SELECT officer FROM officer WHERE gone_at > :since")
_ALL_UNITS = text("SELECT unit, agency, level, region, parent, services, active FROM unit")
_STAFFED = text("SELECT DISTINCT unit, role FROM officer WHERE NOT gone")
_FAMILY = text("""
INSERT INTO family (family, version, region, agency, unit, restricted)
VALUES (:family, :version, :region, :agency, :unit, :restricted)
ON CONFLICT (family) DO UPDATE SET version = excluded.version, region = excluded.region,
    agency = excluded.agency, unit = excluded.unit, restricted = excluded.restricted
WHERE family.version < excluded.version
""")
_KNOWN_FAMILY = "SELECT region, agency, unit, restricted FROM family WHERE family = %(family)s"
_KNOWN_AND_LOCKED = f"{_KNOWN_FAMILY} FOR SHARE"
_WORKS_IN = "SELECT 1 FROM officer WHERE officer = %(officer)s AND unit = %(unit)s AND NOT gone"


async def learn_unit(tx: Tx, event: UnitChanged) -> None:
    kept = {"unit", "version", "agency", "level", "region", "parent", "active", "title"}
    values = event.model_dump(mode="json", include=kept)
    written = await tx.execute(_UNIT, {**values, "services": [service.value for service in event.services]})
    if written.rowcount:
        limited = [service.value for service in event.places]
        await tx.execute(_NO_LIMIT, {"unit": event.unit, "limited": limited})
    if written.rowcount and event.places:
        places = [
            {"unit": event.unit, "service": service.value, "limit": limit} for service, limit in event.places.items()
        ]
        await tx.execute(_PLACE, places)


async def learn_officer(tx: Tx, event: OfficerChanged) -> bool:
    """Keep who works where; False where something newer is known already."""
    values = {"officer": event.officer, "version": event.version, "unit": event.unit, "role": event.role.value}
    return bool((await tx.execute(_OFFICER, {**values, "gone": False})).rowcount)


async def learn_departure(tx: Tx, event: OfficerLeft, *, now: datetime) -> None:
    await tx.execute(_LEFT, {"officer": event.officer, "version": event.version, "unit": event.unit, "now": now})


async def learn_family(tx: Tx, event: FamilyRecorded) -> bool:
    """Keep what is new about a family; False where something newer is known already."""
    return bool((await tx.execute(_FAMILY, event.model_dump())).rowcount)


async def find_family(tx: Tx, family: FamilyId, *, lock: bool = False) -> KnownFamily | None:
    """Return what is known of *family*, or None where it is not known here yet.

    *lock*: until *tx* ends it lives where it does, so that whoever moves it finds what *tx* wrote.
    """
    row = (await tx.exec_driver_sql(_KNOWN_AND_LOCKED if lock else _KNOWN_FAMILY, {"family": family})).one_or_none()
    return KnownFamily(family, row.region, Agency(row.agency), row.unit, row.restricted) if row else None


async def works_in(tx: Tx, officer: OfficerId, unit: str | None) -> bool:
    """True where *officer* works in *unit* and has not left."""
    return (await tx.exec_driver_sql(_WORKS_IN, {"officer": officer, "unit": unit})).scalar() is not None


class OfficePicture:
    """The newest picture of all offices, kept in memory: a few thousand rows that change seldom."""

    def __init__(self) -> None:
        self._offices: Offices | None = None
        self._read_at = 0.0
        self._outdated = True
        self._reading = asyncio.Lock()

    def outdated(self) -> None:
        """Read again soon: something changed."""
        self._outdated = True

    async def now(self, tx: Tx) -> Offices:
        """Return the offices as *tx* sees them, or as they were a moment ago.

        It reads by the caller's own connection: asking for a second one while holding the first is how a full pool
        waits for itself. Another replica may have heard of a change, so nothing is older than MAX_AGE_SECONDS; and a
        first start with its thousands of units reads no oftener than once in SETTLE_SECONDS.
        """
        async with self._reading:
            age = time.monotonic() - self._read_at
            if self._offices is None or age > MAX_AGE_SECONDS or (self._outdated and age > SETTLE_SECONDS):
                self._outdated, self._read_at = False, time.monotonic()
                self._offices = await _read_offices(tx)
            return self._offices


async def _read_offices(tx: Tx) -> Offices:
    units = (await tx.execute(_ALL_UNITS)).all()
    staffed = (await tx.execute(_STAFFED)).all()
    return Offices(
        by_id={row.unit: _office(row) for row in units},
        staffed=frozenset((row.unit, Role(row.role)) for row in staffed),
    )


def _office(row: Any) -> Office:
    return Office(
        unit=row.unit,
        agency=Agency(row.agency),
        level=Level(row.level),
        region=row.region,
        parent=row.parent,
        services=frozenset(Service(service) for service in row.services),
        active=row.active,
    )
