"""The offices as they are now: read, listed, and how many places each has."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import text

from services.contracts.codes import Agency, Level, Service
from services.contracts.events import UnitChanged
from services.contracts.ids import OfficerId, RegionCode, UnitId
from services.contracts.refusals import Refused
from services.kit import outbox
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import rights
from services.registry.context import Registry
from services.registry.rights import Desk

_OFFICES = (
    "SELECT id, version, agency, level, region, parent, title, active,"
    " ARRAY(SELECT service FROM offer WHERE unit = unit.id) AS services,"
    " (SELECT jsonb_object_agg(service, place_limit) FROM offer WHERE unit = unit.id AND place_limit IS NOT NULL)"
    " AS places FROM unit"
)
_ALL = text(_OFFICES)
_BY_ID = text(f"{_OFFICES} WHERE id = :unit")
_LIST = (
    "active AND (CAST(:agency AS text) IS NULL OR agency = :agency) AND id > :after"
    " AND (CAST(:region AS text) IS NULL OR region = :region OR region LIKE :region || '.%')"
    " AND (CAST(:service AS text) IS NULL OR EXISTS (SELECT 1 FROM offer WHERE unit = unit.id AND service = :service))"
)
_PAGE = text(f"{_OFFICES} WHERE {_LIST} ORDER BY id LIMIT :limit")
# Counted from what was heard of each referral, so that no event that was lost or came twice can bend it.
_LOAD = text(
    "SELECT count(*) FROM referral_seen WHERE unit_to = :unit"
    " AND state NOT IN ('draft', 'triage', 'rerouting', 'closed', 'cancelled', 'void')"
)
_LOCK = text("SELECT id FROM unit WHERE id = :unit FOR UPDATE")
_NEXT_VERSION = text("UPDATE unit SET version = version + 1 WHERE id = :unit")
_SET_PLACES = text("UPDATE offer SET place_limit = :limit, set_by = :by WHERE unit = :unit AND service = :service")


@dataclass(frozen=True, slots=True)
class Office:
    """A unit as it is stored. A service without an entry in *places* has no limit."""

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

    @classmethod
    def from_row(cls, row: Any) -> Self:
        typed = {
            "agency": Agency(row.agency),
            "level": Level(row.level),
            "services": tuple(sorted(map(Service, row.services))),  # not by the server: its order is its locale's
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
    values = {"region": wanted.region, "agency": wanted.agency, "service": wanted.service}
    rows = await tx.execute(_PAGE, {**values, "after": after or "", "limit": limit})
    return [Office.from_row(row) for row in rows]


async def load(tx: Tx, unit: UnitId) -> int:
    """Return how many referrals *unit* has in hand or on its desk."""
    count: int = (await tx.execute(_LOAD, {"unit": unit})).scalar_one()
    return count


async def set_places(
    registry: Registry, tx: Tx, unit: UnitId, service: Service, limit: int, caller: Caller
) -> dict[str, Any]:
    """Say how many families *unit* can have in hand for *service*; the same limit again changes nothing.

    A lowered limit evicts nobody. Raises Refused for an unknown unit, a service that it does not give, a stranger.
    """
    await tx.execute(_LOCK, {"unit": unit})  # before reading: of two changes the later one builds on the earlier
    office = await find(tx, unit)
    rights.must_manage(caller, office.desk)
    if service not in office.services:
        raise Refused("referral.unit_gives_no_such_service", service=service)
    if office.places.get(service) != limit:
        await tx.execute(
            _SET_PLACES, {"unit": unit, "service": service, "limit": limit, "by": OfficerId(caller.officer)}
        )
        await tx.execute(_NEXT_VERSION, {"unit": unit})
        office = await find(tx, unit)
        await outbox.write(tx, office.changed(), now=registry.now())
    return {"unit": unit, "service": service.value, "limit": limit, "version": office.version}
