"""Requests for a speaker as operators find them: by number, by state, or those that stand still; no words of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.contracts.speaking.codes import SpeakerParkReason
from services.contracts.speaking.lifecycle import SpeakerState
from services.referral.checks import MARK_PATIENCE
from services.referral.paging import cursor_of, read_cursor
from services.referral.speaking.repository import READ, from_row
from services.referral.speaking.views import BriefRequestView, brief
from services.referral.usecases import Record

_LIST: Final = f"SELECT {', '.join(READ)}, next_mark_at, queue_at FROM speaker_request WHERE "


class OperatedRequestView(BriefRequestView):
    """*mark_late*: its next mark should have been told for minutes."""

    parked: SpeakerParkReason | None
    next_mark_at: datetime | None
    mark_late: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Without a number or a state: those that are open."""

    number: str | None = None
    state: SpeakerState | None = None
    late: bool = False
    mark_late: bool = False


async def found(record: Record, wanted: Wanted, *, after: str | None, limit: int) -> dict[str, Any]:
    """Return a page of the requests that are *wanted*, the earliest deadline first."""
    now = record.now()
    conditions = list(_conditions(wanted))
    values: dict[str, Any] = {"number": wanted.number, "state": wanted.state, "now": now, "most": limit + 1}
    values |= {"overdue": now - MARK_PATIENCE, **(read_cursor(after) if after else {})}
    if after:
        conditions.append("(queue_at, id) > (%(queue_at)s, %(after_id)s)")
    query = f"{_LIST}{' AND '.join(conditions)} ORDER BY queue_at, id LIMIT %(most)s"
    async with record.database.read() as tx:
        rows = (await tx.exec_driver_sql(query, values)).all()
    more = cursor_of(rows[limit - 1].queue_at, rows[limit - 1].id) if len(rows) > limit else None
    return {"requests": [_line_of(row, now) for row in rows[:limit]], "next": more}


def _conditions(wanted: Wanted) -> list[str]:
    asked = {
        "number = %(number)s": wanted.number is not None,
        "state = %(state)s": wanted.state is not None,
        "closed_at IS NULL": wanted.number is None and wanted.state is None,
        "closed_at IS NULL AND queue_at < %(now)s": wanted.late,
        "next_mark_at < %(overdue)s": wanted.mark_late,
    }
    return [condition for condition, is_asked in asked.items() if is_asked]


def _line_of(row: Any, now: datetime) -> dict[str, Any]:
    request = from_row(row)
    late_by = now - row.next_mark_at if row.next_mark_at else timedelta()
    late = request.live and late_by > MARK_PATIENCE
    return brief(request) | {"parked": request.parked, "next_mark_at": row.next_mark_at, "mark_late": late}
