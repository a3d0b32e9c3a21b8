"""How long each step of a referral takes, and whether it was done in time: kept by day, so that a month is few rows.

A step ends with a fact, and began with the newest fact before it that can begin it. What ended today is not kept yet:
of that the newest are looked at themselves. Decision 0026 says why.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from services.contracts.codes import Agency, ClockName, Service
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.referral.closing_days import GRACE, end_of, start_of
from services.referral.spans import PER_DOUBLING, median
from services.referral.tally import INSIDE

DAYS: Final = 30
COUNTED_BACK: Final = timedelta(days=120)
"""How far back a day that is not kept yet is counted: a quarter, and the days in which somebody asks for it."""
KEPT: Final = timedelta(days=732)
AT_ONCE: Final = 31
NEWEST: Final = 2_000
"""How many of the steps that ended today are looked at."""


class StepName(StrEnum):
    """`answered`: from the question to a unit until it claimed, declined or let the time pass. The others: one after
    the other, from submission to the end."""

    ANSWERED = "answered"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    REPORTED = "reported"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class _Step:
    """*spent*: facts after which the same beginning counts no more. *clock*: whose due mark makes it late."""

    name: StepName
    begins: tuple[str, ...]
    spent: tuple[str, ...]
    ends: tuple[str, ...]
    clock: ClockName


_STEPS: Final = (
    _Step(StepName.ANSWERED, ("offered",), ("claimed",), ("claimed", "declined", "redirected", "expired"),
          ClockName.ACKNOWLEDGE),
    _Step(StepName.CLAIMED, ("submitted", "reopened"), ("claimed",), ("claimed",), ClockName.ACKNOWLEDGE),
    _Step(StepName.ACCEPTED, ("claimed",), ("accepted",), ("accepted",), ClockName.DECIDE),
    _Step(StepName.CONTACTED, ("accepted", "place_taken"), ("contacted",), ("contacted",), ClockName.CONTACT),
    _Step(StepName.REPORTED, ("contacted",), ("reported",), ("reported",), ClockName.OUTCOME),
    _Step(StepName.CLOSED, ("reported",), (), ("confirmed", "auto_confirmed", "ruled_upheld"), ClockName.CONFIRM),
)  # fmt: skip


def array_of(words: tuple[str, ...]) -> str:
    return "ARRAY['" + "', '".join(words) + "']::varchar[]" if words else "'{}'::varchar[]"


_TABLE: Final = ", ".join(
    f"('{each.name}', {array_of(each.begins)}, {array_of(each.spent)}, {array_of(each.ends)}, '{each.clock}')"
    for each in _STEPS
)
_DINSOS: Final = array_of(tuple(each for each in Service if each.agency is Agency.DINSOS))
AGENCY_TO: Final = f"CASE WHEN referral.service = ANY({_DINSOS}) THEN '{Agency.DINSOS}' ELSE '{Agency.BKKBN}' END"
_FACTS: Final = """fact IN ('claimed', 'declined', 'redirected', 'expired', 'accepted', 'contacted', 'reported',
    'confirmed', 'auto_confirmed', 'ruled_upheld')"""
# The facts are those of the index. What the system did because nobody else did is not in time.
_ENDED: Final = f"""
SELECT referral.region, step.name AS step, referral.agency_from,
    {AGENCY_TO} AS agency_to,
    floor(ln(greatest(extract(epoch FROM line.at - began.at), 1)) / ln(2) * {PER_DOUBLING})::integer AS span,
    line.fact NOT IN ('expired', 'auto_confirmed') AND NOT EXISTS (
        SELECT FROM timeline AS told WHERE told.referral = line.referral AND told.version > began.version
            AND told.version < line.version AND told.clock = step.clock AND told.mark = 'due') AS in_time
FROM (
    SELECT referral, version, fact, at FROM timeline
    WHERE {_FACTS} AND at >= %(since)s AND at < %(until)s
    ORDER BY at DESC LIMIT %(most)s
) AS line
JOIN referral ON referral.id = line.referral
JOIN (VALUES {_TABLE}) AS step (name, begins, spent, ends, clock) ON line.fact = ANY(step.ends)
CROSS JOIN LATERAL (
    SELECT at, version, fact FROM timeline AS earlier
    WHERE earlier.referral = line.referral AND earlier.version < line.version
        AND earlier.fact = ANY(step.begins || step.spent) ORDER BY version DESC LIMIT 1
) AS began
WHERE began.fact = ANY(step.begins)
"""
_KEEP: Final = f"""
INSERT INTO step_day (area, day, step, agency_from, agency_to, ended, in_time, spans, counts)
SELECT area, %(day)s, step, agency_from, agency_to, sum(many), sum(in_time), array_agg(span ORDER BY span),
    array_agg(many ORDER BY span)
FROM (
    SELECT within.area, step, agency_from, agency_to, span, count(*) AS many, count(*) FILTER (WHERE in_time) AS in_time
    FROM ({_ENDED}) AS ended CROSS JOIN LATERAL (VALUES (left(region, 2)), (left(region, 5))) AS within (area)
    GROUP BY 1, 2, 3, 4, 5
) AS counted GROUP BY 1, 2, 3, 4, 5
ON CONFLICT DO NOTHING
"""
_NOT_KEPT: Final = f"""
SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, '1 day') AS day
WHERE NOT EXISTS (SELECT FROM step_day WHERE step_day.day = day.day::date)
    AND EXISTS (SELECT FROM timeline WHERE {_FACTS} AND at >= day.day::timestamp AT TIME ZONE 'Asia/Jakarta'
        AND at < (day.day::timestamp + interval '1 day') AT TIME ZONE 'Asia/Jakarta')
ORDER BY day LIMIT {AT_ONCE}
"""
_FORGET: Final = "DELETE FROM step_day WHERE day < %(before)s"
_OF_DAYS: Final = """
SELECT step, span, sum(many)::bigint AS many, 0 AS in_time
FROM step_day, unnest(spans, counts) AS counted (span, many)
WHERE area = %(area)s AND day >= %(since)s GROUP BY step, span
"""
_SUMS: Final = "SELECT step, sum(ended)::bigint AS ended, sum(in_time)::bigint AS in_time"
_IN_TIME: Final = f"{_SUMS} FROM step_day WHERE area = %(area)s AND day >= %(since)s GROUP BY step"
TODAY: Final = f"""
SELECT step, span, left(region, 5) AS area, agency_from, agency_to, count(*) AS many,
    count(*) FILTER (WHERE in_time) AS in_time
FROM ({_ENDED}) AS ended WHERE region LIKE %(under)s || '%%' GROUP BY 1, 2, 3, 4, 5
"""
_SHARES: Final = f"""
SELECT area, sum(ended)::bigint AS ended, sum(in_time)::bigint AS in_time FROM step_day
{INSIDE} AND step = 'answered' AND day >= %(since)s GROUP BY area
"""


async def keep_days(tx: Tx, *, now: datetime) -> int:
    """Keep the days that are over and not kept yet, the oldest first; return how many were counted."""
    last = (now - GRACE).astimezone(WIB).date() - timedelta(days=1)
    days = {"first": last - COUNTED_BACK, "last": last}
    missing = list((await tx.exec_driver_sql(_NOT_KEPT, days)).scalars())
    for day in missing:
        ended = {"since": start_of(day), "until": end_of(day), "most": None}
        await tx.exec_driver_sql(_KEEP, {**ended, "day": day})
    await tx.exec_driver_sql(_FORGET, {"before": last - KEPT})
    return len(missing)


async def step_times(tx: Tx, area: str, *, now: datetime) -> list[dict[str, Any]]:
    """Return StepView of every step that ended in *area* within thirty days; *area*: a province, kabupaten or kota."""
    today = now.astimezone(WIB).date()
    days = {"area": area, "since": today - timedelta(days=DAYS)}
    ended = {"since": start_of(today), "until": now, "most": NEWEST, "under": area}
    spans: dict[str, dict[int, int]] = {}
    in_time = {row.step: row.in_time for row in await tx.exec_driver_sql(_IN_TIME, days)}
    today_and_before = (*await tx.exec_driver_sql(TODAY, ended), *await tx.exec_driver_sql(_OF_DAYS, days))
    for row in today_and_before:
        in_time[row.step] = in_time.get(row.step, 0) + row.in_time
        of_step = spans.setdefault(row.step, {})
        of_step[row.span] = of_step.get(row.span, 0) + row.many
    return [_view(step, spans.get(step, {}), in_time.get(step, 0)) for step in StepName]


async def answered(tx: Tx, under: str, *, today: date) -> dict[str, tuple[int, int]]:
    """Return, for *under* and each kabupaten or kota in it, how many answers of thirty days there were, and in time."""
    rows = await tx.exec_driver_sql(_SHARES, {"under": under, "since": today - timedelta(days=DAYS)})
    return {row.area: (row.ended, row.in_time) for row in rows}


def _view(step: StepName, spans: dict[int, int], in_time: int) -> dict[str, Any]:
    return {"step": step, "ended": sum(spans.values()), "in_time": in_time, "median_seconds": median(spans)}
