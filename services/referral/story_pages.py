"""Stories out of the database, a page at a time: referrals with their lines, by one statement. Nothing is unsealed."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from services.contracts.ids import UnitId
from services.kit.database import Tx
from services.referral.paging import cursor_of, read_cursor
from services.referral.repository import READ, from_row
from services.referral.stories import Line, Story

_LINES: Final = TypeAdapter(tuple[Line, ...])
_UNITS: Final = TypeAdapter(dict[int, UnitId])

PAGE: Final = f"""
SELECT {", ".join(READ)},
    (SELECT jsonb_agg(jsonb_build_object('fact', fact, 'at', at, 'state', line.state, 'attempt', line.attempt,
        'officer', officer, 'reason', reason, 'outcome', line.outcome, 'clock', clock, 'mark', mark,
        'policy_from', policy_from, 'policy_to', policy_to) ORDER BY line.version)
     FROM timeline AS line WHERE line.referral = referral.id) AS lines,
    (SELECT jsonb_object_agg(asked.attempt, asked.unit) FROM attempt AS asked WHERE asked.referral = referral.id)
        AS units
FROM referral
WHERE submitted_at < %(until)s AND (submitted_at, id) > (%(queue_at)s::timestamptz, %(after_id)s::uuid)
ORDER BY submitted_at, id LIMIT %(limit)s
"""


async def stories(
    tx: Tx, *, since: datetime, until: datetime, after: str | None, limit: int
) -> tuple[list[Story], str | None]:
    """Return the stories of referrals submitted from *since* to before *until*, and where the next page begins.

    Raises Refused("request.invalid") for an *after* that no page gave.
    """
    place = read_cursor(after) if after else {"queue_at": since, "after_id": UUID(int=0)}
    asked = {"until": until, "limit": limit, **place}
    rows = (await tx.exec_driver_sql(PAGE, asked)).all()
    found = [_story(row) for row in rows]
    last = found[-1].referral if len(found) == limit else None
    return found, cursor_of(last.submitted_at, last.id) if last and last.submitted_at else None


def _story(row: Any) -> Story:
    return Story(from_row(row), _LINES.validate_python(row.lines or ()), _UNITS.validate_python(row.units or {}))
