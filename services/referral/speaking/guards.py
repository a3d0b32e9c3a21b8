"""What a speaker request forbids by itself, whatever an order says: asked before the effect, and by the view."""

from collections.abc import Callable

from services.contracts.lifecycle import Party
from services.contracts.refusals import Refused
from services.contracts.speaking.codes import SessionStatus, SpeakerParkReason
from services.contracts.speaking.lifecycle import SpeakerAction, speaker_allowed
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.speaking.domain import SpeakerRequest
from services.referral.speaking.sides import By, side_of

Guard = Callable[[SpeakerRequest, By, Scene], None]
SPEAKER_GUARDS: dict[SpeakerAction, Guard] = {}


def possible(request: SpeakerRequest, actor: Actor, who: frozenset[Party], scene: Scene) -> tuple[SpeakerAction, ...]:
    """Return the actions that *actor*, who is all of *who*, may try now. What an order says may still be refused."""
    by = By(actor, side_of(actor, request, who))
    return tuple(each for each in speaker_allowed(request.state, who) if not _forbids(request, each, by, scene))


def check(request: SpeakerRequest, action: SpeakerAction, by: By, scene: Scene) -> None:
    """Raise Refused where *request* as it is forbids *action*."""
    guard = SPEAKER_GUARDS.get(action)
    if guard is not None:
        guard(request, by, scene)


def _forbids(request: SpeakerRequest, action: SpeakerAction, by: By, scene: Scene) -> bool:
    try:
        check(request, action, by, scene)
    except Refused:
        return True
    return False


def _guards(*actions: SpeakerAction) -> Callable[[Guard], Guard]:
    def register(function: Guard) -> Guard:
        SPEAKER_GUARDS.update(dict.fromkeys(actions, function))
        return function

    return register


@_guards(SpeakerAction.ROUTE_AGAIN)
def the_system_found_nobody(request: SpeakerRequest, _: By, __: Scene) -> None:
    """What waits for other dates is sought for when they are given."""
    if request.parked not in {SpeakerParkReason.NO_UNIT, SpeakerParkReason.ATTEMPTS_USED}:
        raise Refused("speaking.not_for_the_system", number=request.number)


@_guards(SpeakerAction.OFFER)
def dates_are_ahead(request: SpeakerRequest, _: By, scene: Scene) -> None:
    if request.wish.last <= scene.now:
        raise Refused("speaking.time_past", number=request.number)


@_guards(SpeakerAction.AGREE)
def a_speaker_is_there(request: SpeakerRequest, _: By, __: Scene) -> None:
    if request.speaker is None:
        raise Refused("speaking.no_speaker_named", number=request.number)


@_guards(SpeakerAction.GIVE_BACK)
def no_session_is_under_way(request: SpeakerRequest, _: By, scene: Scene) -> None:
    if any(session.starts_at <= scene.now for session in request.having(SessionStatus.AGREED)):
        raise Refused("speaking.under_way", number=request.number)


@_guards(SpeakerAction.ASK_MOVE)
def no_move_is_open(request: SpeakerRequest, _: By, __: Scene) -> None:
    if request.move is not None:
        raise Refused("speaking.move_open", number=request.number)


@_guards(SpeakerAction.AGREE_MOVE, SpeakerAction.REFUSE_MOVE)
def a_move_is_open(request: SpeakerRequest, _: By, __: Scene) -> None:
    if request.move is None:
        raise Refused("speaking.no_move", number=request.number)


@_guards(SpeakerAction.AGREE_MOVE)
def the_other_side_agrees(request: SpeakerRequest, by: By, scene: Scene) -> None:
    a_move_is_open(request, by, scene)
    if request.move and request.move.by is by.side:
        raise Refused("speaking.own_move", number=request.number)
