"""What operators see of the record: any referral, why it stands where it stands, and nothing of the family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from services.contracts.codes import ClockName
from services.contracts.ids import ReferralId, RegionCode, UnitId
from services.contracts.lifecycle import State
from services.kit.auth import Caller
from services.referral import clocks
from services.referral.actors import parties
from services.referral.checks import LIVE, MARK_PATIENCE
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.guards import possible, void_requested
from services.referral.operations_views import REPAIRED
from services.referral.paging import cursor_of, read_cursor
from services.referral.policy import load
from services.referral.repairs import repairs_of
from services.referral.repository import READ, Referrals, from_row
from services.referral.usecases import Record
from services.referral.views import actor_of, brief
from services.referral.whose_move import holder, waits_for

_LIST: Final = (
    f"SELECT {', '.join(READ)}, waits_for, queue_at, next_mark_at FROM referral WHERE submitted_at IS NOT NULL"
)
_LINES: Final = """
SELECT version, at, fact, state, attempt, officer, staff_no, unit, reason, outcome, clock, mark, told, policy_from,
    policy_to, sealed FROM timeline WHERE referral = %(id)s ORDER BY version
"""
_ATTEMPTS: Final = """
SELECT attempt, unit, offered_at, claimed_at, ended_at, ended_by, reason FROM attempt
WHERE referral = %(id)s ORDER BY attempt
"""
_REFUSED: Final = """
SELECT at, action, unit, code FROM refusal WHERE referral = %(id)s ORDER BY id DESC LIMIT 20
"""
_PLACE: Final = 'SELECT limit_ AS "limit", taken FROM place WHERE unit = %(unit)s AND service = %(service)s'


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which referrals; what is None chooses nothing out. Without a *state*: those under way."""

    number: str | None = None
    state: State | None = None
    unit: UnitId | None = None
    """The unit whose move it is."""
    region: RegionCode | None = None
    service: str | None = None
    due_before: datetime | None = None
    late: bool = False
    """Only those whose deadline is over."""
    mark_late: bool = False
    """Only those whose next mark should have been told: nothing fires it."""


async def found(record: Record, wanted: Wanted, *, after: str | None, limit: int) -> dict[str, Any]:
    """Return a page of FoundOperatedView as a dict, the earliest deadline first."""
    now = record.now()
    conditions, values = _conditions(wanted, now)
    if after:
        conditions.append("(queue_at, id) > (%(queue_at)s, %(after_id)s)")
        values |= read_cursor(after)
    query = " AND ".join([_LIST, *conditions]) + " ORDER BY queue_at, id LIMIT %(most)s"
    async with record.database.read() as tx:
        rows = (await tx.exec_driver_sql(query, {**values, "most": limit + 1})).all()
    more = cursor_of(rows[limit - 1].queue_at, rows[limit - 1].id) if len(rows) > limit else None
    return {"referrals": [_line_of(row, now) for row in rows[:limit]], "next": more}


def _conditions(wanted: Wanted, now: datetime) -> tuple[list[str], dict[str, Any]]:
    named = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    values = {name: value for name, value in named.items() if value not in {None, False}}
    conditions = [_CONDITIONS[name] for name in values]
    if wanted.number is None and wanted.state is None:
        conditions.append(LIVE)
    if wanted.region or wanted.service:
        conditions.append("NOT restricted")  # being found by it would say what the line does not
    if wanted.region:
        values |= {"area": wanted.region[:5], "below": f"{wanted.region}.%"}
    return conditions, values | {"now": now, "overdue": now - MARK_PATIENCE}


_CONDITIONS: Final[Mapping[str, str]] = {
    "number": "number = %(number)s",
    "state": "state = %(state)s",
    "unit": "waits_for = %(unit)s",
    "region": "left(region, 5) = %(area)s AND (region = %(region)s OR region LIKE %(below)s)",
    "service": "service = %(service)s",
    "due_before": "queue_at < %(due_before)s",
    "late": "queue_at < %(now)s",
    "mark_late": "next_mark_at < %(overdue)s",
}


def _line_of(row: Any, now: datetime) -> dict[str, Any]:
    referral = from_row(row)
    late_by = now - row.next_mark_at if row.next_mark_at else timedelta()
    return brief(referral, open_case=not referral.restricted) | {
        "waits_for": row.waits_for,
        "parked": referral.progress.parked,
        "next_mark_at": row.next_mark_at,
        "mark_late": referral.live and late_by > MARK_PATIENCE,
    }


async def operated(record: Record, referral_id: ReferralId, caller: Caller) -> dict[str, Any]:
    """Return OperatedView as a dict, by statements that see one moment. Raises Refused("referral.not_found")."""
    async with record.database.view() as tx:
        referral = await Referrals(tx).get(referral_id)
        asked = {"id": referral_id, "unit": referral.unit_to, "service": referral.service}
        lines, attempts, refused, places = [
            (await tx.exec_driver_sql(query, asked)).all() for query in (_LINES, _ATTEMPTS, _REFUSED, _PLACE)
        ]
        scene = record.scene(referral, await record.picture.now(tx))
    return {
        **brief(referral, open_case=not referral.restricted),
        **_standing(referral, scene),
        **_possible(referral, caller, scene),
        "armed": _armed(referral, scene),
        "attempts": [dict(each._mapping) for each in attempts],
        "refused": [dict(each._mapping) for each in refused],
        "place": dict(places[0]._mapping) if places else None,
        "timeline": [_told(line) for line in lines],
        "repairs": _repairs(record, referral, lines),
    }


def _standing(referral: Referral, scene: Scene) -> dict[str, Any]:
    progress = referral.progress
    asked = void_requested(referral, scene.now, scene)
    return {
        "waits_for": waits_for(referral),
        "holder": holder(referral),
        "parked": progress.parked,
        "reason": progress.reason,
        "to_be_routed": referral.snapshot().to_be_routed,
        "flagged": progress.flagged,
        "breach_at": progress.breach_at,
        "void_requested_at": progress.void_requested_at if asked else None,
        "void_reason": progress.void_reason if asked else None,
        "follow_up_at": referral.follow_up_at,
        "submitted_at": referral.submitted_at,
        "closed_at": referral.closed_at,
        "agency_from": referral.agency_from,
        "agency_to": referral.agency_to,
        "policy_version": referral.policy_version,
        "calendar_version": referral.calendar_version,
        "system_offers": progress.system_offers,
        "most_offers": load(referral.policy_version).attempts,
    }


def _possible(referral: Referral, caller: Caller, scene: Scene) -> dict[str, Any]:
    actor = actor_of(caller)
    allowed = possible(referral, actor, parties(actor, referral, scene.offices), scene)
    return {"allowed": allowed, "repairable": repairs_of(referral, allowed)}


def _armed(referral: Referral, scene: Scene) -> dict[str, Any] | None:
    """Return the mark that comes next, whom it will tell as things are, and what it ends."""
    mark = referral.next_mark
    if mark is None:
        return None
    timing = scene.timing(mark.clock, referral)
    due = clocks.due_first(referral.clocks[mark.clock], scene.now, timing) or mark.mark
    told = clocks.told(referral.clocks[mark.clock], due, timing)
    return {
        "clock": mark.clock,
        "mark": due,
        "at": mark.at,
        "tells": [
            {"unit": each.unit, "role": each.role}
            for one in told
            for each in scene.offices.recipients(one, referral.unit_from, referral.unit_to)
        ],
        "ends_with": timing.plan.end if due == "end" else None,
        "late": scene.now - mark.at > MARK_PATIENCE,
    }


def _told(line: Any) -> dict[str, Any]:
    return {name: value for name, value in line._mapping.items() if name not in {"sealed", "officer"}}


def _repairs(record: Record, referral: Referral, lines: Sequence[Any]) -> list[dict[str, Any]]:
    """Return what operators did to it, and why: no line of a family's own worker is opened here."""
    return [
        {
            "at": line.at,
            "staff_no": line.staff_no,
            "fact": line.fact,
            "clock": ClockName(line.clock) if line.clock else None,
            "mark": line.mark,
            "text": _said(record, referral.id, line),
        }
        for line in lines
        if line.officer is not None and (line.fact in REPAIRED or line.mark is not None)
    ]


def _said(record: Record, referral: ReferralId, line: Any) -> str | None:
    if line.sealed is None:
        return None
    said: str | None = record.keyring.open(line.sealed, belongs_to=f"timeline/{referral}/{line.version}").get("text")
    return said
