"""What each action does to a referral besides its step in the table, and the rules that may refuse what an order says.

One function an action; what the referral forbids by itself stands in `guards.py`. Each gets the referral, the order and
the scene and returns the changed referral, still in its old state; the step itself is taken in `transition.py`. Source:
docs/lifecycle.md.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from services.contracts.codes import (
    LegalBasis,
    Outcome,
    ParkReason,
)
from services.contracts.ids import SpeakerRequestId, UnitId
from services.contracts.lifecycle import Action
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.referral import orders
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.holds import check_hold

Effect = Callable[[Referral, Any, Actor, Scene], Referral]
EFFECTS: dict[Action, Effect] = {}

CONTACTS_FOR_UNREACHABLE = 3
FIRST_FOLLOW_UP = timedelta(days=100)
NEXT_FOLLOW_UP = timedelta(days=91)  # a quarter


def effect(action: Action) -> Callable[[Effect], Effect]:
    def register(function: Effect) -> Effect:
        EFFECTS[action] = function
        return function

    return register


def progressed(referral: Referral, **changes: Any) -> Referral:
    return replace(referral, progress=replace(referral.progress, **changes))


@effect(Action.EDIT)
def edit(referral: Referral, order: orders.Edit, _: Actor, scene: Scene) -> Referral:
    """Change the draft. Whoever works on it is not forgotten: its time begins anew."""
    return replace(
        referral,
        basis=order.draft.basis,
        has_consent=order.draft.consent is not None,
        priority=order.priority or referral.priority,
        arose_from=SpeakerRequestId(order.arose_from) if order.arose_from else referral.arose_from,
        edited_at=scene.now,
        warned_at=None,
    )


@effect(Action.SUBMIT)
def submit(referral: Referral, order: orders.Submit, _: Actor, scene: Scene) -> Referral:
    if referral.basis is LegalBasis.CONSENT and not referral.has_consent:
        raise Refused("referral.consent_missing", number=referral.number)
    parked = _why_a_person_offers(referral, overridden=order.override)
    submitted = replace(referral, submitted_at=referral.submitted_at or scene.now, overridden=order.override)
    return progressed(submitted, parked=parked, reason=None, returned=False)


def _why_a_person_offers(referral: Referral, *, overridden: bool) -> ParkReason | None:
    if overridden:
        return ParkReason.DUPLICATE_OVERRIDDEN
    if referral.restricted:
        return ParkReason.RESTRICTED
    return ParkReason.SCARCE_SERVICE if referral.service.offered_by_a_person else None


@effect(Action.OFFER)
def offer(referral: Referral, order: orders.Offer, actor: Actor, scene: Scene) -> Referral:
    _check_unit(referral, order.unit, scene)
    by_system = actor.officer is None
    fresh = replace(
        referral,
        unit_to=order.unit,
        attempt=referral.attempt + 1,
        assignee=None,
        outcome=None,
        progress=referral.progress.new_attempt(),
    )
    return progressed(
        fresh,
        asked=(*referral.progress.asked, order.unit),
        system_offers=referral.progress.system_offers + (1 if by_system else 0),
    )


def _check_unit(referral: Referral, unit: UnitId, scene: Scene) -> None:
    office = scene.offices.by_id.get(unit)
    if office is None or not office.active:
        raise Refused("referral.unit_unknown", unit=unit)
    if office.agency is not referral.agency_to or referral.service not in office.services:
        raise Refused("referral.unit_gives_no_such_service", unit=unit, service=referral.service)
    if not office.covers(referral.region) and office.parent not in _above(office.unit, referral, scene):
        raise Refused("referral.unit_outside_area", unit=unit, number=referral.number)
    if unit in referral.progress.asked:
        raise Refused("referral.unit_already_asked", unit=unit, number=referral.number)


def _above(unit: UnitId, referral: Referral, scene: Scene) -> set[UnitId]:
    """An institution takes families from the whole area of the office above it."""
    return (
        {office.unit for office in scene.offices.upward(unit) if office.unit != unit and office.covers(referral.region)}
        if scene.offices.by_id[unit].level == "upt"
        else set()
    )


@effect(Action.RETURN)
def return_(referral: Referral, order: orders.Return, _: Actor, __: Scene) -> Referral:
    returned = replace(referral, unit_to=None, assignee=None)
    return progressed(returned, returned=True, parked=None, reason=order.reason.value)


@effect(Action.CLOSE)
def close(referral: Referral, order: orders.Close, _: Actor, scene: Scene) -> Referral:
    closed = replace(referral, closed_at=scene.now, outcome=None)
    return progressed(closed, reason=order.reason.value, duplicate_of=order.duplicate_of, parked=None)


@effect(Action.DECLINE)
def decline(referral: Referral, order: orders.Decline, _: Actor, __: Scene) -> Referral:
    return progressed(referral, reason=order.reason.value, suggested=None)


@effect(Action.REDIRECT)
def redirect(referral: Referral, order: orders.Redirect, _: Actor, scene: Scene) -> Referral:
    if order.unit is not None:
        _check_unit(referral, order.unit, scene)
    return progressed(referral, reason="redirected", suggested=order.unit)


@effect(Action.SEND_ON)
def send_on(referral: Referral, _: orders.SendOn, __: Actor, ___: Scene) -> Referral:
    return progressed(referral, reason="sent_on", suggested=None)


@effect(Action.ROUTE_AGAIN)
def route_again(referral: Referral, _: orders.RouteAgain, __: Actor, ___: Scene) -> Referral:
    return progressed(referral, parked=None)


@effect(Action.EXPIRE)
def expire(referral: Referral, _: orders.Order | None, __: Actor, ___: Scene) -> Referral:
    return progressed(referral, reason="expired", suggested=None)


@effect(Action.ACCEPT)
def accept(referral: Referral, order: orders.Accept, actor: Actor, scene: Scene) -> Referral:
    # Who leads from above accepts for the unit, and leaves the work to the unit's queue.
    of_the_unit = actor.officer if actor.unit == referral.unit_to else None
    assignee = order.assignee or referral.assignee or of_the_unit
    return progressed(replace(referral, assignee=assignee), accepted_at=scene.now)


@effect(Action.UNACCEPT)
def unaccept(referral: Referral, _: orders.Unaccept, __: Actor, ___: Scene) -> Referral:
    return progressed(replace(referral, assignee=None, intake=None, listed_at=None), accepted_at=None, begins_at=None)


@effect(Action.ASK)
def ask(referral: Referral, _: orders.Ask, __: Actor, ___: Scene) -> Referral:
    return progressed(referral, questions=referral.progress.questions + 1)


@effect(Action.LAPSE_QUESTION)
def lapse_question(referral: Referral, _: orders.Order | None, __: Actor, ___: Scene) -> Referral:
    return progressed(referral, reason="unanswered")


@effect(Action.CONTACT)
def contact(referral: Referral, order: orders.Contact, _: Actor, scene: Scene) -> Referral:
    _not_in_future(order.on, scene)
    return referral


@effect(Action.CONTACT_FAILED)
def contact_failed(referral: Referral, order: orders.ContactFailed, _: Actor, scene: Scene) -> Referral:
    _not_in_future(order.on, scene)
    return progressed(referral, failed_contacts=referral.progress.failed_contacts + 1)


def _not_in_future(day: Any, scene: Scene) -> None:
    if day > scene.now.astimezone(WIB).date():
        raise Refused("referral.date_in_future", day=day)


@effect(Action.HOLD)
def hold(referral: Referral, order: orders.Hold, actor: Actor, scene: Scene) -> Referral:
    until = datetime.combine(order.review_on, time(8), WIB)
    check_hold(referral, order.reason, until, actor, scene)
    return progressed(
        referral,
        hold_until=until,
        held_since=scene.now,
        reason=order.reason.value,
        back=(*referral.progress.back, referral.state),
    )


@effect(Action.RESUME)
def resume(referral: Referral, _: orders.Order | None, __: Actor, scene: Scene) -> Referral:
    held_since = referral.progress.held_since or scene.now
    held = referral.progress.held + (scene.now - held_since)
    return progressed(referral, held=held, held_since=None, hold_until=None, reason=None)


@effect(Action.REPORT)
def report(referral: Referral, order: orders.Report, _: Actor, scene: Scene) -> Referral:
    _not_in_future(order.on, scene)
    _check_outcome(referral, order)
    held_since = referral.progress.held_since or scene.now
    held = referral.progress.held + (scene.now - held_since)
    return progressed(replace(referral, outcome=order.outcome), reason=None, back=(), held=held, held_since=None)


def _check_outcome(referral: Referral, order: orders.Report) -> None:
    facts: dict[str, Any] = {"number": referral.number, "outcome": order.outcome}
    if not order.outcome.positive and not order.text:
        raise Refused("referral.outcome_reason_needed", **facts)
    if order.outcome is Outcome.PROPOSED and not order.proposal_number:
        raise Refused("referral.proposal_number_needed", **facts)
    if order.outcome is Outcome.ENROLLED and not order.programme:
        raise Refused("referral.programme_needed", **facts)
    failed = referral.progress.failed_contacts
    if order.outcome is Outcome.UNREACHABLE and failed < CONTACTS_FOR_UNREACHABLE:
        raise Refused("referral.too_few_contacts", **facts, failed=failed, needed=CONTACTS_FOR_UNREACHABLE)


@effect(Action.CONFIRM)
def confirm(referral: Referral, _: orders.Order | None, __: Actor, scene: Scene) -> Referral:
    return closed(referral, scene)


@effect(Action.AUTO_CONFIRM)
def auto_confirm(referral: Referral, _: orders.Order | None, __: Actor, scene: Scene) -> Referral:
    return progressed(closed(referral, scene), flagged=True)


def closed(referral: Referral, scene: Scene) -> Referral:
    """Return *referral* ended with its outcome; what was only proposed is asked after later."""
    asked_at = scene.now + FIRST_FOLLOW_UP if referral.outcome is Outcome.PROPOSED else None
    return replace(referral, closed_at=scene.now, follow_up_at=asked_at)


@effect(Action.DISPUTE)
def dispute(referral: Referral, _: orders.Dispute, __: Actor, ___: Scene) -> Referral:
    disputes = referral.progress.disputes + 1
    return progressed(referral, disputes=disputes, flagged=disputes > 1)


@effect(Action.RULE_BACK)
def rule_back(referral: Referral, _: orders.RuleBack, __: Actor, ___: Scene) -> Referral:
    return progressed(replace(referral, outcome=None), flagged=False)


@effect(Action.RULE_UPHOLD)
def rule_uphold(referral: Referral, _: orders.RuleUphold, __: Actor, scene: Scene) -> Referral:
    return progressed(closed(referral, scene), flagged=False)
