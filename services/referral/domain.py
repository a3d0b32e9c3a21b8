"""The referral: one family's need for one service, from the first word to its end. Every change is a new value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.contracts.codes import (
    Agency,
    ClockName,
    FollowUp,
    LegalBasis,
    Outcome,
    ParkReason,
    Priority,
    Service,
    StopParty,
)
from services.contracts.ids import FamilyId, IntakeId, OfficerId, ReferralId, RegionCode, SpeakerRequestId, UnitId
from services.contracts.lifecycle import LIVE, State
from services.contracts.snapshot import Due, NextMark, Snapshot
from services.referral.clocks import Clock, Status, earliest_due, earliest_mark


@dataclass(frozen=True, slots=True)
class Progress:
    """What has to be remembered on the way. What counts per attempt starts anew with each."""

    asked: tuple[UnitId, ...] = ()
    suggested: UnitId | None = None
    parked: ParkReason | None = None
    reason: str | None = None
    back: tuple[State, ...] = ()
    flagged: bool = False
    questions: int = 0
    disputes: int = 0
    failed_contacts: int = 0
    held: timedelta = timedelta()
    held_since: datetime | None = None
    hold_until: datetime | None = None
    system_offers: int = 0
    accepted_at: datetime | None = None
    stops_awaited: tuple[StopParty, ...] = ()
    breach_at: datetime | None = None
    objection_open: bool = False
    void_requested_by: OfficerId | None = None
    void_requested_at: datetime | None = None
    void_reason: str | None = None
    duplicate_of: ReferralId | None = None
    returned: bool = False
    place_taken: bool = False
    place_lapses: int = 0
    begins_at: datetime | None = None
    """When the intake begins in which a place is offered or taken."""
    follow_up: FollowUp | None = None
    follow_up_open: bool = False

    def new_attempt(self) -> "Progress":
        """Forget what is counted per attempt."""
        return replace(
            self,
            questions=0,
            disputes=0,
            failed_contacts=0,
            held=timedelta(),
            held_since=None,
            hold_until=None,
            accepted_at=None,
            flagged=False,
            suggested=None,
            parked=None,
            reason=None,
            place_lapses=0,
            begins_at=None,
        )


@dataclass(frozen=True, slots=True)
class Referral:
    """The record. `version` rises with every event, `acted_version` only with a person's action or a new state."""

    id: ReferralId
    number: str
    family: FamilyId
    service: Service
    priority: Priority
    region: RegionCode
    restricted: bool
    basis: LegalBasis
    has_consent: bool
    unit_from: UnitId
    agency_from: Agency
    created_by: OfficerId
    created_at: datetime
    policy_version: str
    calendar_version: str
    state: State = State.DRAFT
    version: int = 0
    acted_version: int = 0
    attempt: int = 0
    unit_to: UnitId | None = None
    assignee: OfficerId | None = None
    outcome: Outcome | None = None
    overridden: bool = False
    arose_from: SpeakerRequestId | None = None
    """The speaker request of whose session it was made."""
    submitted_at: datetime | None = None
    closed_at: datetime | None = None
    follow_up_at: datetime | None = None
    """When the receiving unit is asked (again) what became of its proposal."""
    edited_at: datetime | None = None
    warned_at: datetime | None = None
    """When the sender was told that the draft, as it was then, will be ended."""
    intake: IntakeId | None = None
    """The intake that it waits or has a place for; None on a general list, and on none."""
    listed_at: datetime | None = None
    """Since when it waits on its list, by which it has its turn."""
    progress: Progress = field(default_factory=Progress)
    clocks: Mapping[ClockName, Clock] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def agency_to(self) -> Agency:
        return self.service.agency

    @property
    def due_at(self) -> datetime | None:
        return earliest_due(self.clocks.values())

    @property
    def next_mark(self) -> NextMark | None:
        first = earliest_mark(self.clocks.values())
        return NextMark(clock=first[0].name, mark=first[1], at=first[2]) if first else None

    def snapshot(self) -> Snapshot:
        """Return what travels: ids and codes only."""
        visible = [clock for clock in self.clocks.values() if clock.status is not Status.STOPPED]
        return Snapshot(
            referral_id=self.id,
            number=self.number,
            version=self.version,
            state=self.state,
            attempt=self.attempt,
            family_id=self.family,
            unit_from=self.unit_from,
            unit_to=self.unit_to,
            agency_from=self.agency_from,
            service=self.service,
            priority=self.priority,
            region=self.region,
            restricted=self.restricted,
            basis=self.basis,
            policy_version=self.policy_version,
            calendar_version=self.calendar_version,
            assignee=self.assignee,
            asked=self.progress.asked,
            parked=self.progress.parked,
            clocks=tuple(
                Due(clock=clock.name, due_at=clock.due_at, next_mark=clock.next_mark, next_mark_at=clock.next_mark_at)
                for clock in visible
            ),
            next_mark=self.next_mark,
            reason=self.progress.reason,
            outcome=self.outcome,
            closed_at=self.closed_at,
            follow_up_open=self.progress.follow_up_open,
        )
