"""Places: taken when one is offered or a unit accepts, given back when the referral leaves its hands.

Never more are taken than there are: the row that counts them is locked while one is taken. Whoever comes by an intake
has a place of that; the house's own limit binds those who come without one, beside whoever lives there by an intake
that has begun. Source: docs/decisions/0030-a-place-is-offered-in-turn.md.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from services.contracts.codes import Service
from services.contracts.ids import IntakeId, UnitId
from services.contracts.lifecycle import HOLDS_A_PLACE
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.referral.transition import Step

_GIVE_BACK = """
UPDATE place SET taken = taken - 1 WHERE unit = %(unit)s AND service = %(service)s AND taken > 0
"""
_COUNTS = """
SELECT limit_, taken + (SELECT coalesce(sum(taken), 0) FROM intake WHERE intake.unit = place.unit
    AND intake.service = place.service AND starts_on <= %(today)s) AS taken
FROM place WHERE unit = %(unit)s AND service = %(service)s
"""
_LOCK = f"{_COUNTS} FOR UPDATE OF place"
_FREE_OF_INTAKE = "SELECT places AS limit_, taken FROM intake WHERE id = %(intake)s"
_TAKE = "UPDATE place SET taken = taken + 1 WHERE unit = %(unit)s AND service = %(service)s"
_TAKE_OF_INTAKE = "UPDATE intake SET taken = taken + 1 WHERE id = %(intake)s AND taken < places RETURNING starts_on"
_GIVE_BACK_TO_INTAKE = "UPDATE intake SET taken = taken - 1 WHERE id = %(intake)s AND taken > 0"
_OPENS = time(8)


async def settle(tx: Tx, step: Step, *, now: datetime) -> Step:
    """Take or give back the place that *step* asks for. Raises Refused("referral.no_place_left")."""
    held, holds = step.before.progress.place_taken, step.after.state in HOLDS_A_PLACE
    if holds and step.before.state not in HOLDS_A_PLACE:  # a limit that is set later evicts nobody
        return await _taken(tx, step, now.astimezone(WIB).date())
    if held and not holds:
        of = {"unit": step.before.unit_to, "service": step.before.service, "intake": step.before.intake}
        await tx.exec_driver_sql(_GIVE_BACK_TO_INTAKE if step.before.intake else _GIVE_BACK, of)
        return _with(step, place_taken=False)
    return step


async def free(tx: Tx, unit: UnitId, service: Service, intake: IntakeId | None, today: date) -> int | None:
    """Return how many places may be offered now; None where nothing limits them."""
    asked = {"unit": unit, "service": service, "intake": intake, "today": today}
    row = (await tx.exec_driver_sql(_FREE_OF_INTAKE if intake else _COUNTS, asked)).one_or_none()
    return None if row is None or row.limit_ is None else max(row.limit_ - row.taken, 0)


async def _taken(tx: Tx, step: Step, today: date) -> Step:
    if step.after.intake is None:
        return _with(step, place_taken=await _take(tx, step, today))
    starts_on = (await tx.exec_driver_sql(_TAKE_OF_INTAKE, {"intake": step.after.intake})).scalar()
    if starts_on is None:
        raise Refused("referral.no_place_left", number=step.after.number, service=step.after.service)
    return _with(step, place_taken=True, begins_at=datetime.combine(starts_on, _OPENS, WIB).astimezone(UTC))


async def _take(tx: Tx, step: Step, today: date) -> bool:
    """Return whether a place was taken; a unit without a limit for the service counts none."""
    asked = {"unit": step.after.unit_to, "service": step.after.service, "today": today}
    place = (await tx.exec_driver_sql(_LOCK, asked)).one_or_none()
    if place is None or place.limit_ is None:
        return False
    if place.taken >= place.limit_:
        raise Refused(
            "referral.no_place_left", number=step.after.number, service=step.after.service, limit=place.limit_
        )
    await tx.exec_driver_sql(_TAKE, asked)
    return True


def _with(step: Step, **changes: Any) -> Step:
    return replace(step, after=replace(step.after, progress=replace(step.after.progress, **changes)))
