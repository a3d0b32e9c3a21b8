"""What a referral forbids by itself, whatever an order says: one rule an action. Source: docs/lifecycle.md."""

from datetime import datetime, timedelta

from services.contracts.codes import ONLY_CLOSE_OR_RETURN, ClockName, LegalBasis, ParkReason, StopParty
from services.contracts.lifecycle import Action, Party, State, allowed
from services.contracts.refusals import Refused
from services.referral.actors import Actor, privileged
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.guarding import Guards

guards: Guards[Action, Referral, Actor] = Guards()

MOST_QUESTIONS = 2
UNACCEPT_WITHIN = timedelta(days=2)
REOPEN_WITHIN = timedelta(days=30)
FOUND_NOBODY = frozenset({ParkReason.NO_UNIT, ParkReason.ATTEMPTS_USED})


def possible(referral: Referral, actor: Actor, found: frozenset[Party], scene: Scene) -> tuple[Action, ...]:
    """Return the actions that *actor*, who is all of *found*, may try now. What an order says may still be refused."""
    if not privileged(actor, referral, found):
        return ()
    return tuple(each for each in allowed(referral.state, found) if not guards.forbid(referral, each, actor, scene))


@guards(Action.OFFER)
def nobody_else_can_help(referral: Referral, _: Actor, __: Scene) -> None:
    reason = referral.progress.reason
    if referral.state is State.REROUTING and reason in ONLY_CLOSE_OR_RETURN:
        raise Refused("referral.only_close_or_return", number=referral.number, reason=reason)


@guards(Action.ACCEPT)
def places_are_given_in_turn(referral: Referral, _: Actor, __: Scene) -> None:
    if referral.service.residential:
        raise Refused("referral.enlist_first", number=referral.number)


@guards(Action.ROUTE_AGAIN)
def the_system_found_nobody(referral: Referral, _: Actor, __: Scene) -> None:
    """What waits for a supervisor's judgement is not taken out of the supervisor's hands."""
    if referral.progress.parked not in FOUND_NOBODY:
        raise Refused("referral.not_for_the_system", number=referral.number)


@guards(Action.UNACCEPT)
def accepted_just_now(referral: Referral, _: Actor, scene: Scene) -> None:
    accepted_at = referral.progress.accepted_at
    if accepted_at is None or scene.now > accepted_at + UNACCEPT_WITHIN:
        raise Refused("referral.too_late_to_unaccept", number=referral.number)


@guards(Action.ASK)
def questions_are_left(referral: Referral, _: Actor, __: Scene) -> None:
    if referral.progress.questions >= MOST_QUESTIONS:
        raise Refused("referral.questions_used", number=referral.number, most=MOST_QUESTIONS)


@guards(Action.CONFIRM, Action.DISPUTE)
def not_before_the_coordinator(referral: Referral, _: Actor, __: Scene) -> None:
    if referral.progress.flagged:
        raise Refused("referral.flagged", number=referral.number)


@guards(Action.RULE_BACK, Action.RULE_UPHOLD)
def before_the_coordinator(referral: Referral, _: Actor, __: Scene) -> None:
    if not referral.progress.flagged:
        raise Refused("referral.not_flagged", number=referral.number)


@guards(Action.CONFIRM_CANCEL, Action.REFUSE_CANCEL)
def coordinator_only_after_due(referral: Referral, actor: Actor, _: Scene) -> None:
    """The receiving unit itself may answer at once; the coordinator above it, when the unit let the time pass."""
    clock = referral.clocks.get(ClockName.CANCEL)
    own = actor.unit == referral.unit_to or actor.unit is None
    if not own and (clock is None or not clock.past_due):
        raise Refused("referral.cancel_not_due", number=referral.number)


@guards(Action.WITHDRAW_CONSENT)
def rests_on_consent(referral: Referral, _: Actor, __: Scene) -> None:
    if referral.basis is not LegalBasis.CONSENT:
        raise Refused("referral.basis_is_not_consent", number=referral.number)


@guards(Action.OBJECT)
def rests_on_the_public_task(referral: Referral, _: Actor, __: Scene) -> None:
    if referral.basis is LegalBasis.CONSENT:
        raise Refused("referral.basis_is_consent", number=referral.number)


@guards(Action.ANSWER_OBJECTION)
def objection_is_open(referral: Referral, _: Actor, __: Scene) -> None:
    if not referral.progress.objection_open:
        raise Refused("referral.no_objection", number=referral.number)


@guards(Action.STOP_RECEIPT)
def unit_has_not_stopped_yet(referral: Referral, actor: Actor, _: Scene) -> None:
    """Other parts say by themselves that they stopped; a person speaks for the receiving unit."""
    if actor.officer is not None and StopParty.RECEIVING_UNIT not in referral.progress.stops_awaited:
        raise Refused("referral.already_stopped", number=referral.number, party=StopParty.RECEIVING_UNIT)


@guards(Action.REOPEN)
def closed_not_long_ago(referral: Referral, _: Actor, scene: Scene) -> None:
    if referral.closed_at is None or scene.now > referral.closed_at + REOPEN_WITHIN:
        raise Refused("referral.too_late_to_reopen", number=referral.number)


@guards(Action.ANSWER_FOLLOW_UP)
def proposal_is_asked_after(referral: Referral, _: Actor, __: Scene) -> None:
    """Also before the first question: who knows earlier says so earlier."""
    if referral.follow_up_at is None:
        raise Refused("referral.no_follow_up", number=referral.number)


@guards(Action.REQUEST_VOID)
def nobody_asked_for_voiding(referral: Referral, _: Actor, scene: Scene) -> None:
    if void_requested(referral, scene.now, scene):
        raise Refused("referral.void_already_requested", number=referral.number)


@guards(Action.APPROVE_VOID)
def another_asked_for_voiding(referral: Referral, actor: Actor, scene: Scene) -> None:
    if not void_requested(referral, scene.now, scene):
        raise Refused("referral.void_not_requested", number=referral.number)
    if referral.progress.void_requested_by == actor.officer:
        raise Refused("referral.same_person", number=referral.number)


def void_requested(referral: Referral, now: datetime, scene: Scene) -> bool:
    """True while a request is open. A final referral has no clock, so its request lapses by this reckoning."""
    asked_at = referral.progress.void_requested_at
    if asked_at is None:
        return False
    return now < scene.policy.span(ClockName.VOID, referral.priority).after(asked_at, scene.calendar)
