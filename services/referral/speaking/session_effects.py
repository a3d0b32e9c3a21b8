"""What actions do to sessions that were agreed: moving, cancelling, reminding, reporting. Source: docs/speaking.md."""

from dataclasses import replace

from services.contracts.refusals import Refused
from services.contracts.speaking.codes import MissReason, NotHeld, SessionStatus, Side, SpeakerClock
from services.contracts.speaking.lifecycle import SpeakerAction
from services.referral.clock_rules import Scene
from services.referral.speaking import orders
from services.referral.speaking.domain import Move, Session, SpeakerRequest
from services.referral.speaking.effects import effect, too_late_to_tell
from services.referral.speaking.sides import By
from services.referral.speaking.times import check_ahead, check_apart, is_short_notice, too_late

_MISSED: dict[MissReason, NotHeld] = {
    MissReason.NOBODY_CAME: NotHeld.NOBODY_CAME,
    MissReason.SPEAKER_DID_NOT_COME: NotHeld.SPEAKER_DID_NOT_COME,
    MissReason.NO_SPEAKER: NotHeld.NO_SPEAKER,
    MissReason.PLACE_CLOSED: NotHeld.PLACE_CLOSED,
    MissReason.OTHER: NotHeld.NOT_HELD_OTHERWISE,
}
_CANCELLED: dict[Side | None, NotHeld] = {
    Side.ASKING: NotHeld.CANCELLED_BY_ASKER,
    Side.SPEAKING: NotHeld.CANCELLED_BY_SPEAKER,
}


def _ahead(request: SpeakerRequest, no: int, scene: Scene) -> Session:
    """Return session *no*, which is agreed and has not begun: what has begun is reported on. Raises Refused."""
    session = request.session(no)
    if session is None or session.status is not SessionStatus.AGREED or session.starts_at <= scene.now:
        raise Refused("speaking.no_such_session", number=request.number)
    return session


@effect(SpeakerAction.ASK_MOVE)
def ask_move(request: SpeakerRequest, order: orders.AskMove, by: By, scene: Scene) -> SpeakerRequest:
    session, period = _ahead(request, order.session, scene), order.time.period()
    if too_late(session.starts_at, scene) or too_late(period.starts_at, scene):
        raise Refused("speaking.too_late_to_move", number=request.number)
    others = [each.period for each in request.having(SessionStatus.AGREED) if each.no != session.no]
    check_ahead(request, [period], scene)
    check_apart(request, [period, *others])
    return replace(request, move=Move(session.no, period, by.side or Side.ASKING))


@effect(SpeakerAction.AGREE_MOVE)
def agree_move(request: SpeakerRequest, _: orders.AgreeMove, __: By, scene: Scene) -> SpeakerRequest:
    move = request.move
    assert move is not None, "the guard asks"
    check_ahead(request, [move.period], scene)
    told = too_late_to_tell(move.period, scene)
    return replace(request.with_session(move.no, period=move.period, told=told), move=None)


@effect(SpeakerAction.REFUSE_MOVE, SpeakerAction.LAPSE_MOVE)
def keep_the_old_time(request: SpeakerRequest, _: orders.RefuseMove | None, __: By, ___: Scene) -> SpeakerRequest:
    return replace(request, move=None)


@effect(SpeakerAction.CANCEL_SESSION)
def cancel_session(request: SpeakerRequest, order: orders.CancelSession, by: By, scene: Scene) -> SpeakerRequest:
    """The unit's side ends no request by it: where this is all there was, it gives back, and another unit is asked."""
    session = _ahead(request, order.session, scene)
    rest = request.having(SessionStatus.AGREED, SessionStatus.OVER, SessionStatus.HELD)
    if by.side is Side.SPEAKING and len(rest) == 1:
        raise Refused("speaking.give_back_instead", number=request.number)
    cancelled = request.with_session(session.no, status=SessionStatus.CANCELLED, reason=order.reason.value)
    return _given_up(cancelled, (session,), by, order.reason.value, scene)


@effect(SpeakerAction.CANCEL)
def cancel(request: SpeakerRequest, order: orders.Cancel, by: By, scene: Scene) -> SpeakerRequest:
    ahead = tuple(each for each in request.having(SessionStatus.AGREED) if each.starts_at > scene.now)
    cancelled = request
    if not ahead:
        raise Refused("speaking.no_such_session", number=request.number)
    for session in ahead:
        cancelled = cancelled.with_session(session.no, status=SessionStatus.CANCELLED, reason=order.reason.value)
    return _given_up(cancelled, ahead, by, order.reason.value, scene)


def _given_up(
    request: SpeakerRequest, sessions: tuple[Session, ...], by: By, reason: str, scene: Scene
) -> SpeakerRequest:
    gone = {session.no for session in sessions}
    return replace(
        request,
        move=None if request.move and request.move.no in gone else request.move,
        reason=reason,
        not_held=_CANCELLED.get(by.side),
        short_notice=request.short_notice or is_short_notice(sessions, scene),
    )


@effect(SpeakerAction.ANNOUNCE)
def announce(request: SpeakerRequest, clock: SpeakerClock, _: By, scene: Scene) -> SpeakerRequest:
    """Note that the nearest session was reminded of. Told late, it takes the place of the reminder after it."""
    session = next(each for each in request.having(SessionStatus.AGREED) if clock not in each.told)
    return request.with_session(session.no, told=session.told | {clock} | too_late_to_tell(session.period, scene))


@effect(SpeakerAction.SESSION_OVER)
def session_over(request: SpeakerRequest, _: None, __: By, ___: Scene) -> SpeakerRequest:
    session = min(request.having(SessionStatus.AGREED), key=lambda each: each.ends_at)
    over = request.with_session(session.no, status=SessionStatus.OVER)
    return replace(over, move=None) if over.move and over.move.no == session.no else over


@effect(SpeakerAction.REPORT)
def report(request: SpeakerRequest, order: orders.Report, _: By, __: Scene) -> SpeakerRequest:
    session = request.session(order.session)
    if session is None or session.status is not SessionStatus.OVER:
        raise Refused("speaking.no_such_session", number=request.number)
    if order.reason is None:
        came = {age: number for age, number in order.attendance.items() if number}
        held = request.with_session(session.no, status=SessionStatus.HELD, attendance=came)
        return replace(held, reason=None, not_held=None)
    missed = request.with_session(session.no, status=SessionStatus.NOT_HELD, reason=order.reason.value)
    return replace(missed, reason=order.reason.value, not_held=_MISSED[order.reason])
