"""What people press, and what the system and other parts do in between, in whatever order: for property tests."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from services.contracts.codes import (
    CloseReason,
    DeclineReason,
    HoldReason,
    LegalBasis,
    Outcome,
    PlaceRefusalReason,
    ReopenReason,
    ReturnReason,
    StopParty,
    VoidReason,
)
from services.contracts.lifecycle import Action, allowed
from services.referral import orders, policy
from services.referral.actors import parties
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.guards import possible
from services.referral.transition import Step, act, act_by_system
from tests.unit.scenes import (
    BKKBN_KAB_UNIT,
    BKKBN_PROVINCE,
    EVERYBODY,
    MONDAY_10,
    PKB_UNIT,
    a_draft,
    accepted,
    an_offer,
    in_service,
    place_offered,
    received,
    reported,
)

DAY = MONDAY_10.date()
UNITS = st.sampled_from([PKB_UNIT, BKKBN_KAB_UNIT, BKKBN_PROVINCE])
TEXT = st.just("Keterangan.")
FILL: dict[str, Any] = {
    "text": TEXT,
    "unit": UNITS,
    "on": st.just(DAY),
    "provider": TEXT,
    "programme": TEXT,
    "proposal_number": TEXT,
    "outcome": st.sampled_from(Outcome),
    "review_on": st.dates(date(2026, 2, 3), date(2026, 4, 1)),
    "assignee": st.sampled_from([None, EVERYBODY[2].officer]),
    "duplicate_of": st.none(),
    "draft": st.just(orders.Draft(basis=LegalBasis.PUBLIC_TASK)),
    "override": st.booleans(),
    "policy": st.sampled_from(policy.versions()),
}
REASONS = {
    orders.Return: ReturnReason,
    orders.Close: CloseReason,
    orders.Decline: DeclineReason,
    orders.RefusePlace: PlaceRefusalReason,
    orders.Hold: HoldReason,
    orders.Reopen: ReopenReason,
    orders.RequestVoid: VoidReason,
}


PAUSES = [timedelta(minutes=5), timedelta(hours=9), timedelta(days=2), timedelta(days=11)]
# A walk that may discard or recall at every step ends at once.
ENDINGS = {Action.DISCARD, Action.RECALL, Action.WITHDRAW_CONSENT, Action.APPROVE_VOID, Action.CLOSE}


Begin = Callable[..., Referral]
BEGINS: list[Begin] = [a_draft, an_offer, received, place_offered, accepted, in_service, reported]


def an_order(kind: type[orders.Order]) -> st.SearchStrategy[orders.Order]:
    fields = {name: FILL[name] for name in kind.model_fields if name in FILL}
    if issubclass(kind, orders.Reasoned):
        fields["reason"] = st.sampled_from(REASONS[kind])
    return st.builds(kind, **fields)


STOPS = st.sampled_from([StopParty.REGISTRY, StopParty.NOTIFY])
# Mostly what the table allows, so that walks go deep; sometimes anything, so that refusals are walked into as well.
KINDS = st.sampled_from(["press"] * 8 + ["clock"] * 3 + ["offer"] * 2 + ["stop", "anything"])


def step(data: st.DataObject, referral: Referral, here: Scene, kind: str) -> Step | None:
    """Return what somebody does next to *referral*: somebody in it, anybody at all, the system, another part.

    None where nobody can do anything. Raises Refused.
    """
    if kind == "press":
        return _press(data, referral, here)
    if kind == "anything":
        order = data.draw(st.sampled_from(sorted(orders.ORDERS.values(), key=str)).flatmap(an_order))
        actor = data.draw(st.sampled_from(EVERYBODY))
        taken = act(referral, order, actor, here, expected_version=referral.acted_version)
        assert order.action in possible(referral, actor, parties(actor, referral, here.offices), here)
        return taken
    if kind == "offer":
        return act_by_system(referral, Action.OFFER, here, orders.Offer(unit=data.draw(UNITS)))
    return act_by_system(referral, Action.STOP_RECEIPT, here, data.draw(STOPS))


def _press(data: st.DataObject, referral: Referral, here: Scene) -> Step | None:
    endings = data.draw(st.integers(0, 3)) == 0
    may = [
        (actor, action)
        for actor in EVERYBODY
        for action in allowed(referral.state, parties(actor, referral, here.offices))
        if action in orders.ORDERS and (endings or action not in ENDINGS)
    ]
    if not may:
        return None
    actor, action = data.draw(st.sampled_from(may))
    order = data.draw(an_order(orders.ORDERS[action]))
    return act(referral, order, actor, here, expected_version=referral.acted_version)
