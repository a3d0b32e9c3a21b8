"""How many came into care, and how many who went home were met there: for the joint report, by kabupaten and kota."""

from datetime import date
from typing import Any, Final

from services.contracts.codes import Service
from services.kit.database import Tx
from services.referral.closing_days import end_of, start_of

_IN_AREA: Final = """referral.region COLLATE "C" >= %(under)s AND referral.region COLLATE "C" < %(under)s || '~'"""
# Each along its own index, whose services and facts these are.
_PLACED: Final = f"""
SELECT area, sum(applied)::integer AS applied, sum(entered)::integer AS entered, sum(waiting)::integer AS waiting
FROM (
    SELECT left(region, 5) AS area, 1 AS applied, 0 AS entered, 0 AS waiting FROM referral
    WHERE service IN ('{Service.UPT_PPSAA}', '{Service.UPT_PSBR}') AND submitted_at >= %(since)s
        AND submitted_at < %(until)s AND {_IN_AREA}
    UNION ALL
    SELECT left(region, 5), 0, 1, 0 FROM timeline JOIN referral ON referral.id = timeline.referral
    WHERE fact = 'place_taken' AND at >= %(since)s AND at < %(until)s AND {_IN_AREA}
    UNION ALL
    SELECT left(region, 5), 0, 0, 1 FROM referral
    WHERE referral.state = 'waitlisted' AND service IN ('{Service.UPT_PPSAA}', '{Service.UPT_PSBR}') AND {_IN_AREA}
) AS counted GROUP BY area
"""
# Whoever was visited already when the client came home is met with the next visit.
_HOME: Final = f"""
SELECT left(referral.region, 5) AS area,
    count(*)::integer AS opened,
    count(met.at)::integer AS contacted,
    count(met.at) FILTER (WHERE NOT late.there)::integer AS in_time,
    count(*) FILTER (WHERE met.at IS NULL AND late.there)::integer AS overdue
FROM way_home JOIN referral ON referral.id = way_home.referral
LEFT JOIN LATERAL (
    SELECT at FROM timeline WHERE timeline.referral = referral.id AND fact IN ('contacted', 'noted')
        AND at >= way_home.at ORDER BY version LIMIT 1
) AS met ON true
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM timeline WHERE timeline.referral = referral.id AND clock = 'contact' AND mark = 'due'
        AND at >= way_home.at AND at < coalesce(met.at, 'infinity')
) AS there) AS late
WHERE way_home.at >= %(since)s AND way_home.at < %(until)s AND {_IN_AREA}
GROUP BY 1
"""

Figures = dict[str, dict[str, int]]


async def placed(tx: Tx, under: str, first: date, last: date) -> Figures:
    """Return, by area, who applied for a place in an institution, who came into one, and who waits for one now."""
    return await _by_area(tx, _PLACED, under, first, last)


async def came_home(tx: Tx, under: str, first: date, last: date) -> Figures:
    """Return, by area, of the after-care that was opened: how much of it has met the client, in time or not."""
    return await _by_area(tx, _HOME, under, first, last)


async def _by_area(tx: Tx, statement: str, under: str, first: date, last: date) -> Figures:
    asked: dict[str, Any] = {"under": under, "since": start_of(first), "until": end_of(last)}
    rows = (await tx.exec_driver_sql(statement, asked)).mappings()
    return {row["area"]: {name: number for name, number in row.items() if name != "area"} for row in rows}
