"""Whatever people press, in whatever order, and whatever the clock does in between: the invariants hold."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.codes import (
    LegalBasis,
    Priority,
)
from services.contracts.lifecycle import FINAL, LIVE, RULES, Action, State, rule
from services.contracts.refusals import STATUS, Refused
from services.referral import clocks
from services.referral.clock_rules import running_in
from services.referral.domain import Referral
from services.referral.transition import fire
from services.referral.whose_move import waits_for
from tests.unit.scenes import (
    MONDAY_10,
    scene,
)
from tests.unit.walks import BEGINS, KINDS, PAUSES, Begin, step


def _moved(data: st.DataObject, referral: Referral, now: datetime) -> Referral:
    here, kind = scene(now, policy_version=referral.policy_version), data.draw(KINDS)
    if kind != "clock":
        taken = step(data, referral, here, kind)
        return taken.after if taken else referral
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
