"""The lists behind the board's numbers: referrals that a filter picks, live ones by deadline, ended ones newest first,
and what came or went on one day. Each page is one statement, read along an index from where the page before ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from services.contracts.codes import Agency, Role, Service
from services.contracts.ids import RegionCode, UnitId
from services.contracts.lifecycle import FINAL, State
from services.kit.auth import Caller
from services.kit.database import Tx
from services.kit.http import Answered
from services.referral.actors import parties, privileged
from services.referral.board import SOON
from services.referral.closing_days import STEPS, end_of, start_of
from services.referral.offices import Offices
from services.referral.paging import cursor_of, read_cursor
from services.referral.repository import READ, from_row
from services.referral.views import BriefView, actor_of, brief


class Due(StrEnum):
    """`late`: the deadline is over. `soon`: within a day. `calm`: later, or none."""

    LATE = "late"
    SOON = "soon"
    CALM = "calm"


class Moved(StrEnum):
    """`came`: submitted or reopened. `went`: closed, cancelled or void. Counted as the books count them."""

    CAME = "came"
    WENT = "went"


@dataclass(frozen=True, slots=True)
class Filter:
    """*region*: where the family lives; with *moved* on a *day*: where the sending unit is, as in the books."""

    region: RegionCode
    state: State | None = None
    agency_from: Agency | None = None
    service: Service | None = None
    unit: UnitId | None = None
    due: Due | None = None
    moved: Moved | None = None
    day: date | None = None


class ListedView(BriefView):
    """*at*: when it moved, or was closed. *part*: whether the caller has a part in it and may open it."""

    at: datetime | None
    part: bool


class ListingView(Answered):
    """*next*: where the next page begins. A page may hold fewer than were asked for."""

    referrals: list[ListedView]
    next: str | None


_COLUMNS: Final = ", ".join(f"referral.{name}" for name in READ)
_LIVE: Final = "referral.submitted_at IS NOT NULL AND referral.state NOT IN ('closed', 'cancelled', 'void')"
_ENDED: Final = "referral.submitted_at IS NOT NULL AND referral.state IN ('closed', 'cancelled', 'void')"
_MOVED: Final = {
    # No line is older than the first submission. `<=` for "is the first one": of `=` the planner would expect hardly
    # any, and read a whole day for a page.
    Moved.CAME: "line.fact IN ('submitted', 'reopened')"
    " AND (line.at <= referral.submitted_at OR before.state = 'closed')",
    Moved.WENT: "line.state IN ('closed', 'cancelled', 'void') AND before.state NOT IN ('closed', 'cancelled', 'void')",
}
_DUE: Final = {
    Due.LATE: "referral.queue_at < %(now)s",
    Due.SOON: "referral.queue_at >= %(now)s AND referral.queue_at < %(soon)s",
    Due.CALM: "referral.queue_at >= %(soon)s",
}
_EQUAL: Final = {
    "state": "referral.state = %(state)s",
    "agency_from": "referral.agency_from = %(agency_from)s",
    "service": "referral.service = %(service)s",
    "unit": "referral.waits_for = %(unit)s",
}
_LIVES_IN: Final = 'referral.region COLLATE "C" >= %(region)s AND referral.region COLLATE "C" < %(region)s || \'~\''
_SENT_IN: Final = "left(coalesce(unit.region, referral.region), 5) = %(region)s"
_PROVINCE: Final = 2  # all that is here lies in it


async def listing(
    tx: Tx, offices: Offices, caller: Caller, asked: Filter, *, now: datetime, after: str | None, limit: int
) -> dict[str, Any]:
    """Return ListingView: one page of what *asked* picks."""
    facts = {name: getattr(asked, name) for name in ("region", *_EQUAL)}
    facts |= {"now": now, "soon": now + SOON, "limit": limit + 1, **(read_cursor(after) if after else {})}
    if asked.day:
        facts |= {"since": start_of(asked.day), "until": end_of(asked.day)}
    rows = (await tx.exec_driver_sql(_statement(asked, further=after is not None), facts)).all()
    more = cursor_of(rows[limit - 1].ordered, rows[limit - 1].id) if len(rows) > limit else None
    shown = (_shown(caller, asked, row, offices) for row in rows[:limit])
    return {"referrals": [each for each in shown if each], "next": more}


def _statement(asked: Filter, *, further: bool) -> str:
    if asked.moved and asked.day:
        source, ordered, order = STEPS, "line.at", "ASC"
        wanted = [_MOVED[asked.moved], *([_SENT_IN] if len(asked.region) > _PROVINCE else [])]
    elif asked.state in FINAL:
        source, ordered, order = f"FROM referral WHERE {_ENDED}", "referral.closed_at", "DESC"
        wanted = [_LIVES_IN]
    else:
        source, ordered, order = f"FROM referral WHERE {_LIVE}", "referral.queue_at", "ASC"
        wanted = [_LIVES_IN, *([_DUE[asked.due]] if asked.due else [])]
    wanted += [condition for name, condition in _EQUAL.items() if getattr(asked, name) is not None]
    if further:
        wanted.append(f"({ordered}, referral.id) {'<' if order == 'DESC' else '>'} (%(queue_at)s, %(after_id)s)")
    return (
        f"SELECT {_COLUMNS}, {ordered} AS ordered {source} AND {' AND '.join(wanted)}"
        f" ORDER BY {ordered} {order}, referral.id {order} LIMIT %(limit)s"
    )


def _shown(caller: Caller, asked: Filter, row: Any, offices: Offices) -> dict[str, Any] | None:
    """Return ListedView. A restricted case shows little, and is left out where the filter itself would say more."""
    referral, actor = from_row(row), actor_of(caller)
    found = parties(actor, referral, offices)
    open_case = privileged(actor, referral, found)
    if not open_case and any(_narrower(caller, asked)):
        return None
    at = row.ordered if asked.moved or asked.state in FINAL else None
    return {**brief(referral, open_case=open_case), "at": at, "part": bool(found)}


def _narrower(caller: Caller, asked: Filter) -> Iterator[bool]:
    yield caller.role is Role.COORDINATOR and asked.service is not None
    yield caller.role is Role.COORDINATOR and asked.region != caller.region
