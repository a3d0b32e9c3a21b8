"""How many speakers were asked for, what became of it, and whom they reached: for the joint report."""

from collections import defaultdict
from datetime import date
from typing import Any, Final

from services.contracts.speaking.codes import AgeGroup
from services.kit.database import Tx
from services.referral.closing_days import end_of, start_of

_REQUESTS: Final = """
SELECT left(region, 5) AS area,
    count(*) FILTER (WHERE created_at >= %(since)s)::integer AS asked,
    count(*) FILTER (WHERE state = 'held' AND closed_at >= %(since)s AND closed_at < %(until)s)::integer AS held,
    count(*) FILTER (WHERE state = 'not_held' AND closed_at >= %(since)s AND closed_at < %(until)s)::integer
        AS not_held,
    count(*) FILTER (WHERE closed_at IS NULL)::integer AS open
FROM speaker_request
WHERE created_at < %(until)s AND region COLLATE "C" >= %(under)s AND region COLLATE "C" < %(under)s || '~'
    AND (closed_at IS NULL OR closed_at >= %(since)s)
GROUP BY 1
"""
_REACHED: Final = """
SELECT left(region, 5) AS area, age, sum(came.people::integer)::integer AS people,
    count(DISTINCT (request, no))::integer AS sessions
FROM speaker_session CROSS JOIN LATERAL jsonb_each_text(attendance) AS came (age, people)
WHERE status = 'held' AND starts_at >= %(since)s AND starts_at < %(until)s
    AND region COLLATE "C" >= %(under)s AND region COLLATE "C" < %(under)s || '~'
GROUP BY GROUPING SETS ((1, 2), (1))
"""


async def spoken(tx: Tx, under: str, first: date, last: date) -> dict[str, dict[str, Any]]:
    """Return SpokenView of each area: requests by what became of them, sessions that were held, and who came."""
    asked = {"under": under, "since": start_of(first), "until": end_of(last)}
    areas: defaultdict[str, dict[str, Any]] = defaultdict(nothing_spoken)
    for requests in (await tx.exec_driver_sql(_REQUESTS, asked)).mappings():
        areas[requests["area"]] |= {name: number for name, number in requests.items() if name != "area"}
    for reached in await tx.exec_driver_sql(_REACHED, asked):
        if reached.age is None:
            areas[reached.area]["sessions"] = reached.sessions
        else:
            areas[reached.area]["people"][AgeGroup(reached.age)] = reached.people
    return dict(areas)


def nothing_spoken() -> dict[str, Any]:
    return {**dict.fromkeys(("asked", "held", "not_held", "open", "sessions"), 0), "people": {}}
