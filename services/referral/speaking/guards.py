"""What a speaker request forbids by itself, whatever an order says: asked before the effect, and by the view."""

from services.contracts.lifecycle import Party
from services.contracts.refusals import Refused
from services.contracts.speaking.codes import SessionStatus, SpeakerParkReason
from services.contracts.speaking.lifecycle import SpeakerAction, speaker_allowed
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.guarding import Guards
from services.referral.speaking.domain import SpeakerRequest
from services.referral.speaking.sides import By, side_of

guards: Guards[SpeakerAction, SpeakerRequest, By] = Guards()


def possible(request: SpeakerRequest, actor: Actor, who: frozenset[Party], scene: Scene) -> tuple[SpeakerAction, ...]:
    """Return the actions that *actor*, who is all of *who*, may try now. What an order says may still be refused."""
    by = By(actor, side_of(actor, request, who))
    return tuple(each for each in speaker_allowed(request.state, who) if not guards.forbid(request, each, by, scene))


@guards(SpeakerAction.ROUTE_AGAIN)
def the_system_found_nobody(request: SpeakerRequest, _: By, __: Scene) -> None:
    """What waits for other dates is sought for when they are given."""
    if request.parked not in {SpeakerParkReason.NO_UNIT, SpeakerParkReason.ATTEMPTS_USED}:
        raise Refused("speaking.not_for_the_system", number=request.number)


@guards(SpeakerAction.OFFER)
def dates_are_ahead(request: SpeakerRequest, _: By, scene: Scene) -> None:
    if request.wish.last <= scene.now:
        raise Refused("speaking.time_past", number=request.number)


@guards(SpeakerAction.AGREE)
def a_speaker_is_there(request: SpeakerRequest, _: By, __: Scene) -> None:
    if request.speaker is None:
        raise Refused("speaking.no_speaker_named", number=request.number)


@guards(SpeakerAction.GIVE_BACK)
def no_session_is_under_way(request: SpeakerRequest, _: By, scene: Scene) -> None:
    if any(session.starts_at <= scene.now for session in request.having(SessionStatus.AGREED)):
        raise Refused("speaking.under_way", number=request.number)


@guards(SpeakerAction.ASK_MOVE)
def no_move_is_open(request: SpeakerRequest, _: By, __: Scene) -> None:
    if request.move is not None:
        raise Refused("speaking.move_open", number=request.number)


@guards(SpeakerAction.AGREE_MOVE, SpeakerAction.REFUSE_MOVE)
def a_move_is_open(request: SpeakerRequest, _: By, __: Scene) -> None:
    if request.move is None:
        raise Refused("speaking.no_move", number=request.number)


@guards(SpeakerAction.AGREE_MOVE)
def the_other_side_agrees(request: SpeakerRequest, by: By, scene: Scene) -> None:
    a_move_is_open(request, by, scene)
    if request.move and request.move.by is by.side:
        raise Refused("speaking.own_move", number=request.number)
