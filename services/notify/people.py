"""The notify service's copies of the registry's world, fed by its events: units, and who works in them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import text

from services.contracts.codes import Role
from services.contracts.events import OfficerChanged, OfficerLeft, UnitChanged
from services.contracts.ids import OfficerId, UnitId
from services.kit.database import Tx
from services.notify.staff import Officer, Staff, Unit

_UNIT = text("""
INSERT INTO unit (unit, version, title, region, parent) VALUES (:unit, :version, :title, :region, :parent)
ON CONFLICT (unit) DO UPDATE SET version = excluded.version, title = excluded.title, region = excluded.region,
    parent = excluded.parent
WHERE unit.version < excluded.version
""")
_OFFICER = text("""
INSERT INTO officer (officer, version, unit, role, language, village, contact, gone)
VALUES (:officer, :version, :unit, :role, :language, :village, :contact, false)
ON CONFLICT (officer) DO UPDATE SET version = excluded.version, unit = excluded.unit, role = excluded.role,
    language = excluded.language, village = excluded.village, contact = excluded.contact, gone = false,
    gone_at = NULL
WHERE officer.version < excluded.version
RETURNING officer
""")
# How to reach somebody who has left is nobody's business any more.
_LEFT = text("""
INSERT INTO officer (officer, version, unit, role, language, gone, gone_at)
VALUES (:officer, :version, :unit, 'officer', 'id', true, :now)
ON CONFLICT (officer) DO UPDATE SET version = excluded.version, gone = true, gone_at = excluded.gone_at, contact = NULL
WHERE officer.version < excluded.version
RETURNING officer
""")
LEFT_SINCE = text("SELECT officer FROM officer WHERE gone_at > :since")
_UNITS_UPWARD = text("""
WITH RECURSIVE upward AS (
    SELECT unit, title, parent FROM unit WHERE unit = ANY(:units)
    UNION
    SELECT unit.unit, unit.title, unit.parent FROM unit JOIN upward ON unit.unit = upward.parent
)
SELECT unit, title, parent FROM upward
""")
_PEOPLE = text("""
SELECT officer, unit, role, village FROM officer WHERE NOT gone AND (
    unit = ANY(:units) OR (unit = ANY(:above) AND role IN ('supervisor', 'coordinator'))
    OR (:operators AND role = 'operator'))
ORDER BY officer
""")


async def learn_unit(tx: Tx, event: UnitChanged) -> None:
    await tx.execute(_UNIT, event.model_dump(mode="json", include={"unit", "version", "title", "region", "parent"}))


async def learn_officer(tx: Tx, event: OfficerChanged) -> bool:
    """Keep what is new about an officer; False where something newer is known already."""
    fields = {"officer", "version", "unit", "role", "language", "village", "contact"}
    return (await tx.execute(_OFFICER, event.model_dump(mode="json", include=fields))).first() is not None


async def learn_departure(tx: Tx, event: OfficerLeft, *, now: datetime) -> bool:
    """Keep that an officer left; False where something newer is known already."""
    values = {"officer": event.officer, "version": event.version, "unit": event.unit, "now": now}
    return (await tx.execute(_LEFT, values)).first() is not None


async def staff_of(tx: Tx, units: Collection[UnitId], *, operators: bool = False) -> Staff:
    """Return everybody in *units*, whoever leads an office above one of them, and all operators if asked for."""
    rows = (await tx.execute(_UNITS_UPWARD, {"units": list(units)})).all()
    known = {row.unit: Unit(row.title, row.parent) for row in rows}
    above = [unit for unit in known if unit not in units]
    people = await tx.execute(_PEOPLE, {"units": list(units), "above": above, "operators": operators})
    return Staff(tuple(_officer(row) for row in people), known)


def _officer(row: Any) -> Officer:
    return Officer(OfficerId(row.officer), row.unit, Role(row.role), row.village)


async def language_of(tx: Tx, officer: OfficerId) -> str | None:
    """Return the language that *officer* asked for, or None for somebody not known here."""
    query = text("SELECT language FROM officer WHERE officer = :officer")
    found: str | None = (await tx.execute(query, {"officer": officer})).scalar()
    return found
