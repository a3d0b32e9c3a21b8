"""The board of those who lead: what is live, what is late, what came and went, how long it takes. Nothing is counted
row by row but what is late or soon due, and what happened today.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.contracts.books import Account
from services.contracts.codes import Agency, Service
from services.contracts.lifecycle import LIVE, State
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.referral import tally
from services.referral.closing_days import end_of, moved, start_of
from services.referral.step_times import step_times

SOON: Final = timedelta(hours=24)
TREND_DAYS: Final = 90
_LATE: Final = """
SELECT agency_from, left(region, %(below)s) AS region, queue_at < %(now)s AS late, count(*) AS number
FROM referral
WHERE submitted_at IS NOT NULL AND state NOT IN ('closed', 'cancelled', 'void') AND queue_at < %(soon)s
    AND region COLLATE "C" >= %(under)s AND region COLLATE "C" < %(under)s || '~'
GROUP BY GROUPING SETS ((agency_from, 3), (2, 3))
"""
_DAYS: Final = """
SELECT day, sum(submitted + reopened)::integer AS came, sum(closed + cancelled + void)::integer AS went,
    sum(live_after)::integer AS live
FROM book_line
WHERE book = 'referrals' AND day >= %(since)s AND (area = %(under)s OR area LIKE %(under)s || '.%%')
GROUP BY day ORDER BY day
"""
_CAME: Final = frozenset({"submitted", "reopened"})
_WENT: Final = frozenset({"closed", "cancelled", "void"})


async def board(tx: Tx, under: str, *, now: datetime) -> dict[str, Any]:
    """Return BoardView of the area *under*, a province, kabupaten or kota."""
    services, regions = await tally.by_service(tx, under)
    late = (await tx.exec_driver_sql(
        _LATE, {"under": under, "below": tally.below(under), "now": now, "soon": now + SOON}
    )).all()  # fmt: skip
    today = now.astimezone(WIB).date()
    return {
        "under": under,
        "at": now,
        "directions": [_direction(agency, services, late) for agency in Agency],
        "regions": _regions(regions, late),
        "today": await _today(tx, under, today),
        "days": await _trend(tx, under, today),
        "steps": await step_times(tx, under, now=now),
    }


def _direction(agency_from: Agency, services: tally.Crossed, rows: Iterable[Any]) -> dict[str, Any]:
    states: Counter[State] = Counter()
    for (service, state), number in services.items():
        if Service(service).referred_by is agency_from:
            states[state] += number
    live = sum(number for state, number in states.items() if state in LIVE)
    found = {row.late: row.number for row in rows if row.agency_from == agency_from}
    return {"agency_from": agency_from, "states": dict(states), **_by_time(live, found)}


def _regions(counted: tally.Crossed, rows: Iterable[Any]) -> list[dict[str, Any]]:
    live: Counter[str] = Counter()
    for (region, state), number in counted.items():
        live[region] += number if state in LIVE else 0
    found: dict[str, dict[bool, int]] = {}
    for row in rows:
        if row.region is not None:
            found.setdefault(row.region, {})[row.late] = row.number
    return [{"region": each, **_by_time(live[each], found.get(each, {}))} for each in sorted(live)]


def _by_time(live: int, found: dict[bool, int]) -> dict[str, int]:
    late, soon = found.get(True, 0), found.get(False, 0)
    # Two statements, a moment apart: what was counted live may have become fewer meanwhile.
    return {"live": live, "late": late, "soon": soon, "calm": max(live - late - soon, 0)}


async def _today(tx: Tx, under: str, today: date) -> dict[str, Any]:
    steps = [each for each in await moved(tx, start_of(today), end_of(today)) if _inside(each.account, under)]
    came, went = (sum(each.count for each in steps if each.column in columns) for columns in (_CAME, _WENT))
    return {"day": today, "came": came, "went": went}


async def _trend(tx: Tx, under: str, today: date) -> list[dict[str, Any]]:
    since = today - timedelta(days=TREND_DAYS)
    return [dict(row) for row in (await tx.exec_driver_sql(_DAYS, {"under": under, "since": since})).mappings()]


def _inside(account: Account, under: str) -> bool:
    return account[1] == under or account[1].startswith(f"{under}.")
