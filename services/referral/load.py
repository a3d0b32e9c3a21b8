"""How much waits in a unit and for whom, for those who lead it; and how much in each unit right below."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.contracts.codes import Role
from services.contracts.ids import UnitId
from services.contracts.reading import LEADS
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.http import Answered
from services.referral.offices import Offices
from services.referral.queues import unit_of
from services.referral.usecases import Record

# A draft that was never sent is its writer's own.
_LOAD: Final = """
SELECT waits_for AS unit, CASE WHEN waits_for = %(unit)s THEN holder END AS officer, count(*) AS in_hand,
    count(*) FILTER (WHERE queue_at < %(now)s) AS overdue, count(*) FILTER (WHERE holder IS NULL) AS unassigned,
    min(due_at) AS next_due_at
FROM referral WHERE waits_for = ANY(%(units)s) AND submitted_at IS NOT NULL GROUP BY 1, 2
"""


class BurdenView(Answered):
    """`in_hand`: for how many it is this one's move; `overdue`: how many of them are late."""

    in_hand: int
    overdue: int
    next_due_at: datetime | None


class OfficerLoadView(BurdenView):
    """`officer`: None for what nobody of the unit has taken yet."""

    officer: UUID | None


class UnitLoadView(BurdenView):
    unit: UnitId
    unassigned: int


class LoadView(Answered):
    """`officers`: those with anything in hand, and who nobody is. `below`: the units right below that have anything."""

    unit: UnitId
    officers: list[OfficerLoadView]
    below: list[UnitLoadView]


async def load(record: Record, caller: Caller, unit: UnitId | None) -> dict[str, Any]:
    """Return LoadView as a dict, by one statement. Raises Refused for whoever does not lead the unit or one above."""
    if caller.role not in LEADS:
        raise Refused("auth.forbidden")
    async with record.database.read() as tx:
        offices = await record.picture.now(tx)
        wanted = unit_of(caller, unit, offices)
        values = {"unit": wanted, "units": [wanted, *_right_below(wanted, caller, offices)], "now": record.now()}
        rows = (await tx.exec_driver_sql(_LOAD, values)).mappings().all()
    officers = [dict(row) for row in rows if row["unit"] == wanted]
    below = [dict(row) for row in rows if row["unit"] != wanted]
    return {"unit": wanted, "officers": sorted(officers, key=_late), "below": sorted(below, key=_late)}


def _right_below(unit: UnitId, caller: Caller, offices: Offices) -> list[UnitId]:
    """Return the units right below *unit*, for a coordinator."""
    if caller.role is not Role.COORDINATOR:
        return []
    return [each.unit for each in offices.by_id.values() if each.parent == unit]


def _late(row: Any) -> tuple[int, int]:
    return -row["overdue"], -row["in_hand"]
