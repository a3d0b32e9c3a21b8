"""Intakes: when an institution takes applications, from which day on, and for how many places.

Kept by whoever leads the unit. Read by everybody who refers: there is nothing of anybody in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.contracts.codes import Service
from services.contracts.ids import IntakeId, UnitId
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.referral.actors import Actor, leads
from services.referral.offices import Offices

MOST_LISTED: Final = 200
_COLUMNS: Final = "id, unit, service, opens_on, closes_on, starts_on, places, taken"
_BY_ID: Final = f"SELECT {_COLUMNS} FROM intake WHERE id = %(id)s"
_AND_LOCKED: Final = f"{_BY_ID} FOR UPDATE"
_SHOWN: Final = f"""
SELECT {_COLUMNS}, (SELECT count(*) FROM referral WHERE state = 'waitlisted' AND referral.intake = intake.id) AS waiting
FROM intake
"""
_ONE: Final = f"{_SHOWN} WHERE id = %(id)s"
_ALL: Final = f"""
{_SHOWN} WHERE (%(unit)s::text IS NULL OR unit = %(unit)s) AND (%(service)s::text IS NULL OR service = %(service)s)
    AND starts_on >= %(since)s ORDER BY starts_on, unit LIMIT {MOST_LISTED}
"""
# One period after the other, also where two people write at once.
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtext(%(unit)s), hashtext(%(service)s))"
_OVERLAPPING: Final = """
SELECT FROM intake WHERE unit = %(unit)s AND service = %(service)s AND id <> %(id)s
    AND opens_on <= %(closes_on)s AND closes_on >= %(opens_on)s LIMIT 1
"""
_ADD: Final = """
INSERT INTO intake (id, unit, service, opens_on, closes_on, starts_on, places, set_by, set_at)
VALUES (%(id)s, %(unit)s, %(service)s, %(opens_on)s, %(closes_on)s, %(starts_on)s, %(places)s, %(set_by)s, %(set_at)s)
"""
_CHANGE: Final = """
UPDATE intake SET opens_on = %(opens_on)s, closes_on = %(closes_on)s, starts_on = %(starts_on)s, places = %(places)s,
    set_by = %(set_by)s, set_at = %(set_at)s WHERE id = %(id)s
"""
_SOMEBODY_IS_ON_IT: Final = "SELECT FROM referral WHERE intake = %(id)s LIMIT 1"
_LAST_START: Final = "SELECT max(starts_on) FROM intake WHERE service = %(service)s AND starts_on >= %(today)s"


@dataclass(frozen=True, slots=True)
class Intake:
    """*places* from *starts_on* on, for whom applied from *opens_on* to *closes_on*, both counted. *taken*: of them."""

    id: IntakeId
    unit: UnitId
    service: Service
    opens_on: date
    closes_on: date
    starts_on: date
    places: int
    taken: int = 0

    def takes(self, submitted_on: date, today: date) -> bool:
        """True where whoever was referred on *submitted_on* may still be put on its list *today*."""
        return self.opens_on <= today < self.starts_on and submitted_on <= self.closes_on


async def find(tx: Tx, intake: UUID, *, lock: bool = False) -> Intake:
    """Return the intake. Raises Refused("referral.intake_unknown")."""
    row = (await tx.exec_driver_sql(_AND_LOCKED if lock else _BY_ID, {"id": intake})).one_or_none()
    if row is None:
        raise Refused("referral.intake_unknown")
    return Intake(**{**row._mapping, "service": Service(row.service)})


async def one(tx: Tx, intake: UUID) -> dict[str, Any]:
    """Return IntakeView as a dict. Raises Refused("referral.intake_unknown")."""
    row = (await tx.exec_driver_sql(_ONE, {"id": intake})).mappings().one_or_none()
    if row is None:
        raise Refused("referral.intake_unknown")
    return dict(row)


async def listed(tx: Tx, unit: UnitId | None, service: Service | None, *, since: date) -> list[dict[str, Any]]:
    """Return the intakes that begin on *since* or later, the next one first, with how many wait for each."""
    rows = await tx.exec_driver_sql(_ALL, {"unit": unit, "service": service, "since": since})
    return [dict(row) for row in rows.mappings()]


async def add(tx: Tx, intake: Intake, actor: Actor, offices: Offices, *, now: datetime) -> None:
    """Keep a new intake. Raises Refused."""
    _check_allowed(actor, intake.unit, offices)
    office = offices.by_id.get(intake.unit)
    if office is None or intake.service not in office.services:
        raise Refused("referral.unit_gives_no_such_service", unit=intake.unit, service=intake.service)
    await _check_days(tx, intake)
    earlier = (await tx.exec_driver_sql(_BY_ID, {"id": intake.id})).one_or_none()
    if earlier is not None:
        raise Refused("referral.intake_exists")
    await tx.exec_driver_sql(_ADD, _values(intake, actor, now))


async def change(
    tx: Tx, intake: IntakeId, changes: Mapping[str, Any], actor: Actor, offices: Offices, *, now: datetime
) -> None:
    """Make *changes* to the days and the places of an intake. Raises Refused.

    Whoever is on its list was put there for its first day and its beginning, so those stay then.
    """
    before = await find(tx, intake, lock=True)
    _check_allowed(actor, before.unit, offices)
    wanted = replace(before, **changes)
    await _check_days(tx, wanted)
    if wanted.places < before.taken:
        raise Refused("referral.intake_places_taken", given=before.taken)
    moved = (wanted.opens_on, wanted.starts_on) != (before.opens_on, before.starts_on)
    if moved and (await tx.exec_driver_sql(_SOMEBODY_IS_ON_IT, {"id": wanted.id})).one_or_none() is not None:
        raise Refused("referral.intake_in_use")
    await tx.exec_driver_sql(_CHANGE, _values(wanted, actor, now))


async def last_start(tx: Tx, service: Service, today: date) -> date:
    """Return the last day, as far as is known, on which somebody referred *today* for *service* might begin."""
    found: date | None = (await tx.exec_driver_sql(_LAST_START, {"service": service, "today": today})).scalar()
    return found or today


def _check_allowed(actor: Actor, unit: UnitId, offices: Offices) -> None:
    if not leads(actor, unit, offices):
        raise Refused("auth.forbidden")


async def _check_days(tx: Tx, intake: Intake) -> None:
    if not intake.opens_on <= intake.closes_on <= intake.starts_on:
        raise Refused("referral.intake_days_wrong")
    values = {name: getattr(intake, name) for name in ("id", "unit", "service", "opens_on", "closes_on")}
    await tx.exec_driver_sql(_ONE_AT_A_TIME, {"unit": intake.unit, "service": intake.service})
    if (await tx.exec_driver_sql(_OVERLAPPING, values)).one_or_none() is not None:
        raise Refused("referral.intake_overlaps", service=intake.service)


def _values(intake: Intake, actor: Actor, now: datetime) -> dict[str, Any]:
    names = ("id", "unit", "service", "opens_on", "closes_on", "starts_on", "places")
    return {name: getattr(intake, name) for name in names} | {"set_by": actor.officer, "set_at": now}
