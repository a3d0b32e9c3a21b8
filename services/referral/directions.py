"""Referrals in each direction over some days: how many were sent, how many questions were answered, and how soon.

Kept by day and kabupaten or kota like the steps, so that a quarter is few rows; today itself is counted.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.contracts.codes import Agency
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.referral.closing_days import GRACE, MOVING, end_of, start_of
from services.referral.spans import median
from services.referral.step_times import AGENCY_TO, AT_ONCE, COUNTED_BACK, NEWEST, TODAY, StepName
from services.referral.tally import INSIDE

Direction = tuple[Agency, Agency]
Directions = defaultdict[Direction, "Way"]

# Of what moved, by its index, the first submissions.
_SENT: Final = f"""
SELECT left(referral.region, 5) AS area, referral.agency_from, {AGENCY_TO} AS agency_to, count(*)::integer AS sent
FROM timeline JOIN referral ON referral.id = timeline.referral AND referral.submitted_at = timeline.at
WHERE {MOVING} AND fact = 'submitted' AND at >= %(since)s AND at < %(until)s GROUP BY 1, 2, 3
"""
_KEEP: Final = f"""
INSERT INTO sent_day (area, day, agency_from, agency_to, sent)
SELECT area, %(day)s, agency_from, agency_to, sent FROM ({_SENT}) AS counted ON CONFLICT DO NOTHING
"""
_NOT_KEPT: Final = f"""
SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, '1 day') AS day
WHERE NOT EXISTS (SELECT FROM sent_day WHERE sent_day.day = day.day::date)
    AND EXISTS (SELECT FROM timeline WHERE {MOVING} AND fact = 'submitted'
        AND at >= day.day::timestamp AT TIME ZONE 'Asia/Jakarta'
        AND at < (day.day::timestamp + interval '1 day') AT TIME ZONE 'Asia/Jakarta')
ORDER BY day LIMIT {AT_ONCE}
"""
_SENT_KEPT: Final = f"""
SELECT area, agency_from, agency_to, sum(sent)::integer AS sent FROM sent_day
{INSIDE} AND day >= %(first)s AND day <= %(last)s GROUP BY area, agency_from, agency_to
"""
_ANSWERED: Final = f"{INSIDE} AND step = '{StepName.ANSWERED}' AND day >= %(first)s AND day <= %(last)s"
_ANSWERED_KEPT: Final = f"""
SELECT area, agency_from, agency_to, span, sum(many)::integer AS many, 0 AS in_time
FROM step_day, unnest(spans, counts) AS counted (span, many) {_ANSWERED} GROUP BY area, agency_from, agency_to, span
"""
_IN_TIME_KEPT: Final = f"""
SELECT area, agency_from, agency_to, 0 AS span, 0 AS many, sum(in_time)::integer AS in_time
FROM step_day {_ANSWERED} GROUP BY area, agency_from, agency_to
"""
_OF_A_PROVINCE: Final = 2


@dataclass(slots=True)
class Way:
    """One direction. *spans*: how many answers took so long, in classes of spans.py."""

    sent: int = 0
    in_time: int = 0
    spans: Counter[int] = field(default_factory=Counter)

    def __add__(self, other: "Way") -> "Way":
        return Way(self.sent + other.sent, self.in_time + other.in_time, self.spans + other.spans)

    def add(self, span: int, many: int, in_time: int) -> None:
        self.spans[span] += many
        self.in_time += in_time

    @property
    def answered(self) -> int:
        return sum(self.spans.values())

    @property
    def median_seconds(self) -> float | None:
        return median(self.spans)


async def keep_sent(tx: Tx, *, now: datetime) -> None:
    """Keep how many were sent on days that are over and not kept yet, the oldest first."""
    last = (now - GRACE).astimezone(WIB).date() - timedelta(days=1)
    for day in list((await tx.exec_driver_sql(_NOT_KEPT, {"first": last - COUNTED_BACK, "last": last})).scalars()):
        await tx.exec_driver_sql(_KEEP, {"day": day, "since": start_of(day), "until": end_of(day)})


async def directions(tx: Tx, under: str, first: date, last: date, *, now: datetime) -> dict[str, Directions]:
    """Return what went each way for the families of each kabupaten or kota in *under*, from day *first* to *last*."""
    days = {"under": under, "first": first, "last": last}
    sent = [*await tx.exec_driver_sql(_SENT_KEPT, days)]
    answered = [*await tx.exec_driver_sql(_ANSWERED_KEPT, days), *await tx.exec_driver_sql(_IN_TIME_KEPT, days)]
    today = now.astimezone(WIB).date()
    if first <= today <= last:
        since = {"under": under, "since": start_of(today), "until": now, "most": NEWEST}
        sent += (row for row in await tx.exec_driver_sql(_SENT, since) if row.area.startswith(under))
        answered += (row for row in await tx.exec_driver_sql(TODAY, since) if row.step == StepName.ANSWERED)
    areas: defaultdict[str, Directions] = defaultdict(lambda: defaultdict(Way))
    for row in sent:
        areas[row.area][_of(row)].sent += row.sent
    for row in answered:
        if len(row.area) > _OF_A_PROVINCE:  # its own sums are kept beside those of its parts
            areas[row.area][_of(row)].add(row.span, row.many, row.in_time)
    return dict(areas)


def _of(row: Any) -> Direction:
    return Agency(row.agency_from), Agency(row.agency_to)
