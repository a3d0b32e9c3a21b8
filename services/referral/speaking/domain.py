"""A speaker request: a group to be spoken to, from the first word to its end. Every change is a new value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from services.contracts.codes import Agency, Priority, Service
from services.contracts.ids import OfficerId, RegionCode, RoomId, SpeakerRequestId, UnitId
from services.contracts.speaking.codes import (
    AgeGroup,
    Material,
    NotHeld,
    SessionStatus,
    Side,
    SpeakerClock,
    SpeakerParkReason,
    SpokenLanguage,
    Topic,
)
from services.contracts.speaking.lifecycle import SPEAKER_LIVE, SpeakerState
from services.contracts.speaking.snapshot import (
    MoveState,
    Period,
    SessionState,
    SpeakerDue,
    SpeakerNextMark,
    SpeakerSnapshot,
)
from services.referral.clocks import Clock, Status, earliest_due, earliest_mark

SpeakerClocks = Mapping[SpeakerClock, Clock[SpeakerClock]]


@dataclass(frozen=True, slots=True)
class Session:
    """One session. *told*: which reminders of it went out, or came too late for that. *attendance*: who came."""

    no: int
    period: Period
    status: SessionStatus = SessionStatus.PLANNED
    reason: str | None = None
    attendance: Mapping[AgeGroup, int] = field(default_factory=dict)
    told: frozenset[SpeakerClock] = frozenset()

    @property
    def starts_at(self) -> datetime:
        return self.period.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.period.ends_at

    def state(self) -> SessionState:
        """Return what travels."""
        return SessionState(
            no=self.no, starts_at=self.starts_at, ends_at=self.ends_at, status=self.status, reason=self.reason
        )


@dataclass(frozen=True, slots=True)
class Move:
    """Session *no* is to be at *period*, as one side wants; until the other side agrees it is where it was."""

    no: int
    period: Period
    by: Side


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. *times*: one of them is to be chosen, or all are wanted where *together* (a series)."""

    group: Mapping[AgeGroup, int]
    language: SpokenLanguage
    times: tuple[Period, ...]
    together: bool = False
    materials: tuple[Material, ...] = ()
    room: RoomId | None = None

    @property
    def first(self) -> datetime:
        return min(each.starts_at for each in self.times)

    @property
    def last(self) -> datetime:
        """The moment from which on no agreement can help: a series is wanted from its first session on."""
        return self.first if self.together else max(each.starts_at for each in self.times)

    @property
    def people(self) -> int:
        return sum(self.group.values())


@dataclass(frozen=True, slots=True)
class SpeakerRequest:
    """The record. `version` rises with every event, `acted_version` only with a person's action or a new state."""

    id: SpeakerRequestId
    number: str
    topic: Topic
    wish: Wish
    region: RegionCode
    unit_from: UnitId
    agency_from: Agency
    created_by: OfficerId
    created_at: datetime
    policy_version: str
    calendar_version: str
    priority: Priority = Priority.NORMAL
    state: SpeakerState = SpeakerState.SEEKING
    version: int = 1
    acted_version: int = 1
    attempt: int = 0
    unit_to: UnitId | None = None
    speaker: OfficerId | None = None
    speaker_unit: UnitId | None = None
    sessions: tuple[Session, ...] = ()
    move: Move | None = None
    asked: tuple[UnitId, ...] = ()
    parked: SpeakerParkReason | None = None
    system_offers: int = 0
    reason: str | None = None
    not_held: NotHeld | None = None
    short_notice: bool = False
    closed_at: datetime | None = None
    clocks: SpeakerClocks = field(default_factory=dict)

    service = Service.NARASUMBER

    @property
    def live(self) -> bool:
        return self.state in SPEAKER_LIVE

    @property
    def agency_to(self) -> Agency:
        return Service.NARASUMBER.agency

    @property
    def assignee(self) -> OfficerId | None:
        """Who works on it for the asked unit."""
        return self.speaker

    def having(self, *statuses: SessionStatus) -> tuple[Session, ...]:
        """Return the sessions that are in one of *statuses*, the earliest first."""
        found = (session for session in self.sessions if session.status in statuses)
        return tuple(sorted(found, key=lambda session: session.starts_at))

    def session(self, no: int) -> Session | None:
        return next((each for each in self.sessions if each.no == no), None)

    def with_session(self, no: int, **changes: Any) -> "SpeakerRequest":
        sessions = tuple(replace(each, **changes) if each.no == no else each for each in self.sessions)
        return replace(self, sessions=sessions)

    @property
    def due_at(self) -> datetime | None:
        return earliest_due(self.clocks.values())

    @property
    def next_mark(self) -> SpeakerNextMark | None:
        first = earliest_mark(self.clocks.values())
        return SpeakerNextMark(clock=first[0].name, mark=first[1], at=first[2]) if first else None

    def snapshot(self) -> SpeakerSnapshot:
        """Return what travels: ids and codes only."""
        return SpeakerSnapshot(
            request_id=self.id,
            number=self.number,
            version=self.version,
            state=self.state,
            attempt=self.attempt,
            unit_from=self.unit_from,
            unit_to=self.unit_to,
            agency_from=self.agency_from,
            topic=self.topic,
            region=self.region,
            priority=self.priority,
            first_wanted=self.wish.first,
            last_wanted=self.wish.last,
            policy_version=self.policy_version,
            calendar_version=self.calendar_version,
            speaker=self.speaker,
            speaker_unit=self.speaker_unit,
            room=self.wish.room,
            sessions=tuple(session.state() for session in self.sessions),
            move=_travelling(self.move),
            asked=self.asked,
            parked=self.parked,
            clocks=tuple(_due(clock) for clock in self.clocks.values() if clock.status is not Status.STOPPED),
            next_mark=self.next_mark,
            reason=self.not_held or self.reason,
            short_notice=self.short_notice,
            closed_at=self.closed_at,
        )


def _due(clock: Clock[SpeakerClock]) -> SpeakerDue:
    return SpeakerDue(clock=clock.name, due_at=clock.due_at, next_mark=clock.next_mark, next_mark_at=clock.next_mark_at)


def _travelling(move: Move | None) -> MoveState | None:
    if move is None:
        return None
    return MoveState(no=move.no, by=move.by, starts_at=move.period.starts_at, ends_at=move.period.ends_at)
