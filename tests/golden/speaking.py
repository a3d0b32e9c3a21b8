"""Events of speaker requests, whole and bare, to be kept with a release."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from services.contracts.codes import Agency, Mark, Priority, Role
from services.contracts.events import SpeakerRequestEvent
from services.contracts.ids import OfficerId, RegionCode, RoomId, SpeakerRequestId, UnitId
from services.contracts.snapshot import Recipient
from services.contracts.speaking.codes import SessionStatus, Side, SpeakerClock, SpeakerParkReason, Topic
from services.contracts.speaking.lifecycle import SPEAKER_FACTS, SpeakerState
from services.contracts.speaking.snapshot import MoveState, SessionState, SpeakerDue, SpeakerNextMark, SpeakerSnapshot

_NAMESPACE = UUID("6f1c1b1e-0000-4000-8000-000000000099")
_AT = datetime(2026, 11, 30, 2, tzinfo=UTC)
_UNTIL = _AT + timedelta(hours=2)
_ASKING, _ASKED = UnitId("dinsos-upt-psbr"), UnitId("bkkbn-35.15")


def request_id(fact: str) -> SpeakerRequestId:
    return SpeakerRequestId(uuid5(_NAMESPACE, f"speaker request {fact}"))


def full_snapshot(fact: str) -> SpeakerSnapshot:
    """Return a snapshot in which nothing is left out."""
    clock = SpeakerClock.ANSWER
    return SpeakerSnapshot(
        request_id=request_id(fact),
        number="N26-000099-0",
        version=3,
        state=SpeakerState.AGREED,
        attempt=1,
        unit_from=_ASKING,
        unit_to=_ASKED,
        agency_from=Agency.DINSOS,
        topic=Topic.GENRE,
        region=RegionCode("35.15"),
        priority=Priority.HIGH,
        first_wanted=_AT,
        last_wanted=_UNTIL,
        policy_version="speaking-1",
        calendar_version="id-2026.1",
        speaker=OfficerId(uuid5(_NAMESPACE, "officer")),
        speaker_unit=_ASKED,
        room=RoomId(uuid5(_NAMESPACE, "room")),
        sessions=(SessionState(no=1, starts_at=_AT, ends_at=_UNTIL, status=SessionStatus.AGREED, reason="group_away"),),
        move=MoveState(no=1, by=Side.ASKING, starts_at=_AT, ends_at=_UNTIL),
        asked=(_ASKED,),
        parked=SpeakerParkReason.NO_UNIT,
        clocks=(SpeakerDue(clock=clock, due_at=_AT, next_mark=Mark.HALF, next_mark_at=_AT),),
        next_mark=SpeakerNextMark(clock=clock, mark=Mark.HALF, at=_AT),
        reason="no_speaker",
        short_notice=True,
        closed_at=_AT,
    )


def bare_snapshot() -> SpeakerSnapshot:
    """Return a snapshot of which only what must be there is."""
    full = full_snapshot("bare")
    required = {name for name, field in SpeakerSnapshot.model_fields.items() if field.is_required()}
    written = {**full.model_dump(include=required), "state": SpeakerState.SEEKING, "version": 1}
    return SpeakerSnapshot.model_validate(written)


def of_speaker_requests() -> Iterator[tuple[str, SpeakerRequestEvent]]:
    told = (Recipient(unit=_ASKING), Recipient(unit=_ASKED, role=Role.SUPERVISOR))
    about = {"told": told, "tells_speaker": True, "clock": SpeakerClock.ANSWER, "mark": Mark.HALF, "session": 1}
    for fact in sorted(SPEAKER_FACTS):
        event = SpeakerRequestEvent(fact=fact, snapshot=full_snapshot(fact), **about)
        yield event.type, event
    yield "speaker_request.requested.v1-bare", SpeakerRequestEvent(fact="requested", snapshot=bare_snapshot())
