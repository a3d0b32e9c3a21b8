"""Lists of speaker requests: what waits for whom, the most urgent first. Each is one indexed query."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from services.contracts.ids import UnitId
from services.kit.auth import Caller
from services.kit.http import Answered
from services.referral.paging import cursor_of, read_cursor
from services.referral.queues import MOST_COUNTED, unit_of
from services.referral.speaking.repository import READ, from_row
from services.referral.speaking.sides import parties
from services.referral.speaking.views import brief
from services.referral.usecases import Record
from services.referral.views import actor_of


class SpeakerQueue(StrEnum):
    """`mine`: my own move. `unit`: my unit's. `overdue`: late. `sent`: what my unit asked for and is not over.

    `received`: what my unit is asked for and is not over.
    """

    MINE = "mine"
    UNIT = "unit"
    OVERDUE = "overdue"
    SENT = "sent"
    RECEIVED = "received"


class SpeakerCountsView(Answered):
    """How many wait in each queue; one of more than a thousand says 1000."""

    counts: dict[SpeakerQueue, int]


_WHERE: Final = {
    SpeakerQueue.MINE: "holder = %(officer)s",
    SpeakerQueue.UNIT: "waits_for = %(unit)s",
    SpeakerQueue.OVERDUE: "waits_for = %(unit)s AND queue_at < %(now)s",
    SpeakerQueue.SENT: "unit_from = %(unit)s AND closed_at IS NULL",
    SpeakerQueue.RECEIVED: "unit_to = %(unit)s AND closed_at IS NULL",
}
_FURTHER: Final = " AND (queue_at, id) > (%(queue_at)s, %(after_id)s)"
_COUNT: Final = f"(SELECT count(*) FROM (SELECT 1 FROM speaker_request WHERE {{}} LIMIT {MOST_COUNTED}) AS counted)"
_COUNTS: Final = "SELECT " + ", ".join(f"{_COUNT.format(where)} AS {name.value}" for name, where in _WHERE.items())
_BY_NUMBER: Final = f"SELECT {', '.join(READ)} FROM speaker_request WHERE number = %(number)s"


async def page(
    record: Record, name: SpeakerQueue, caller: Caller, unit: UnitId | None, *, after: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of a queue, by due date. Raises Refused for a unit that is not below the caller's."""
    further = read_cursor(after) if after else {}
    sql = (
        f"SELECT {', '.join(READ)}, queue_at FROM speaker_request WHERE {_WHERE[name]}{_FURTHER if after else ''}"
        " ORDER BY queue_at, id LIMIT %(limit)s"
    )
    async with record.database.read() as tx:
        asked = unit_of(caller, unit, await record.picture.now(tx))
        values = _values(caller, asked, record.now()) | further | {"limit": limit + 1}
        rows = (await tx.exec_driver_sql(sql, values)).all()
    more = cursor_of(rows[limit - 1].queue_at, rows[limit - 1].id) if len(rows) > limit else None
    return {"requests": [brief(from_row(row)) for row in rows[:limit]], "next": more}


async def counts(record: Record, caller: Caller) -> dict[str, Any]:
    """Return SpeakerCountsView as a dict: all queues of the caller's, by one statement."""
    async with record.database.read() as tx:
        unit = unit_of(caller, None, await record.picture.now(tx))
        row = (await tx.exec_driver_sql(_COUNTS, _values(caller, unit, record.now()))).mappings().one()
    return {"counts": dict(row)}


async def by_number(record: Record, number: str, caller: Caller) -> list[dict[str, Any]]:
    """Return the request of that *number*, if the caller has a part in it."""
    async with record.database.read() as tx:
        rows = (await tx.exec_driver_sql(_BY_NUMBER, {"number": number.strip().upper()})).all()
        offices = await record.picture.now(tx)
    found = (from_row(row) for row in rows)
    return [brief(each) for each in found if parties(actor_of(caller), each, offices)]


def _values(caller: Caller, unit: UnitId, now: datetime) -> dict[str, Any]:
    return {"officer": caller.officer, "unit": unit, "now": now}
