"""What a caller sees of the record. Somebody without a part in a referral gets 404; a restricted one shows little."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col

from services.contracts.codes import (
    Agency,
    ClockName,
    FollowUp,
    LegalBasis,
    Mark,
    Outcome,
    ParkReason,
    Priority,
    Role,
    Service,
)
from services.contracts.ids import FamilyId, UnitId
from services.contracts.lifecycle import LIVE, Action, Party, State
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.kit.http import Answered
from services.referral import orders, tally
from services.referral.actors import Actor, parties, privileged
from services.referral.domain import Referral
from services.referral.guards import possible
from services.referral.offices import Offices
from services.referral.paging import cursor_of, read_cursor
from services.referral.repository import from_row, select_referral
from services.referral.tables import ReferralRow
from services.referral.usecases import Record


class ClockView(Answered):
    clock: ClockName
    due_at: datetime | None
    next_mark: Mark | None
    next_mark_at: datetime | None


class BriefView(Answered):
    """What everybody with a part in it may see, even of a restricted referral."""

    id: UUID
    number: str
    state: State
    acted_version: int
    version: int
    service: Service | None
    priority: Priority
    region: str | None
    unit_from: UnitId
    unit_to: UnitId | None
    attempt: int
    outcome: Outcome | None
    restricted: bool
    due_at: datetime | None
    clocks: tuple[ClockView, ...]


class ReferralView(BriefView):
    """`allowed` names the actions that the caller may do next; what is said with one may still be refused.

    Empty fields: not yet, or not for this caller.
    """

    family: UUID | None
    agency_from: Agency
    agency_to: Agency
    basis: LegalBasis
    assignee: UUID | None
    parked: ParkReason | None
    reason: str | None
    flagged: bool
    breach_at: datetime | None
    follow_up: FollowUp | None
    follow_up_at: datetime | None
    submitted_at: datetime | None
    closed_at: datetime | None
    policy_version: str
    calendar_version: str
    allowed: tuple[Action, ...]
    draft: orders.KeptDraft | None = None


class LineView(Answered):
    version: int
    at: datetime
    fact: str
    state: State
    attempt: int
    staff_no: str | None
    unit: UnitId | None
    reason: str | None
    outcome: Outcome | None
    clock: ClockName | None
    mark: Mark | None
    told: list[dict[str, Any]] | None
    policy_from: str | None
    policy_to: str | None
    said: dict[str, Any] | None


class QueueName(StrEnum):
    """`mine`: my own move. `unit`: my unit's. `overdue`: late. `waiting`: the other side waits for our answer."""

    MINE = "mine"
    UNIT = "unit"
    OVERDUE = "overdue"
    WAITING = "waiting"


class QueueView(Answered):
    referrals: list[BriefView]
    next: str | None


class BooksView(Answered):
    """`balanced`: submitted = live + closed + cancelled + void, counting what was ever submitted; and as is kept."""

    submitted: int
    live: int
    closed: int
    cancelled: int
    void: int
    balanced: bool
    overdue_marks: int


def actor_of(caller: Caller) -> Actor:
    return Actor(
        officer=caller.officer,
        staff_no=caller.staff_no,
        agency=caller.agency,
        unit=caller.unit,
        role=caller.role,
        village=caller.village,
        level=caller.level,
        region=caller.region,
    )


def _brief(referral: Referral, *, open_case: bool) -> dict[str, Any]:
    """Of a restricted case those who are not privileged see the number and the clocks."""
    snapshot = referral.snapshot()
    return {
        "id": referral.id,
        "number": referral.number,
        "state": referral.state,
        "acted_version": referral.acted_version,
        "version": referral.version,
        "service": referral.service if open_case else None,
        "priority": referral.priority,
        "region": referral.region if open_case else None,
        "unit_from": referral.unit_from,
        "unit_to": referral.unit_to,
        "attempt": referral.attempt,
        "outcome": referral.outcome if open_case else None,
        "restricted": referral.restricted,
        "due_at": referral.due_at,
        "clocks": [clock.model_dump() for clock in snapshot.clocks],
    }


def full(record: Record, referral: Referral, actor: Actor, offices: Offices) -> dict[str, Any]:
    """Return what *actor* may see; of a restricted case most see no more than the number and the clock."""
    who = parties(actor, referral, offices)
    open_case = privileged(actor, referral, who)
    shown: dict[str, Any] = {
        "family": referral.family if open_case and Party.OPERATOR not in who else None,
        "agency_from": referral.agency_from,
        "agency_to": referral.agency_to,
        "basis": referral.basis,
        "assignee": referral.assignee if open_case else None,
        "parked": referral.progress.parked,
        "reason": referral.progress.reason if open_case else None,
        "flagged": referral.progress.flagged,
        "breach_at": referral.progress.breach_at,
        "follow_up": referral.progress.follow_up if open_case else None,
        "follow_up_at": referral.follow_up_at,
        "submitted_at": referral.submitted_at,
        "closed_at": referral.closed_at,
        "policy_version": referral.policy_version,
        "calendar_version": referral.calendar_version,
        "allowed": possible(referral, actor, who, record.scene(referral, offices)),
    }
    return _brief(referral, open_case=open_case) | shown


async def after_action(record: Record, tx: Tx, referral: Referral, caller: Caller) -> dict[str, Any]:
    """Return the referral as JSON for the caller who has just acted on it."""
    shown = full(record, referral, actor_of(caller), await record.picture.now(tx))
    return ReferralView.model_validate(shown).model_dump(mode="json")


OVERDUE_MARKS = "SELECT count(*) FROM referral WHERE submitted_at IS NOT NULL AND next_mark_at < %(late)s"

_ANSWER_AWAITED = (
    *(State.OFFERED, State.RECEIVED, State.INFO_NEEDED, State.REPORTED, State.REROUTING),
    *(State.CANCELLING, State.STOPPING),
)


async def queue(
    record: Record, name: QueueName, caller: Caller, *, unit: UnitId | None, after: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of a queue, by due date. One indexed query. Raises Refused for a unit that is not below."""
    page_before = read_cursor(after) if after else None
    async with record.database.read() as tx:
        offices = await record.picture.now(tx)
        query = _queue_query(name, caller, _queue_unit(caller, unit, offices), record.now())
        if page_before:
            query = query.where(text("(queue_at, id) > (:queue_at, :after_id)").bindparams(**page_before))
        query = query.order_by(col(ReferralRow.queue_at), col(ReferralRow.id)).limit(limit + 1)
        rows = (await tx.execute(query.add_columns(col(ReferralRow.queue_at)))).all()
    page = rows[:limit]
    more = cursor_of(page[-1].queue_at, page[-1].id) if len(rows) > limit else None
    return {"referrals": [_seen_by(caller, from_row(row), offices) for row in page], "next": more}


def _seen_by(caller: Caller, referral: Referral, offices: Offices) -> dict[str, Any]:
    actor = actor_of(caller)
    return _brief(referral, open_case=privileged(actor, referral, parties(actor, referral, offices)))


def _queue_unit(caller: Caller, unit: UnitId | None, offices: Offices) -> UnitId:
    if caller.role in {Role.DPO, Role.OPERATOR}:
        raise Refused("auth.forbidden")
    if unit is None or unit == caller.unit:
        return caller.unit
    if caller.role is Role.OFFICER or not offices.is_above(caller.unit, unit):
        raise Refused("auth.forbidden")
    return unit


def _queue_query(name: QueueName, caller: Caller, unit: UnitId, now: datetime) -> Any:
    if name is QueueName.MINE:
        return select_referral().where(col(ReferralRow.holder) == caller.officer)
    query = select_referral().where(col(ReferralRow.waits_for) == unit)
    if caller.village:
        query = query.where((col(ReferralRow.region) == caller.village) | (col(ReferralRow.assignee) == caller.officer))
    if name is QueueName.OVERDUE:
        return query.where(col(ReferralRow.queue_at) < now)
    if name is QueueName.WAITING:
        return query.where(col(ReferralRow.state).in_(_ANSWER_AWAITED))
    return query


async def of_family(record: Record, family: FamilyId, caller: Caller) -> list[dict[str, Any]]:
    """Return the family's referrals in which the caller has a part, newest first."""
    query = select_referral().where(col(ReferralRow.family) == family)
    async with record.database.read() as tx:
        rows = (await tx.execute(query.order_by(col(ReferralRow.created_at).desc()).limit(100))).all()
        offices, actor = await record.picture.now(tx), actor_of(caller)
    return [_seen_by(caller, each, offices) for each in map(from_row, rows) if parties(actor, each, offices)]


async def books(record: Record) -> dict[str, Any]:
    """Return BooksView: everything that was ever submitted, counted and as it is kept; and how many marks are late."""
    async with record.database.read() as tx:
        by_state, as_kept = await tally.totals(tx)
        late = (await tx.exec_driver_sql(OVERDUE_MARKS, {"late": record.now() - timedelta(minutes=2)})).scalar_one()
    figures: dict[str, Any] = {
        state.value: by_state.get(state, 0) for state in (State.CLOSED, State.CANCELLED, State.VOID)
    }
    figures |= {"submitted": sum(by_state.values()), "overdue_marks": late}
    figures["live"] = sum(number for state, number in by_state.items() if state in LIVE)
    ended = figures["closed"] + figures["cancelled"] + figures["void"]
    return figures | {"balanced": as_kept and figures["submitted"] == figures["live"] + ended}
