"""What the actions of a waiting list change in a referral. See `services/referral/effects.py`."""

from dataclasses import replace

from services.contracts.codes import PlaceRefusalReason
from services.contracts.lifecycle import Action
from services.referral import orders
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.effects import effect, progressed

LAPSES_ON_THE_LIST = 1
"""So often an offer may go unanswered before a person of the sending side decides."""


@effect(Action.ENLIST)
def enlist(referral: Referral, order: orders.Enlist, _: Actor, scene: Scene) -> Referral:
    listed = replace(referral, intake=order.intake, listed_at=referral.listed_at or scene.now)
    return progressed(listed, reason=None)


@effect(Action.OFFER_PLACE)
def offer_place(referral: Referral, _: orders.OfferPlace | None, __: Actor, ___: Scene) -> Referral:
    return progressed(referral, reason=None)


@effect(Action.TAKE_PLACE)
def take_place(referral: Referral, _: orders.TakePlace, __: Actor, scene: Scene) -> Referral:
    return progressed(referral, reason=None, accepted_at=scene.now)


@effect(Action.REFUSE_PLACE)
def refuse_place(referral: Referral, order: orders.RefusePlace, _: Actor, scene: Scene) -> Referral:
    """Whoever cannot come now waits on behind the others; after every other reason a person of the sender decides."""
    waits_on = order.reason is PlaceRefusalReason.NOT_NOW
    refused = replace(referral, listed_at=scene.now if waits_on else None)
    return progressed(refused, reason=order.reason.value, begins_at=None)


@effect(Action.LAPSE_PLACE)
def lapse_place(referral: Referral, _: orders.Order | None, __: Actor, scene: Scene) -> Referral:
    """Silence ends no referral: once it goes to the end of the list, then a person of the sender decides."""
    lapses = referral.progress.place_lapses + 1
    lapsed = replace(referral, listed_at=scene.now if lapses <= LAPSES_ON_THE_LIST else None)
    return progressed(lapsed, reason="place_lapsed", place_lapses=lapses, begins_at=None)
