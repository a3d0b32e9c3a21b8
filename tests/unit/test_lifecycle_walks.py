"""Whatever people press, in whatever order, and whatever the clock does in between: the invariants hold."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.codes import (
    CloseReason,
    DeclineReason,
    HoldReason,
    LegalBasis,
    Outcome,
    Priority,
    ReopenReason,
    ReturnReason,
    StopParty,
    VoidReason,
)
from services.contracts.lifecycle import FINAL, LIVE, RULES, Action, State, allowed, rule
from services.contracts.refusals import STATUS, Refused
from services.referral import clocks, orders
from services.referral.actors import parties
from services.referral.clock_rules import Scene, running_in
from services.referral.domain import Referral
from services.referral.guards import possible
from services.referral.repository import waits_for
from services.referral.transition import act, act_by_system, fire
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
    received,
    reported,
    scene,
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
}
REASONS = {
    orders.Return: ReturnReason,
    orders.Close: CloseReason,
    orders.Decline: DeclineReason,
    orders.Hold: HoldReason,
    orders.Reopen: ReopenReason,
    orders.RequestVoid: VoidReason,
}


PAUSES = [timedelta(minutes=5), timedelta(hours=9), timedelta(days=2), timedelta(days=11)]
# A walk that may discard or recall at every step ends at once.
ENDINGS = {Action.DISCARD, Action.RECALL, Action.WITHDRAW_CONSENT, Action.APPROVE_VOID, Action.CLOSE}


Begin = Callable[..., Referral]
BEGINS: list[Begin] = [a_draft, an_offer, received, accepted, in_service, reported]


def an_order(kind: type[orders.Order]) -> st.SearchStrategy[orders.Order]:
    fields = {name: FILL[name] for name in kind.model_fields if name in FILL}
    if issubclass(kind, orders.Reasoned):
        fields["reason"] = st.sampled_from(REASONS[kind])
    return st.builds(kind, **fields)


STOPS = st.sampled_from([StopParty.REGISTRY, StopParty.NOTIFY])
# Mostly what the table allows, so that walks go deep; sometimes anything, so that refusals are walked into as well.
KINDS = st.sampled_from(["press"] * 8 + ["clock"] * 3 + ["offer"] * 2 + ["stop", "anything"])


def _press(data: st.DataObject, referral: Referral, here: Scene) -> Referral:
    endings = data.draw(st.integers(0, 3)) == 0
    may = [
        (actor, action)
        for actor in EVERYBODY
        for action in allowed(referral.state, parties(actor, referral, here.offices))
        if action in orders.ORDERS and (endings or action not in ENDINGS)
    ]
    if not may:
        return referral
    actor, action = data.draw(st.sampled_from(may))
    order = data.draw(an_order(orders.ORDERS[action]))
    return act(referral, order, actor, here, expected_version=referral.acted_version).after


def _moved(data: st.DataObject, referral: Referral, now: datetime) -> Referral:
    here, kind = scene(now), data.draw(KINDS)
    if kind == "press":
        return _press(data, referral, here)
    if kind == "anything":
        order = data.draw(st.sampled_from(sorted(orders.ORDERS.values(), key=str)).flatmap(an_order))
        actor = data.draw(st.sampled_from(EVERYBODY))
        after = act(referral, order, actor, here, expected_version=referral.acted_version).after
        assert order.action in possible(referral, actor, parties(actor, referral, here.offices), here)
        return after
    if kind == "offer":
        return act_by_system(referral, Action.OFFER, here, orders.Offer(unit=data.draw(UNITS))).after
    if kind == "stop":
        return act_by_system(referral, Action.STOP_RECEIPT, here, data.draw(STOPS)).after
    next_mark = referral.next_mark
    if next_mark is None:
        return referral
    clock = referral.clocks[next_mark.clock]
    mark = clocks.due_now(clock, now, here.timing(clock.name, referral))
    return fire(referral, clock.name, mark, here).after if mark else referral


@settings(max_examples=300, deadline=None)
@given(
    data=st.data(),
    begin=st.sampled_from(BEGINS),
    length=st.integers(1, 40),
    priority=st.sampled_from(Priority),
    basis=st.sampled_from(LegalBasis),
)
def test_no_walk_leaves_the_rules(
    data: st.DataObject, begin: Begin, length: int, priority: Priority, basis: LegalBasis
) -> None:
    referral, now = begin(priority=priority, basis=basis, has_consent=True), MONDAY_10
    for _ in range(length):
        now += data.draw(st.sampled_from(PAUSES))
        before = referral
        try:
            referral = _moved(data, referral, now)
        except Refused as refused:
            known, untouched = refused.code in STATUS, referral is before
            assert known and untouched, "a refused action has a code and leaves no trace"  # noqa: PT018
            continue
        _check(before, referral)


def _check(before: Referral, after: Referral) -> None:
    assert after.version in {before.version, before.version + 1}, "one event per accepted action"
    assert after.acted_version <= after.version
    running = {name for name, clock in after.clocks.items() if clock.status is clocks.Status.RUNNING}
    if after.state in FINAL:
        assert not after.clocks, "nothing waits after the end"
        assert waits_for(after) is None
        assert after.closed_at is not None
    else:
        assert set(running_in(after)) <= running, "the state's clocks run"
        assert waits_for(after) is not None, "every live referral is in a work queue"
    if after.state in LIVE and after.submitted_at is not None:
        assert after.next_mark is not None or after.snapshot().to_be_routed, "something is always armed"
    if after.state is State.CLOSED and after.outcome is None:
        assert after.progress.reason, "no end without help lacks a reason"
    assert len(set(after.progress.asked)) == len(after.progress.asked), "no unit is asked twice"
    assert after.submitted_at == before.submitted_at or before.submitted_at is None, "submitted once"


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_the_table_answers_for_every_state_and_action(state: State, action: Action) -> None:
    cell = rule(state, action)
    assert cell is None or (cell.by and cell.fact)


def test_every_state_but_void_can_be_left_and_every_state_but_draft_can_be_reached() -> None:
    reached = {cell.to for cell in RULES.values() if isinstance(cell.to, State)}
    left = {state for (state, action), cell in RULES.items() if cell.to is not state}
    assert set(State) - reached == set(), "returning makes a draft again, everything else is a target"
    assert set(State) - left == {State.VOID}
