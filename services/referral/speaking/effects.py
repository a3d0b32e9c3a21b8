"""What each action does to a speaker request until it is agreed to, besides its step in the table.

One function an action. Each gets the request, the order, who acts and the scene, and returns the changed request, still
in its old state; what sessions do afterwards stands in `session_effects.py`. Source: docs/speaking.md.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from services.contracts.ids import OfficerId, UnitId
from services.contracts.refusals import Refused
from services.contracts.speaking.codes import NotHeld, SessionStatus, SpeakerParkReason, WithdrawReason
from services.contracts.speaking.lifecycle import UNAGREED, SpeakerAction, SpeakerState
from services.contracts.speaking.snapshot import Period
from services.referral.clock_rules import Scene
from services.referral.speaking import orders
from services.referral.speaking.clock_rules import BEFORE
from services.referral.speaking.domain import Session, SpeakerRequest
from services.referral.speaking.sides import By
from services.referral.speaking.times import check_ahead, check_apart, is_short_notice

Effect = Callable[[SpeakerRequest, Any, By, Scene], SpeakerRequest]
SPEAKER_EFFECTS: dict[SpeakerAction, Effect] = {}

_ENDS: dict[WithdrawReason, NotHeld] = {
    WithdrawReason.ENTERED_IN_ERROR: NotHeld.ENTERED_IN_ERROR,
    WithdrawReason.NO_SPEAKER_FOUND: NotHeld.NO_SPEAKER,
}


def effect(*actions: SpeakerAction) -> Callable[[Effect], Effect]:
    def register(function: Effect) -> Effect:
        SPEAKER_EFFECTS.update(dict.fromkeys(actions, function))
        return function

    return register


def without_unit(request: SpeakerRequest, reason: str | None) -> SpeakerRequest:
    """Return *request* with nobody asked: what was proposed is gone, what was agreed is cancelled for *reason*."""
    kept = (each for each in request.sessions if each.status is not SessionStatus.PLANNED)
    sessions = tuple(
        replace(each, status=SessionStatus.CANCELLED, reason=reason) if each.status is SessionStatus.AGREED else each
        for each in kept
    )
    return replace(request, sessions=sessions, unit_to=None, speaker=None, speaker_unit=None, move=None, reason=reason)


def _without_proposal(request: SpeakerRequest) -> SpeakerRequest:
    kept = tuple(each for each in request.sessions if each.status is not SessionStatus.PLANNED)
    return replace(request, sessions=kept)


@effect(SpeakerAction.OFFER)
def offer(request: SpeakerRequest, order: orders.Offer, by: By, scene: Scene) -> SpeakerRequest:
    _check_unit(request, order.unit, scene)
    return replace(
        request,
        unit_to=order.unit,
        asked=(*request.asked, order.unit),
        attempt=request.attempt + 1,
        system_offers=request.system_offers + (by.actor.officer is None),
        parked=None,
        reason=None,
    )


def _check_unit(request: SpeakerRequest, unit: UnitId, scene: Scene) -> None:
    office = scene.offices.by_id.get(unit)
    if office is None or not office.active:
        raise Refused("referral.unit_unknown", unit=unit)
    if request.service not in office.services:
        raise Refused("referral.unit_gives_no_such_service", unit=unit, service=request.service)
    if unit in {*request.asked, request.unit_from}:
        raise Refused("speaking.unit_already_asked", unit=unit, number=request.number)


@effect(SpeakerAction.ROUTE_AGAIN)
def route_again(request: SpeakerRequest, _: orders.RouteAgain, __: By, ___: Scene) -> SpeakerRequest:
    return replace(request, parked=None, asked=(), system_offers=0)


@effect(SpeakerAction.SEND_ON)
def send_on(request: SpeakerRequest, _: orders.SendOn, __: By, ___: Scene) -> SpeakerRequest:
    return without_unit(request, "sent_on")


@effect(SpeakerAction.EXPIRE)
def expire(request: SpeakerRequest, _: None, __: By, ___: Scene) -> SpeakerRequest:
    return without_unit(_wanting_what_was_agreed(request), "expired")


def _wanting_what_was_agreed(request: SpeakerRequest) -> SpeakerRequest:
    """Return *request* asking for the times of the sessions that were agreed and are ahead, where there are any."""
    ahead = request.having(SessionStatus.AGREED)
    if not ahead:
        return request
    times = tuple(session.period for session in ahead)
    wish = replace(request.wish, times=times, together=len(times) > 1)
    return replace(request, wish=wish, asked=request.asked[-1:], system_offers=0)


@effect(SpeakerAction.GIVE_BACK)
def give_back(request: SpeakerRequest, order: orders.GiveBack, _: By, scene: Scene) -> SpeakerRequest:
    """Who asked still needs a speaker: the units that could not before are asked again, but not this one."""
    short = request.short_notice or is_short_notice(request.having(SessionStatus.AGREED), scene)
    return replace(without_unit(_wanting_what_was_agreed(request), order.reason.value), short_notice=short)


@effect(SpeakerAction.DECLINE)
def decline(request: SpeakerRequest, order: orders.Decline, _: By, __: Scene) -> SpeakerRequest:
    return without_unit(request, order.reason.value)


@effect(SpeakerAction.DATES_PASSED)
def dates_passed(request: SpeakerRequest, _: None, __: By, ___: Scene) -> SpeakerRequest:
    return replace(without_unit(request, "dates_passed"), parked=SpeakerParkReason.DATES_PASSED)


@effect(SpeakerAction.CHANGE)
def change(request: SpeakerRequest, order: orders.Change, _: By, scene: Scene) -> SpeakerRequest:
    wish = request.wish
    group = {age: number for age, number in order.group.items() if number} if order.group is not None else None
    said: dict[str, Any] = {
        "group": group,
        "language": order.language,
        "materials": order.materials,
        "room": order.room,
    }
    wish = replace(wish, **{name: value for name, value in said.items() if value is not None})
    if order.place is not None:
        wish = replace(wish, room=None)
    changed = replace(request, wish=wish)
    return _at_other_times(changed, order.when, scene) if order.when else changed


def _at_other_times(request: SpeakerRequest, when: orders.Wanted, scene: Scene) -> SpeakerRequest:
    """What waited for other dates is sought for anew, from the nearest unit on."""
    if request.state not in UNAGREED - {SpeakerState.PROPOSED}:
        raise Refused("speaking.times_are_agreed", number=request.number)
    wanted = _wanting(request, when, scene)
    if request.state is not SpeakerState.SEEKING or request.parked is None:
        return wanted
    return replace(wanted, parked=None, asked=(), system_offers=0, reason=None)


def _wanting(request: SpeakerRequest, when: orders.Wanted, scene: Scene) -> SpeakerRequest:
    periods = when.periods()
    check_ahead(request, periods, scene)
    if when.together:
        check_apart(request, periods)
    return replace(request, wish=replace(request.wish, times=periods, together=when.together))


@effect(SpeakerAction.PROPOSE)
def propose(request: SpeakerRequest, order: orders.Propose, _: By, scene: Scene) -> SpeakerRequest:
    periods = tuple(orders.sorted_periods(order.times)) or _wanted(request, order.choice)
    return _planned(replace(request, speaker=order.speaker), periods, SessionStatus.PLANNED, scene)


def _wanted(request: SpeakerRequest, choice: int) -> tuple[Period, ...]:
    times = request.wish.times
    if request.wish.together:
        return times
    if choice >= len(times):
        raise Refused("speaking.no_such_time", number=request.number)
    return (times[choice],)


def _planned(request: SpeakerRequest, periods: Iterable[Period], status: SessionStatus, scene: Scene) -> SpeakerRequest:
    """Return *request* with one session for each of *periods*, in place of what was proposed before."""
    times = sorted(periods, key=lambda each: each.starts_at)
    most = len(request.wish.times) if request.wish.together else 1
    if len(times) > most:
        raise Refused("speaking.too_many_sessions", number=request.number, most=most)
    check_ahead(request, times, scene)
    check_apart(request, times)
    bare = _without_proposal(request)
    first = max((each.no for each in bare.sessions), default=0) + 1
    new = tuple(Session(number, period, status) for number, period in enumerate(times, first))
    return replace(bare, sessions=(*bare.sessions, *new))


@effect(SpeakerAction.RETRACT)
def retract(request: SpeakerRequest, _: orders.Retract, __: By, ___: Scene) -> SpeakerRequest:
    return replace(_without_proposal(request), speaker=None, speaker_unit=None)


@effect(SpeakerAction.COUNTER)
def counter(request: SpeakerRequest, order: orders.Counter, _: By, scene: Scene) -> SpeakerRequest:
    return _without_proposal(_wanting(request, order.when, scene))


@effect(SpeakerAction.AGREE)
def agree(request: SpeakerRequest, order: orders.Agree, _: By, scene: Scene) -> SpeakerRequest:
    if request.state is SpeakerState.COUNTERED:
        request = _planned(request, _wanted(request, order.choice), SessionStatus.PLANNED, scene)
    check_ahead(request, [each.period for each in request.having(SessionStatus.PLANNED)], scene)
    agreed = tuple(
        replace(each, status=SessionStatus.AGREED, told=too_late_to_tell(each.period, scene))
        if each.status is SessionStatus.PLANNED
        else each
        for each in request.sessions
    )
    return replace(request, sessions=agreed, reason=None)


def too_late_to_tell(period: Period, scene: Scene) -> Any:
    """Return the reminders whose moment is behind: an agreement four days before sends no reminder of a week before."""
    return frozenset(name for name, before in BEFORE.items() if period.starts_at - before <= scene.now)


@effect(SpeakerAction.CHANGE_SPEAKER)
def change_speaker(request: SpeakerRequest, order: orders.ChangeSpeaker, _: By, __: Scene) -> SpeakerRequest:
    return _with_speaker(request, order.speaker)


def _with_speaker(request: SpeakerRequest, speaker: OfficerId) -> SpeakerRequest:
    return replace(request, speaker=speaker, reason=None)


@effect(SpeakerAction.SPEAKER_LEFT)
def speaker_left(request: SpeakerRequest, _: None, __: By, ___: Scene) -> SpeakerRequest:
    return replace(request, speaker=None, speaker_unit=None, reason="speaker_left")


@effect(SpeakerAction.WITHDRAW)
def withdraw(request: SpeakerRequest, order: orders.Withdraw, _: By, __: Scene) -> SpeakerRequest:
    reason = WithdrawReason(order.reason)
    gone = without_unit(request, reason.value)
    return replace(gone, not_held=_ENDS.get(reason, NotHeld.WITHDRAWN), parked=None)
