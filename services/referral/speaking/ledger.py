"""Writing one step of a speaker request down, whole: the record, its story, its sessions, its hours, and the fact."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from services.contracts.events import SpeakerRequestEvent
from services.contracts.refusals import Refused
from services.contracts.speaking.codes import SessionStatus
from services.kit import outbox
from services.kit.crypto import Keyring
from services.kit.database import Tx, Write, write_together
from services.referral.actors import Actor
from services.referral.speaking.domain import Session, SpeakerRequest
from services.referral.speaking.keeping_free import keep_free
from services.referral.speaking.repository import adding, saving
from services.referral.speaking.transition import SpeakerStep

# Beside a request's own columns, whose values they share by name.
_LINE: Final = """
INSERT INTO speaker_line (request, version, fact, at, officer, staff_no, unit, state, attempt, session, reason,
    clock, mark, told, sealed)
VALUES (%(id)s, %(version)s, %(fact)s, %(now)s, %(officer)s, %(staff_no)s, %(unit)s, %(state)s, %(attempt)s,
    %(session)s, %(reason)s, %(clock)s, %(mark)s, %(told)s, %(said)s)
"""
_FORGET_SESSIONS: Final = "DELETE FROM speaker_session WHERE request = %(request)s AND no = ANY(%(gone)s)"
# Once it is over or fell, a session keeps saying who was to speak, and where.
_KEEP_SESSION: Final = """
INSERT INTO speaker_session (request, no, number, starts_at, ends_at, status, reason, topic, region, unit_from,
    agency_from, unit_to, speaker, room, attendance, version)
VALUES (%(request)s, %(no)s, %(number)s, %(starts_at)s, %(ends_at)s, %(status)s, %(reason)s, %(topic)s, %(region)s,
    %(unit_from)s, %(agency_from)s, %(unit_to)s, %(speaker)s, %(room)s, %(attendance)s, %(version)s)
ON CONFLICT (request, no) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    status = excluded.status, reason = excluded.reason, attendance = excluded.attendance, version = excluded.version,
    unit_to = CASE WHEN excluded.status IN ('planned', 'agreed') THEN excluded.unit_to ELSE speaker_session.unit_to END,
    speaker = CASE WHEN excluded.status IN ('planned', 'agreed') THEN excluded.speaker ELSE speaker_session.speaker END,
    room = CASE WHEN excluded.status IN ('planned', 'agreed') THEN excluded.room ELSE speaker_session.room END
"""
_AHEAD: Final = frozenset({SessionStatus.PLANNED, SessionStatus.AGREED})


async def write_request(tx: Tx, request: SpeakerRequest, sealed: bytes, actor: Actor, *, now: datetime) -> None:
    """Write a new request within *tx*, with the first line of its story and the fact that it is there."""
    event = SpeakerRequestEvent(fact="requested", snapshot=request.snapshot())
    line = Write(_LINE, _line(request, event, actor, now, said=None))
    await write_together(tx, adding(request, sealed), line, outbox.writing(event, now=now))


async def write_step(
    tx: Tx, step: SpeakerStep, actor: Actor, keyring: Keyring, *, now: datetime, sealed: dict[str, Any] | None = None
) -> SpeakerRequest:
    """Write *step* within *tx* and return the request as it is now. Raises Refused where somebody was faster.

    The request is locked: `SpeakerRequests.get(..., lock=True)`.
    """
    after = step.after
    event = SpeakerRequestEvent(
        fact=step.fact,
        snapshot=after.snapshot(),
        told=step.told,
        tells_speaker=step.tells_speaker,
        clock=step.clock,
        mark=step.mark,
        session=step.session,
        by_command=step.by_command,
    )
    said = keyring.seal(sealed, belongs_to=line_seal(after)) if sealed else None
    line = Write(_LINE, _line(after, event, actor, now, said=said))
    await keep_free(tx, step.before, after)
    if await write_together(tx, saving(step.before, after), line, outbox.writing(event, now=now)) != 1:
        raise Refused("speaking.changed", number=after.number)
    await _keep_sessions(tx, step.before, after)
    return after


def line_seal(request: SpeakerRequest) -> str:
    return f"speaker_line/{request.id}/{request.version}"


def _line(
    request: SpeakerRequest, event: SpeakerRequestEvent, actor: Actor, now: datetime, *, said: bytes | None
) -> dict[str, Any]:
    """The story's line for the request's present version."""
    told = [recipient.model_dump(mode="json", exclude_none=True) for recipient in event.told]
    return {
        "id": request.id,
        "version": request.version,
        "state": request.state,
        "attempt": request.attempt,
        "reason": request.reason,
        "fact": event.fact,
        "now": now,
        "officer": actor.officer,
        "staff_no": actor.staff_no,
        "unit": actor.unit,
        "session": event.session,
        "clock": event.clock,
        "mark": event.mark,
        "told": Jsonb(told) if told else None,
        "said": said,
    }


async def _keep_sessions(tx: Tx, before: SpeakerRequest, after: SpeakerRequest) -> None:
    """Have the calendar say what *after* says: what was only proposed and fell is gone from it."""
    gone = {each.no for each in before.sessions} - {each.no for each in after.sessions}
    if gone:
        await tx.exec_driver_sql(_FORGET_SESSIONS, {"request": after.id, "gone": sorted(gone)})
    rows = [_row(session, after) for session in _changed(before, after)]
    if rows:
        await tx.exec_driver_sql(_KEEP_SESSION, rows)


def _changed(before: SpeakerRequest, after: SpeakerRequest) -> Iterator[Session]:
    others = (before.speaker, before.unit_to, before.wish.room) != (after.speaker, after.unit_to, after.wish.room)
    for session in after.sessions:
        if session != before.session(session.no) or (others and session.status in _AHEAD):
            yield session


def _row(session: Session, after: SpeakerRequest) -> dict[str, Any]:
    return {
        "request": after.id,
        "no": session.no,
        "number": after.number,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "status": session.status,
        "reason": session.reason,
        "topic": after.topic,
        "region": after.region,
        "unit_from": after.unit_from,
        "agency_from": after.agency_from,
        "unit_to": after.unit_to,
        "speaker": after.speaker,
        "room": after.wish.room,
        "attendance": Jsonb({age.value: number for age, number in session.attendance.items()}),
        "version": after.version,
    }
