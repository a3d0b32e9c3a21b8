"""The small state that every referral event, and every answer of the record to the workflow, carries."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.codes import (
    Agency,
    ClockName,
    LegalBasis,
    Mark,
    Outcome,
    ParkReason,
    Priority,
    Role,
    Service,
)
from services.contracts.ids import FamilyId, OfficerId, ReferralId, RegionCode, UnitId
from services.contracts.lifecycle import LIVE, State

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]


class Contract(BaseModel):
    """Base of all that travels: immutable; a reader ignores fields that a newer writer added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Due(Contract):
    """One running or paused clock. `due_at` is None while it is paused."""

    clock: ClockName
    due_at: AwareDatetime | None = None
    next_mark: Mark | None = None
    next_mark_at: AwareDatetime | None = None


class NextMark(Contract):
    """The earliest mark of all running clocks: what the workflow sleeps until."""

    clock: ClockName
    mark: Mark
    at: AwareDatetime


class Snapshot(Contract):
    """The newest state of one referral: ids and codes only, never a name, a number of a person or free text."""

    referral_id: ReferralId
    number: str
    version: int
    state: State
    attempt: int
    family_id: FamilyId
    unit_from: UnitId
    unit_to: UnitId | None = None
    agency_from: Agency
    service: Service
    priority: Priority
    region: RegionCode
    restricted: bool
    basis: LegalBasis
    policy_version: str
    calendar_version: str
    assignee: OfficerId | None = None
    asked: tuple[UnitId, ...] = ()
    parked: ParkReason | None = None
    clocks: tuple[Due, ...] = ()
    next_mark: NextMark | None = None
    reason: Code | None = None
    outcome: Outcome | None = None
    closed_at: AwareDatetime | None = None
    follow_up_open: bool = False
    """The receiving unit is asked what became of its proposal, and has not answered yet."""

    @property
    def case_id(self) -> UUID:
        return self.referral_id

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def to_be_routed(self) -> bool:
        """True where the system, not a person, asks the next unit."""
        return self.state in {State.TRIAGE, State.REROUTING} and self.parked is None

    def due_at(self, clock: ClockName) -> datetime | None:
        return next((due.due_at for due in self.clocks if due.clock is clock), None)


def newest(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """Return the newest snapshot of each referral among *snapshots*."""
    found: dict[ReferralId, Snapshot] = {}
    for snapshot in snapshots:
        known = found.get(snapshot.referral_id)
        if known is None or known.version < snapshot.version:
            found[snapshot.referral_id] = snapshot
    return list(found.values())


class Recipient(Contract):
    """Somebody to be told, by office and role; `role` None means every officer of the unit."""

    unit: UnitId
    role: Role | None = None
