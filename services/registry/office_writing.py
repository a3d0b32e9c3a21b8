"""Writing many offices at once, with what they offer and the fact of each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text

from services.contracts.codes import Service
from services.contracts.ids import OfficerId, UnitId
from services.kit import outbox
from services.kit.database import Tx
from services.registry.offices import Office

_UNIT = text("""
INSERT INTO unit (id, version, agency, level, region, parent, title, active, hours, set_by)
VALUES (:id, :version, :agency, :level, :region, :parent, :title, :active, CAST(:hours AS jsonb), :set_by)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, agency = excluded.agency, level = excluded.level,
    region = excluded.region, parent = excluded.parent, title = excluded.title, active = excluded.active,
    hours = excluded.hours, set_by = coalesce(excluded.set_by, unit.set_by)
""")
_DROP_OFFERS = text("DELETE FROM offer WHERE unit = ANY(:units)")

Setters = Mapping[tuple[UnitId, Service], OfficerId]
"""Who set the limit of a service; where nobody did, the data files say it."""


async def write_offices(
    tx: Tx,
    changed: Sequence[Office],
    setters: Setters,
    now: datetime,
    set_by: Mapping[UnitId, OfficerId] | None = None,
) -> None:
    """Write *changed*, each with its next version. *set_by*: who changed those that the data files decide no longer."""
    await tx.execute(_UNIT, [_unit_values(office, (set_by or {}).get(office.id)) for office in changed])
    await tx.execute(_DROP_OFFERS, {"units": [office.id for office in changed]})
    await copy_rows(tx, "offer (unit, service, place_limit, set_by, waitlist)", _offer_rows(changed, setters))
    await outbox.write(tx, *(office.changed() for office in changed), now=now)


async def copy_rows(tx: Tx, target: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY *rows* within the transaction: thousands of rows in a few dozen milliseconds."""
    raw = await tx.get_raw_connection()
    driver: Any = raw.driver_connection
    async with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            await copy.write_row(row)


def _unit_values(office: Office, set_by: OfficerId | None) -> dict[str, Any]:
    return {
        "id": office.id,
        "version": office.version,
        "agency": office.agency.value,
        "level": office.level.value,
        "region": office.region,
        "parent": office.parent,
        "title": office.title,
        "active": office.active,
        "hours": json.dumps(office.hours),
        "set_by": set_by,
    }


def _offer_rows(changed: Iterable[Office], setters: Setters) -> Iterable[tuple[Any, ...]]:
    for office in changed:
        for service in office.services:
            limit, by = office.places.get(service), setters.get((office.id, service))
            yield office.id, service.value, limit, by, service in office.waitlists
