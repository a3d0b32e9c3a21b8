"""What a caller sees of the record. Somebody without a part in a referral gets 404; a restricted one shows little."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.contracts.codes import (
    Agency,
    ClockName,
    Decision,
    FollowUp,
    LegalBasis,
    Mark,
    Outcome,
    ParkReason,
    Priority,
    Service,
)
from services.contracts.ids import UnitId
from services.contracts.lifecycle import LIVE, Action, Party, State
from services.kit.auth import Caller
from services.kit.database import Tx
from services.kit.http import Answered
from services.referral import orders, tally
from services.referral.actors import Actor, parties, privileged
from services.referral.afterwards import AfterwardsView, afterwards
from services.referral.domain import Referral
from services.referral.guards import possible
from services.referral.offices import Offices
from services.referral.placement.views import PlaceView, WayHomeView, beside
from services.referral.usecases import Record
from services.referral.whose_move import decisions, holder, waits_for


class ClockView(Answered):
    clock: ClockName
    due_at: datetime | None
    next_mark: Mark | None
    next_mark_at: datetime | None


class BriefView(Answered):
    """What everybody with a part may see, even of a restricted referral. `waits_for`, `holder`: whose move it is."""

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
    waits_for: UnitId | None = None
    holder: UUID | None = None
    decisions: tuple[Decision, ...] = ()


class ReferralView(BriefView):
    """`allowed` names the actions that the caller may do next; what is said with one may still be refused.

    `asked`: the units so far, none of which is asked again. `afterwards`: what happens if nobody acts. Empty fields:
    not yet, or not for this caller. `place`, `way_home`: of an institution's referral.
    """

    family: UUID | None
    agency_from: Agency
    agency_to: Agency
    basis: LegalBasis
    assignee: UUID | None
    parked: ParkReason | None
    asked: tuple[UnitId, ...] = ()
    reason: str | None
    flagged: bool
    breach_at: datetime | None
    follow_up: FollowUp | None
    follow_up_at: datetime | None
    submitted_at: datetime | None
    closed_at: datetime | None
    policy_version: str
    calendar_version: str
    arose_from: UUID | None = None
    afterwards: AfterwardsView | None = None
    allowed: tuple[Action, ...]
    place: PlaceView | None = None
    way_home: WayHomeView | None = None
    draft: orders.KeptDraft | None = None


class ToldLineView(Answered):
    """One line of a referral's story, without what people wrote: ids and codes."""

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


class LineView(ToldLineView):
    said: dict[str, Any] | None


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


def brief(referral: Referral, *, open_case: bool) -> dict[str, Any]:
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
        "waits_for": waits_for(referral),
        "holder": holder(referral) if open_case else None,
        "decisions": decisions(referral),
    }


def full(record: Record, referral: Referral, actor: Actor, offices: Offices) -> dict[str, Any]:
    """Return what *actor* may see; of a restricted case most see no more than the number and the clock."""
    who = parties(actor, referral, offices)
    open_case, scene = privileged(actor, referral, who), record.scene(referral, offices)
    shown: dict[str, Any] = {
        "family": referral.family if open_case and Party.OPERATOR not in who else None,
        "agency_from": referral.agency_from,
        "agency_to": referral.agency_to,
        "basis": referral.basis,
        "assignee": referral.assignee if open_case else None,
        "parked": referral.progress.parked,
        "asked": referral.progress.asked,
        "reason": referral.progress.reason if open_case else None,
        "flagged": referral.progress.flagged,
        "breach_at": referral.progress.breach_at,
        "follow_up": referral.progress.follow_up if open_case else None,
        "follow_up_at": referral.follow_up_at,
        "submitted_at": referral.submitted_at,
        "closed_at": referral.closed_at,
        "policy_version": referral.policy_version,
        "calendar_version": referral.calendar_version,
        "arose_from": referral.arose_from,
        "afterwards": afterwards(referral, scene),
        "allowed": possible(referral, actor, who, scene),
    }
    return brief(referral, open_case=open_case) | shown


async def after_action(record: Record, tx: Tx, referral: Referral, caller: Caller) -> dict[str, Any]:
    """Return the referral as JSON for the caller who has just acted on it."""
    actor, offices = actor_of(caller), await record.picture.now(tx)
    shown = full(record, referral, actor, offices) | await beside(tx, referral, actor, offices)
    return ReferralView.model_validate(shown).model_dump(mode="json")


OVERDUE_MARKS = "SELECT count(*) FROM referral WHERE submitted_at IS NOT NULL AND next_mark_at < %(late)s"


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
