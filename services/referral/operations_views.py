"""The shapes of what operators see and order. Ids and codes, and the reasons that operators gave themselves."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from services.contracts.codes import Agency, ClockName, Mark, ParkReason, Role
from services.contracts.ids import UnitId
from services.contracts.lifecycle import Action, State
from services.kit.http import Answered, Body
from services.referral.orders import Text
from services.referral.views import BriefView, ToldLineView

MOST_AT_ONCE: Final = 200
REPAIRED: Final = frozenset({"sent_on", "routed_again", "policy_moved"})
"""Facts that only operators bring about, with a reason of theirs."""


class Repair(StrEnum):
    """`fire_mark`: do now what the next mark would do. `send_on`, `route_again`: the actions of that name."""

    FIRE_MARK = "fire_mark"
    SEND_ON = "send_on"
    ROUTE_AGAIN = "route_again"


class OperatedBriefView(BriefView):
    """*waits_for*: the unit whose move it is. *mark_late*: its next mark should have been told for minutes."""

    waits_for: UnitId | None
    parked: ParkReason | None
    next_mark_at: datetime | None
    mark_late: bool


class FoundOperatedView(Answered):
    referrals: list[OperatedBriefView]
    next: str | None


class ToldView(Answered):
    """Everybody of *unit* with *role* (null: whatever their role)."""

    unit: UnitId
    role: Role | None


class ArmedView(Answered):
    """The mark that comes next. *tells*: whom, as people work there now. *ends_with*: what the system does then."""

    clock: ClockName
    mark: Mark
    at: datetime
    tells: list[ToldView]
    ends_with: Action | None
    late: bool


class AttemptView(Answered):
    attempt: int
    unit: UnitId
    offered_at: datetime
    claimed_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None


class RefusedView(Answered):
    at: datetime
    action: str
    unit: UnitId | None
    code: str


class PlaceView(Answered):
    """How many places the receiving unit has for the service (null: no limit), and how many are taken."""

    limit: int | None
    taken: int


class RepairedView(Answered):
    """What an operator did, and the reason that was given for it."""

    at: datetime
    staff_no: str
    fact: str
    clock: ClockName | None
    mark: Mark | None
    text: str | None


class OperatedView(BriefView):
    waits_for: UnitId | None
    holder: UUID | None
    parked: ParkReason | None
    reason: str | None
    to_be_routed: bool
    flagged: bool
    breach_at: datetime | None
    void_requested_at: datetime | None
    void_reason: str | None
    follow_up_at: datetime | None
    submitted_at: datetime | None
    closed_at: datetime | None
    agency_from: Agency
    agency_to: Agency
    policy_version: str
    calendar_version: str
    system_offers: int
    most_offers: int
    armed: ArmedView | None
    attempts: list[AttemptView]
    place: PlaceView | None
    timeline: list[ToldLineView]
    repairs: list[RepairedView]
    refused: list[RefusedView]
    allowed: tuple[Action, ...]
    repairable: tuple[Repair, ...]


class RepairPlan(Body):
    repair: Repair
    referrals: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Seen(Body):
    """*version*: as it was shown to whoever orders the repair."""

    id: UUID
    version: Annotated[int, Field(ge=0)]


class RepairOrder(Body):
    repair: Repair
    text: Text = Field(description="why; it is kept with each referral, sealed")
    referrals: list[Seen] = Field(min_length=1, max_length=MOST_AT_ONCE)


class PlannedView(Answered):
    """What the repair would do to one referral as it is now. *refused*: why it would not."""

    id: UUID
    number: str
    version: int
    state: State
    refused: str | None
    fact: str | None
    state_after: State | None
    clock: ClockName | None
    mark: Mark | None
    parked_after: ParkReason | None
    tells: list[ToldView]


class PlanView(Answered):
    referrals: list[PlannedView]
    unknown: list[UUID]


class Done(StrEnum):
    """`stale`: something happened to it since it was shown; whoever that was wins."""

    APPLIED = "applied"
    STALE = "stale"
    REFUSED = "refused"


class DoneView(Answered):
    id: UUID
    number: str | None
    result: Done
    refused: str | None


class DoneAllView(Answered):
    referrals: list[DoneView]
