"""The offices as they are now: read, listed, and how much each has in hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from sqlalchemy import text

from services.contracts.codes import Agency, Level, Service, WhyClosed
from services.contracts.events import UnitChanged
from services.contracts.ids import RegionCode, UnitId
from services.contracts.lifecycle import HOLDS_A_PLACE
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.registry.hours import Day
from services.registry.rights import Desk

# Nobody there takes a case from the queue: a village team's member sees only what was assigned, operators and the dpo
# see none.
VACANT = (
    "(NOT EXISTS (SELECT FROM officer WHERE officer.unit = unit.id AND left_at IS NULL AND village IS NULL"
    " AND role IN ('officer', 'supervisor', 'coordinator')))"
)
# Counted from what was heard of each referral, so that no event that was lost or came twice can bend it. The first
# condition is that of the index.
_OPEN = "state NOT IN ('draft', 'triage', 'rerouting', 'closed', 'cancelled', 'void')"
HELD = f"{_OPEN} AND state IN ({', '.join(repr(str(state)) for state in sorted(HOLDS_A_PLACE))})"
LOAD = f"SELECT count(*) FROM referral_seen WHERE unit_to = unit.id AND {_OPEN}"

_OFFICES = (
    "SELECT id, version, agency, level, region, parent, title, active, hours,"
    " ARRAY(SELECT service FROM offer WHERE unit = unit.id) AS services,"
    " ARRAY(SELECT service FROM offer WHERE unit = unit.id AND waitlist) AS waitlists,"
    " (SELECT jsonb_object_agg(service, place_limit) FROM offer WHERE unit = unit.id AND place_limit IS NOT NULL)"
    f" AS places, {VACANT} AS vacant FROM unit"
)
_ALL = text(_OFFICES)
_BY_ID = text(f"{_OFFICES} WHERE id = :unit")
_LIST = (
    "active AND (CAST(:agency AS text) IS NULL OR agency = :agency) AND id > :after"
    " AND (CAST(:region AS text) IS NULL OR region = :region OR region LIKE :region || '.%')"
    " AND (CAST(:service AS text) IS NULL OR EXISTS (SELECT 1 FROM offer WHERE unit = unit.id AND service = :service))"
    f" AND (CAST(:vacant AS boolean) IS NULL OR {VACANT} = :vacant)"
)
_PAGE = text(f"{_OFFICES} WHERE {_LIST} ORDER BY id LIMIT :limit")
_LOAD = text(f"SELECT count(*) FROM referral_seen WHERE unit_to = :unit AND {_OPEN}")
_HELD = text(f"SELECT service, count(*) AS held FROM referral_seen WHERE unit_to = :unit AND {HELD} GROUP BY service")
_CLOSURES = text(
    "SELECT first_day, last_day, reason FROM closure WHERE unit = :unit AND last_day >= :today ORDER BY first_day"
)


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which an office is closed, both counted."""

    first_day: date
    last_day: date
    reason: WhyClosed


@dataclass(frozen=True, slots=True)
class Office:
    """A unit as it is stored. A service without an entry in *places* has no limit; for those in *waitlists* it can be
    asked although it is full. *vacant*: nobody works there who takes cases."""

    id: UnitId
    version: int
    agency: Agency
    level: Level
    region: RegionCode
    parent: UnitId | None
    title: str
    active: bool
    services: tuple[Service, ...]
    places: dict[Service, int]
    waitlists: tuple[Service, ...] = ()
    hours: dict[Day, str] = field(default_factory=dict)
    vacant: bool = field(default=False, compare=False)

    @classmethod
    def from_row(cls, row: Any) -> Self:
        typed = {
            "agency": Agency(row.agency),
            "level": Level(row.level),
            "services": _sorted(row.services),
            "waitlists": _sorted(row.waitlists),
            "hours": {day: row.hours[day] for day in Day if day in row.hours},
            "places": {Service(service): limit for service, limit in (row.places or {}).items()},
        }
        return cls(**{**row._mapping, **typed})

    @property
    def desk(self) -> Desk:
        return Desk(self.id, self.agency, self.level, self.region)

    def changed(self) -> UnitChanged:
        """Return the fact that the unit is like this now."""
        return UnitChanged(
            version=self.version,
            unit=self.id,
            agency=self.agency,
            level=self.level,
            region=self.region,
            parent=self.parent,
            title=self.title,
            services=self.services,
            places=self.places,
            active=self.active,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which offices to list; None does not narrow. *region*: the offices in it, of every level."""

    region: RegionCode | None = None
    agency: Agency | None = None
    service: Service | None = None
    vacant: bool | None = None


def _sorted(services: Iterable[str]) -> tuple[Service, ...]:
    return tuple(sorted(map(Service, services)))  # not by the server: its order is its locale's


async def every(tx: Tx) -> dict[UnitId, Office]:
    """Return all offices, closed ones as well."""
    return {row.id: Office.from_row(row) for row in await tx.execute(_ALL)}


async def find(tx: Tx, unit: UnitId) -> Office:
    """Return the office. Raises Refused("registry.unit_unknown")."""
    row = (await tx.execute(_BY_ID, {"unit": unit})).one_or_none()
    if row is None:
        raise Refused("registry.unit_unknown")
    return Office.from_row(row)


async def page(tx: Tx, wanted: Wanted, *, after: UnitId | None, limit: int) -> list[Office]:
    """Return the next *limit* active offices by id."""
    values = {"region": wanted.region, "agency": wanted.agency, "service": wanted.service,
              "vacant": wanted.vacant}  # fmt: skip
    rows = await tx.execute(_PAGE, {**values, "after": after or "", "limit": limit})
    return [Office.from_row(row) for row in rows]


async def load(tx: Tx, unit: UnitId) -> int:
    """Return how many referrals *unit* has in hand or on its desk."""
    count: int = (await tx.execute(_LOAD, {"unit": unit})).scalar_one()
    return count


async def held(tx: Tx, unit: UnitId) -> dict[Service, int]:
    """Return how many families *unit* has in hand, by service; one that is not named has none."""
    return {Service(row.service): row.held for row in await tx.execute(_HELD, {"unit": unit})}


async def closures(tx: Tx, unit: UnitId, *, today: date) -> list[Closure]:
    """Return when *unit* is closed, today and later."""
    rows = await tx.execute(_CLOSURES, {"unit": unit, "today": today})
    return [Closure(row.first_day, row.last_day, WhyClosed(row.reason)) for row in rows]
