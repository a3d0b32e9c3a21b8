"""The small state that every event of a speaker request, and every answer about it to a workflow, carries."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.codes import Agency, Mark, Priority, Service
from services.contracts.ids import OfficerId, RegionCode, RoomId, SpeakerRequestId, UnitId
from services.contracts.snapshot import Code, Contract
from services.contracts.speaking.codes import SessionStatus, Side, SpeakerClock, SpeakerParkReason, Topic
from services.contracts.speaking.lifecycle import SPEAKER_LIVE, SpeakerState


class SpeakerDue(Contract):
    """One running clock."""

    clock: SpeakerClock
    due_at: AwareDatetime | None = None
    next_mark: Mark | None = None
    next_mark_at: AwareDatetime | None = None


class SpeakerNextMark(Contract):
    """The earliest mark of all running clocks: what the workflow sleeps until."""

    clock: SpeakerClock
    mark: Mark
    at: AwareDatetime


class Period(Contract):
    """From *starts_at* on, until *ends_at*: whole quarter hours."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class SessionState(Period):
    """One session. *no* counts from 1 and stays; `reason` says why it was not held or cancelled."""

    no: int = Field(ge=1)
    status: SessionStatus
    reason: Code | None = None


class MoveState(Period):
    """Session *no* is to be moved there, *by* which side; what was agreed stays until the other side agrees."""

    no: int = Field(ge=1)
    by: Side


class SpeakerSnapshot(Contract):
    """The newest state of one speaker request: ids and codes only, never a name or free text.

    *first_wanted* and *last_wanted*: the earliest and the latest moment that was asked for. *speaker* is of
    *speaker_unit*, which is the asked unit or one below it. *short_notice*: what was agreed was given up so late that
    somebody had prepared in vain.
    """

    service: ClassVar[Service] = Service.NARASUMBER
    agency_to: ClassVar[Agency] = Agency.BKKBN

    request_id: SpeakerRequestId
    number: str
    version: int
    state: SpeakerState
    attempt: int
    unit_from: UnitId
    unit_to: UnitId | None = None
    agency_from: Agency
    topic: Topic
    region: RegionCode
    priority: Priority
    first_wanted: AwareDatetime
    last_wanted: AwareDatetime
    policy_version: str
    calendar_version: str
    speaker: OfficerId | None = None
    speaker_unit: UnitId | None = None
    room: RoomId | None = None
    sessions: tuple[SessionState, ...] = ()
    move: MoveState | None = None
    asked: tuple[UnitId, ...] = ()
    parked: SpeakerParkReason | None = None
    clocks: tuple[SpeakerDue, ...] = ()
    next_mark: SpeakerNextMark | None = None
    reason: Code | None = None
    short_notice: bool = False
    closed_at: AwareDatetime | None = None

    @property
    def case_id(self) -> UUID:
        return self.request_id

    @property
    def live(self) -> bool:
        return self.state in SPEAKER_LIVE

    @property
    def to_be_routed(self) -> bool:
        """True where the system, not a person, asks the next unit."""
        return self.state is SpeakerState.SEEKING and self.parked is None

    @property
    def not_to_ask(self) -> tuple[UnitId, ...]:
        """The units that a route must not name: who asks, and who was asked before."""
        return (self.unit_from, *self.asked)

    def due_at(self, clock: SpeakerClock) -> datetime | None:
        return next((due.due_at for due in self.clocks if due.clock is clock), None)

    def session(self, no: int) -> SessionState | None:
        return next((each for each in self.sessions if each.no == no), None)


def newest_requests(snapshots: Iterable[SpeakerSnapshot]) -> list[SpeakerSnapshot]:
    """Return the newest snapshot of each request among *snapshots*."""
    found: dict[SpeakerRequestId, SpeakerSnapshot] = {}
    for snapshot in snapshots:
        known = found.get(snapshot.request_id)
        if known is None or known.version < snapshot.version:
            found[snapshot.request_id] = snapshot
    return list(found.values())
