"""Moving a referral to another policy: its clocks are counted anew from their start, and nobody is left untold."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes import ClockName, Mark, Priority
from services.contracts.refusals import Refused
from services.referral import calendars, clocks, moving, orders, policy
from services.referral.clocks import Clock, Status, Timing
from services.referral.escalation import plan
from services.referral.worktime import Span
from tests.unit.scenes import MONDAY_10, OPERATOR, PKB, PKB_SUPERVISOR, TKSK, an_offer, by, in_service, later
from tests.unit.told import on_its_way

C, M = ClockName, Mark
CALENDAR = calendars.load("id-2026.1")
STANDARD = policy.load("standard-1")
SPANS = ["1 wd", "2 wd", "5 wh", "3 cd", "10 cd", "90 cs"]


def timing(name: ClockName = C.CONTACT, by: policy.Policy = STANDARD) -> Timing:
    return Timing.of(name, plan(name), policy=by, priority=Priority.NORMAL, calendar=CALENDAR)


def begun(span: str) -> Clock:
    return clocks.start(C.CONTACT, Span.parse(span), MONDAY_10, timing())


def moved(clock: Clock, span: str, **later_by: float) -> Clock:
    return moving.under(clock, Span.parse(span), later(**later_by), timing())


@given(old=st.sampled_from(SPANS), new=st.sampled_from(SPANS), minutes=st.integers(0, 60 * 24 * 20))
def test_a_clock_that_never_paused_is_due_as_if_it_had_had_the_new_length_from_the_start(
    old: str, new: str, minutes: int
) -> None:
    assert moved(begun(old), new, minutes=minutes).due_at == begun(new).due_at


@given(
    old=st.sampled_from(SPANS),
    new=st.sampled_from(SPANS),
    gaps=st.lists(st.integers(1, 60 * 24 * 4), min_size=1, max_size=12),
)
def test_whenever_it_is_moved_something_is_armed_and_every_rung_is_still_told(
    old: str, new: str, gaps: list[int]
) -> None:
    clock, now, go_by = begun(old), MONDAY_10, timing()
    for gap in gaps:
        now += timedelta(minutes=gap)
        if mark := clocks.due_now(clock, now, go_by):
            clock = clocks.fire(clock, mark, now, go_by)
    clock = moving.under(clock, Span.parse(new), now, go_by)
    rungs = [M.DUE, M.RUNG_2][clock.rung :]
    fired = []
    while len(fired) < 4:
        assert clock.next_mark_at is not None
        now = max(now, clock.next_mark_at)
        mark = clocks.due_now(clock, now, go_by)
        assert mark is not None
        clock = clocks.fire(clock, mark, now, go_by)
        fired.append(mark)
    assert [mark for mark in fired if mark in {M.DUE, M.RUNG_2}] == rungs


def test_a_clock_that_is_late_by_the_new_length_too_goes_on_up_its_ladder() -> None:
    clock = begun("1 cd")
    for mark, hours in ((M.HALF, 12), (M.MOST, 20), (M.DUE, 24)):
        clock = clocks.fire(clock, mark, later(hours=hours), timing())
    again = moved(clock, "12 ch", hours=25)
    assert (again.rung, again.next_mark, again.fired_at) == (1, M.RUNG_2, later(hours=24))


def test_a_clock_that_is_not_late_by_the_new_length_is_reminded_and_climbs_again() -> None:
    clock = begun("1 cd")
    for mark, hours in ((M.MOST, 20), (M.DUE, 24)):
        clock = clocks.fire(clock, mark, later(hours=hours), timing())
    again = moved(clock, "10 cd", hours=30)
    assert (again.rung, again.fired, again.next_mark, again.next_mark_at) == (0, None, M.HALF, later(days=5))
    nearly = moved(clock, "2 cd", hours=30)
    assert (nearly.fired, nearly.next_mark) == (M.HALF, M.MOST), "the half is behind, and was told"


def test_a_reminder_that_lies_in_the_past_and_was_not_sent_is_sent_late() -> None:
    again = moved(begun("10 cd"), "2 cd", hours=30)
    assert (again.next_mark, clocks.due_now(again, later(hours=30), timing())) == (M.HALF, M.HALF)


def test_what_had_passed_before_a_pause_counts_and_an_office_day_counts_as_a_day() -> None:
    paused = clocks.pause(begun("2 wd"), later(hours=4), timing())
    again = moved(paused, "4 cd", days=3)
    assert (again.status, again.left) == (Status.PAUSED, timedelta(days=4) - timedelta(hours=12))


def test_a_move_that_changes_only_the_ladder_counts_the_next_rung_anew() -> None:
    clock = clocks.fire(begun("1 cd"), M.DUE, later(days=1), timing())
    quick = timing(by=policy.load("demo-seconds-1"))
    again = moving.under(clock, clock.span, later(days=1, seconds=1), quick)
    assert again.next_mark_at == later(days=1, seconds=4)


def test_an_operator_moves_a_referral_and_says_why_and_the_review_date_stays() -> None:
    hold = orders.Hold(reason="family_away", review_on=later(days=9).date())
    held = by(in_service(), PKB, hold)
    order = orders.MovePolicy(policy="demo-seconds-1", text="Uji coba di satu kecamatan.")
    again = by(held, OPERATOR, order, now=later(days=1))
    assert again.policy_version == "demo-seconds-1"
    assert again.clocks[C.REVIEW] == held.clocks[C.REVIEW]
    assert again.clocks[C.OUTCOME].span == policy.load("demo-seconds-1").span(C.OUTCOME, Priority.NORMAL)
    assert again.clocks[C.OUTCOME].status is Status.PAUSED
    assert order.sealed_fields == {"text": "Uji coba di satu kecamatan."}


@pytest.mark.parametrize("actor", [TKSK, PKB_SUPERVISOR])
def test_nobody_but_an_operator_moves_a_referral(actor: object) -> None:
    with pytest.raises(Refused, match="not_yours"):
        by(an_offer(), actor, orders.MovePolicy(policy="demo-seconds-1", text="Coba."))  # type: ignore[arg-type]


@pytest.mark.parametrize(("version", "code"), [("standard-1", "policy_unchanged"), ("standard-99", "policy_unknown")])
def test_a_move_to_the_same_or_to_no_policy_is_refused(version: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        by(an_offer(), OPERATOR, orders.MovePolicy(policy=version, text="Coba."))


def test_after_a_move_each_next_step_goes_by_the_new_policy() -> None:
    told = on_its_way(2)
    told.by(OPERATOR, orders.MovePolicy(policy="demo-seconds-1", text="Coba.")).by(PKB, orders.Claim())
    assert told.referral.clocks[C.DECIDE].due_at == MONDAY_10 + timedelta(seconds=600)
