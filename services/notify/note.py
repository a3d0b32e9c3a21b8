"""What is to be told, before it is anybody's message: the words' facts, and what they mean for sending."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import AwareDatetime

from services.contracts.cases import CaseKind, kind_of
from services.contracts.codes import Mark
from services.contracts.events import CaseEvent, SpeakerRequestEvent
from services.contracts.ids import OfficerId, RegionCode, UnitId, new_id
from services.contracts.snapshot import Code, Contract
from services.contracts.speaking.codes import Topic
from services.contracts.speaking.snapshot import MoveState, Period, SessionState
from services.notify.domain import (
    DIGESTED,
    REMINDERS,
    Channel,
    Seen,
    Status,
    Why,
    deadline,
    is_restricted,
    is_urgent,
    no_longer_awaited,
    spelled,
    worker_of,
)
from services.notify.hours import Hours
from services.notify.staff import Case, Officer, Staff


class Days(Contract):
    """When a speaker is asked for: between the two moments, then at the sessions. *session*: the one it is about."""

    topic: Topic
    wanted: Period
    sessions: tuple[SessionState, ...] = ()
    session: int | None = None
    move: MoveState | None = None
    short_notice: bool = False

    @classmethod
    def of(cls, event: SpeakerRequestEvent) -> Self:
        snapshot = event.snapshot
        return cls(
            topic=snapshot.topic,
            wanted=Period(starts_at=snapshot.first_wanted, ends_at=snapshot.last_wanted),
            sessions=snapshot.sessions,
            session=event.session,
            move=snapshot.move,
            short_notice=snapshot.short_notice,
        )


class Content(Contract):
    """What the words are made of. Kept with the message, so that it reads the same whatever happens later.

    States and clocks are codes of the *kind*. *days*: of a request for a speaker only.
    """

    kind: CaseKind = CaseKind.REFERRAL
    number: str
    state: Code
    region: RegionCode
    unit_from: UnitId
    unit_to: UnitId | None = None
    sender: str
    receiver: str | None = None
    assignee: OfficerId | None = None
    parked: Code | None = None
    clock: Code | None = None
    mark: Mark | None = None
    due_clock: Code | None = None
    due_at: AwareDatetime | None = None
    days: Days | None = None

    @classmethod
    def of(cls, event: CaseEvent, staff: Staff) -> Self:
        snapshot, due = event.snapshot, deadline(event)
        return cls(
            kind=kind_of(snapshot),
            number=snapshot.number,
            state=snapshot.state,
            region=snapshot.region,
            unit_from=snapshot.unit_from,
            unit_to=snapshot.unit_to,
            sender=staff.title(snapshot.unit_from) or snapshot.unit_from,
            receiver=staff.title(snapshot.unit_to),
            assignee=worker_of(snapshot),
            parked=snapshot.parked,
            clock=event.clock,
            mark=event.mark,
            due_clock=due.clock if due else None,
            due_at=due.due_at if due else None,
            days=Days.of(event) if isinstance(event, SpeakerRequestEvent) else None,
        )

    @property
    def own_due(self) -> str | None:
        """The due date (as `domain.Seen` spells it) of the clock that a reminder is about."""
        return spelled(self.due_at) if self.due_at and self.due_clock == self.clock else None


def overtaken(row: Any, seen: Seen | None) -> bool:
    """Return whether the reminder in a message's *row* is about something that was done since."""
    if seen is None or row.fact not in REMINDERS or seen.version <= row.version:
        return False
    content = Content.model_validate(row.content)
    return no_longer_awaited(seen, content.state, content.clock, content.own_due)


@dataclass(frozen=True, slots=True)
class Note:
    """One event as it is told, to whomever."""

    event_id: UUID
    case_id: UUID
    version: int
    fact: str
    content: Content
    urgent: bool
    digest: bool
    restricted: bool

    @classmethod
    def of(cls, event_id: UUID, event: CaseEvent, staff: Staff) -> Self:
        urgent, snapshot = is_urgent(event), event.snapshot
        return cls(
            event_id,
            snapshot.case_id,
            snapshot.version,
            event.fact,
            Content.of(event, staff),
            urgent=urgent,
            digest=event.fact in DIGESTED and not urgent,
            restricted=is_restricted(snapshot),
        )

    @classmethod
    def from_row(cls, row: Any) -> Self:
        """Return what the message in *row* tells."""
        return cls(
            row.event_id,
            row.referral,
            row.version,
            row.fact,
            Content.model_validate(row.content),
            urgent=row.urgent,
            digest=row.digest,
            restricted=row.restricted,
        )

    @property
    def case(self) -> Case:
        return Case(self.content.region, self.restricted, self.content.assignee)

    def in_app(self, officer: Officer, now: datetime) -> dict[str, Any]:
        """Return the row that lies in *officer*'s inbox at once."""
        return self._row(Channel.APP, str(officer.id), now) | _whose(officer) | {"status": Status.SENT, "sent_at": now}

    def by_mail(self, officer: Officer, now: datetime, hours: Hours) -> dict[str, Any]:
        """Return the row that waits for the sender, or for the morning."""
        next_at = hours.next_digest(now) if self.digest else hours.release(now, urgent=self.urgent)
        waiting = {"status": Status.WAITING, "next_at": next_at, "digest": self.digest}
        return self._row(Channel.MAIL, str(officer.id), now) | _whose(officer) | waiting

    def to_outlet(self, key: str, now: datetime, hours: Hours) -> dict[str, Any]:
        next_at = hours.release(now, urgent=self.urgent)
        return self._row(Channel.APPRISE, key, now) | {"status": Status.WAITING, "next_at": next_at}

    def to_nobody(self, unit: UnitId | None, role: str | None, now: datetime) -> dict[str, Any]:
        """Return the row that says that nobody was there to be told."""
        row = self._row(Channel.APP, f"{unit or '*'}/{role or '*'}", now)
        return row | {"unit": unit, "role": role, "status": Status.UNDELIVERABLE, "why": Why.NOBODY}

    def _row(self, channel: Channel, recipient: str, now: datetime) -> dict[str, Any]:
        return {
            "id": new_id(),
            "event_id": self.event_id,
            "recipient": recipient,
            "channel": channel,
            "officer": None,
            "unit": None,
            "role": None,
            "referral": self.case_id,
            "version": self.version,
            "fact": self.fact,
            "content": self.content.model_dump(mode="json", exclude_none=True),
            "urgent": self.urgent,
            "digest": False,
            "restricted": self.restricted,
            "status": Status.WAITING,
            "why": None,
            "next_at": None,
            "sent_at": None,
            "created_at": now,
        }


def _whose(officer: Officer) -> dict[str, Any]:
    return {"officer": officer.id, "unit": officer.unit, "role": officer.role}
