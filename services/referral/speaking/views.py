"""What a caller sees of a speaker request. Somebody without a part in it gets 404."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts.codes import Agency, Mark, Priority
from services.contracts.ids import UnitId
from services.contracts.lifecycle import Party
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
from services.contracts.speaking.lifecycle import SpeakerAction, SpeakerState
from services.contracts.speaking.snapshot import MoveState, Period, SpeakerDue
from services.kit.http import Answered
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.speaking.domain import Session, SpeakerRequest
from services.referral.speaking.guards import possible
from services.referral.speaking.sides import parties, side_of
from services.referral.speaking.usecases import Details
from services.referral.speaking.whose_move import holder, waits_for


class SessionView(Answered):
    """`attendance`: who came, counted by age, once it was reported."""

    no: int
    starts_at: datetime
    ends_at: datetime
    status: SessionStatus
    reason: str | None
    attendance: dict[AgeGroup, int]


class BriefRequestView(Answered):
    """`next_at`: the next session, or the earliest wanted time. `waits_for`, `holder`: whose move it is."""

    id: UUID
    number: str
    topic: Topic
    state: SpeakerState
    version: int
    acted_version: int
    priority: Priority
    region: str
    unit_from: UnitId
    unit_to: UnitId | None
    agency_from: Agency
    people: int
    sessions: int
    next_at: datetime
    due_at: datetime | None
    waits_for: UnitId | None
    holder: UUID | None


class RequestView(BriefRequestView):
    """`allowed` names the actions that the caller may do next; what is said with one may still be refused.

    `times`: what is wanted, one of it or `together` all. `side`: on which side the caller stands. `arose`: how many
    referrals arose from it.
    """

    sessions_told: list[SessionView]
    group: dict[AgeGroup, int]
    language: SpokenLanguage
    materials: tuple[Material, ...]
    times: tuple[Period, ...]
    together: bool
    room: UUID | None
    room_title: str | None = None
    speaker: UUID | None
    speaker_unit: UnitId | None
    move: MoveState | None
    attempt: int
    asked: tuple[UnitId, ...]
    parked: SpeakerParkReason | None
    reason: str | None
    not_held: NotHeld | None
    short_notice: bool
    created_by: UUID
    created_at: datetime
    closed_at: datetime | None
    clocks: tuple[SpeakerDue, ...]
    policy_version: str
    calendar_version: str
    side: Side | None
    arose: int = 0
    allowed: tuple[SpeakerAction, ...]
    details: Details | None = None


class RequestLineView(Answered):
    version: int
    at: datetime
    fact: str
    state: SpeakerState
    attempt: int
    session: int | None
    staff_no: str
    unit: UnitId | None
    reason: str | None
    clock: SpeakerClock | None
    mark: Mark | None
    told: list[dict[str, Any]] | None
    said: dict[str, Any] | None


class RequestsView(Answered):
    requests: list[BriefRequestView]
    next: str | None


def brief(request: SpeakerRequest) -> dict[str, Any]:
    """Return BriefRequestView as a dict."""
    ahead = request.having(SessionStatus.PLANNED, SessionStatus.AGREED)
    return {
        **{name: getattr(request, name) for name in ("id", "number", "topic", "state", "version", "acted_version")},
        **{name: getattr(request, name) for name in ("priority", "region", "unit_from", "unit_to", "agency_from")},
        "people": request.wish.people,
        "sessions": len(request.sessions) or (len(request.wish.times) if request.wish.together else 1),
        "next_at": ahead[0].starts_at if ahead else request.wish.first,
        "due_at": request.due_at,
        "waits_for": waits_for(request),
        "holder": holder(request),
    }


def full(request: SpeakerRequest, actor: Actor, scene: Scene) -> dict[str, Any]:
    """Return RequestView as a dict, as *actor* sees it, without what is sealed."""
    who = parties(actor, request, scene.offices)
    snapshot = request.snapshot()
    same = ("room", "speaker", "speaker_unit", "attempt", "asked", "parked", "short_notice", "closed_at")
    return brief(request) | {
        **{name: getattr(snapshot, name) for name in same},
        **{name: getattr(request, name) for name in ("reason", "not_held", "created_by", "created_at")},
        **{name: getattr(request, name) for name in ("policy_version", "calendar_version")},
        **{name: getattr(request.wish, name) for name in ("group", "language", "materials", "together")},
        "times": [each.model_dump() for each in request.wish.times],
        "sessions_told": [session_view(each) for each in request.sessions],
        "move": snapshot.move.model_dump() if snapshot.move else None,
        "clocks": [clock.model_dump() for clock in snapshot.clocks],
        "side": side_of(actor, request, who),
        "allowed": possible(request, actor, who, scene),
    }


def session_view(session: Session) -> dict[str, Any]:
    return {**session.state().model_dump(), "attendance": dict(session.attendance)}


def readable(who: frozenset[Party]) -> bool:
    """True where the words of a request may be read: by both sides; operators see that it is there."""
    return bool(who) and Party.OPERATOR not in who
