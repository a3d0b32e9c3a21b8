"""Who is told, clock by clock: the table of the lifecycle, and what a vacancy does to it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes import ClockName, Mark
from services.contracts.lifecycle import Action, State
from services.referral.escalation import NOBODY_VACANT, PLANS, Plan, Told, plan

C, T = ClockName, Told
RECEIVING = (T.RECEIVING_SUPERVISOR, T.RECEIVING_COORDINATOR)
SENDING = (T.SENDING_SUPERVISOR, T.SENDING_COORDINATOR)

# docs/lifecycle.md, clocks by state: the rungs, and the end (None: the last rung is told again).
TABLE: list[tuple[ClockName, tuple[Told, ...], Action | None]] = [
    (C.TRIAGE, SENDING, None),
    (C.ACKNOWLEDGE, (*RECEIVING, T.RECEIVING_PROVINCE), Action.EXPIRE),
    (C.DECIDE, (*RECEIVING, T.RECEIVING_PROVINCE), Action.EXPIRE),
    (C.ANSWER, (T.SENDING_SUPERVISOR,), Action.LAPSE_QUESTION),
    (C.REROUTE, SENDING, None),
    (C.WAITLIST, (T.RECEIVING_SUPERVISOR,), None),
    (C.PLACE, (T.SENDING_SUPERVISOR,), Action.LAPSE_PLACE),
    (C.CONTACT, RECEIVING, None),
    (C.PROGRESS, RECEIVING, None),
    (C.OUTCOME, RECEIVING, None),
    (C.REVIEW, (), Action.RESUME),
    (C.CONFIRM, (T.SENDING_SUPERVISOR,), None),
    (C.RULING, (T.SENDING_COORDINATOR, T.SENDING_PROVINCE), None),
    (C.CANCEL, RECEIVING, None),
    (C.STOP, (T.DPO,), None),
    (C.VOID, (), Action.LAPSE_VOID),
    (C.OBJECTION, (T.SENDING_SUPERVISOR, T.DPO), None),
]

EVERY_PLAN = [
    *PLANS.values(),
    plan(C.CONFIRM, positive=True),
    plan(C.ANSWER, state=State.DRAFT),
]
vacancies = st.frozensets(st.sampled_from(Told))


@pytest.mark.parametrize(("clock", "rungs", "end"), TABLE)
def test_each_clock_climbs_and_ends_as_the_lifecycle_says(
    clock: ClockName, rungs: tuple[Told, ...], end: Action | None
) -> None:
    assert (plan(clock).rungs, plan(clock).end, plan(clock).repeats) == (rungs, end, end is None)


def test_the_table_is_total_over_clocks() -> None:
    assert set(PLANS) == set(ClockName) == {clock for clock, _, _ in TABLE}


def test_reminders_stand_at_half_and_four_fifths_except_for_a_review_a_withdrawal_and_a_waiting_list() -> None:
    usual = ((Mark.HALF, Fraction(1, 2)), (Mark.MOST, Fraction(4, 5)))
    unusual = {clock: plan.reminders for clock, plan in PLANS.items() if plan.reminders != usual}
    assert unusual == {
        C.REVIEW: ((Mark.MOST, Fraction(4, 5)),),
        C.STOP: ((Mark.MOST, Fraction(2, 3)),),
        C.WAITLIST: (),
    }


def test_a_positive_outcome_that_nobody_confirms_is_confirmed_by_the_system_without_a_rung() -> None:
    confirm = plan(C.CONFIRM, positive=True)
    assert (confirm.rungs, confirm.end) == ((), Action.AUTO_CONFIRM)


@pytest.mark.parametrize("positive", [False, None])
def test_a_negative_outcome_never_closes_by_silence(positive: bool | None) -> None:
    assert plan(C.CONFIRM, positive=positive).end is None


def test_only_a_positive_outcome_closes_a_referral_by_silence() -> None:
    ends = {plan.end for plan in EVERY_PLAN}
    assert ends == {
        None,
        Action.EXPIRE,
        Action.LAPSE_QUESTION,
        Action.LAPSE_PLACE,
        Action.RESUME,
        Action.AUTO_CONFIRM,
        Action.LAPSE_VOID,
    }


def test_a_returned_draft_is_told_again_and_never_lapses() -> None:
    returned = plan(C.ANSWER, state=State.DRAFT)
    assert (returned.rungs, returned.repeats) == ((T.SENDING_SUPERVISOR,), True)
    assert plan(C.ANSWER, state=State.INFO_NEEDED).end is Action.LAPSE_QUESTION


def test_both_sides_are_told_when_a_hold_ends() -> None:
    assert plan(C.REVIEW).told_at(Mark.END, 0, NOBODY_VACANT) == (T.SENDING_UNIT, T.RECEIVING_UNIT)


def test_both_sides_hear_again_and_again_that_somebody_still_waits_for_a_place() -> None:
    for mark in (Mark.DUE, Mark.REPEAT):
        assert plan(C.WAITLIST).told_at(mark, 1, NOBODY_VACANT) == (T.RECEIVING_SUPERVISOR, T.SENDING_UNIT)


def test_a_reminder_goes_to_whoever_is_waited_for() -> None:
    assert plan(C.ACKNOWLEDGE).told_at(Mark.HALF, 0, NOBODY_VACANT) == (T.RECEIVING_UNIT,)
    assert plan(C.ANSWER).told_at(Mark.MOST, 0, NOBODY_VACANT) == (T.SENDING_UNIT,)
    assert plan(C.STOP).told_at(Mark.MOST, 0, NOBODY_VACANT) == (T.DPO,)


def test_a_vacant_first_rung_is_skipped_at_the_due_date() -> None:
    assert plan(C.DECIDE).told_at(Mark.DUE, 0, frozenset({T.RECEIVING_SUPERVISOR})) == (T.RECEIVING_COORDINATOR,)


def test_a_vacant_middle_rung_is_skipped() -> None:
    assert plan(C.DECIDE).next_rung(1, frozenset({T.RECEIVING_COORDINATOR})) == 3


def test_a_ladder_that_is_vacant_altogether_has_no_rung_if_it_ends() -> None:
    assert plan(C.DECIDE).next_rung(0, frozenset(Told)) is None


def test_a_ladder_that_is_vacant_altogether_still_tells_its_last_rung_if_it_repeats() -> None:
    triage = plan(C.TRIAGE)
    assert triage.told_at(Mark.DUE, 0, frozenset(Told)) == (T.SENDING_COORDINATOR,)
    assert triage.told_at(Mark.REPEAT, 2, frozenset(Told)) == (T.SENDING_COORDINATOR,)


def test_a_repeat_goes_to_the_highest_rung_that_is_still_filled() -> None:
    assert plan(C.TRIAGE).told_at(Mark.REPEAT, 2, frozenset({T.SENDING_COORDINATOR})) == (T.SENDING_SUPERVISOR,)


def test_a_plan_without_rungs_has_none_to_name_at_the_due_date() -> None:
    with pytest.raises(ValueError, match="no rung"):
        plan(C.REVIEW).rung_told(Mark.DUE, 0, NOBODY_VACANT)


@given(st.sampled_from(EVERY_PLAN), vacancies)
def test_climbing_tells_every_filled_rung_once_and_in_order(plan: Plan, vacant: frozenset[Told]) -> None:
    climbed: list[Told] = []
    rung: int | None = 0
    while rung is not None and (rung := plan.next_rung(rung, vacant)) is not None:
        climbed.append(plan.rungs[rung - 1])
    filled = [told for told in plan.rungs if told not in vacant]
    assert climbed == filled or (not filled and plan.repeats and climbed == [plan.rungs[-1]])


def test_a_plan_that_would_fall_silent_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="told again"):
        Plan(waits_for=T.SENDING_UNIT)


def test_a_ladder_has_at_most_three_rungs() -> None:
    with pytest.raises(ValueError, match="at most 3"):
        Plan(waits_for=T.SENDING_UNIT, rungs=(T.DPO,) * 4)
