"""The clock book: reminders, ladders, pauses, outages. One scene, one claim; the promises for every
clock, policy and vacancy stand in `test_clock_promises.py`.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from services.contracts.codes import ClockName, Mark, Priority
from services.contracts.lifecycle import State
from services.contracts.wib import WIB
from services.referral import calendars, clocks, policy
from services.referral.clocks import Clock, Status, Timing
from services.referral.escalation import NOBODY_VACANT, Told, plan
from services.referral.policy import Policy
from services.referral.worktime import ZERO, Calendar, Span

C, M, T = ClockName, Mark, Told
CALENDAR = calendars.load("id-2026.1")
STANDARD = policy.load("standard-1")
POLICIES = [STANDARD, policy.load("demo-seconds-1")]
EVERYONE = frozenset(Told)
HOUR = timedelta(hours=1)


def timing(
    name: ClockName,
    priority: Priority = Priority.NORMAL,
    *,
    vacant: frozenset[Told] = NOBODY_VACANT,
    by: Policy = STANDARD,
    state: State | None = None,
    positive: bool | None = None,
) -> Timing:
    made = plan(name, state=state, positive=positive)
    return Timing.of(name, made, policy=by, priority=priority, calendar=CALENDAR, vacant=vacant)


def begin(name: ClockName, now: datetime, go_by: Timing, priority: Priority = Priority.NORMAL) -> Clock:
    return clocks.start(name, STANDARD.span(name, priority), now, go_by)


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(date(2026, 8, day), time(hour, minute, tzinfo=WIB))


# August 2026: the 3rd is a Monday, the 17th (Monday) and the 25th (Tuesday) are holidays.
MONDAY = wib(3, 8)


def life(clock: Clock, go_by: Timing, marks: int = 8) -> list[tuple[Mark, datetime]]:
    """Fire every mark at its moment, as on a day without an outage."""
    seen: list[tuple[Mark, datetime]] = []
    while (at := clock.next_mark_at) is not None and len(seen) < marks:
        mark = clocks.due_now(clock, at, go_by)
        assert mark is not None
        assert mark is clock.next_mark
        clock = clocks.fire(clock, mark, at, go_by)
        seen.append((mark, at.astimezone(WIB)))
    return seen


# The plan in time.


def test_an_offer_of_two_days_is_reminded_twice_climbs_three_rungs_and_expires() -> None:
    go_by = timing(C.ACKNOWLEDGE)
    assert life(begin(C.ACKNOWLEDGE, MONDAY, go_by), go_by) == [
        (M.HALF, wib(3, 16)),
        (M.MOST, wib(4, 12, 48)),
        (M.DUE, wib(4, 16)),
        (M.RUNG_2, wib(5, 16)),
        (M.RUNG_3, wib(6, 16)),
        (M.END, wib(7, 16)),
    ]


def test_an_urgent_offer_on_friday_night_does_not_wait_for_monday() -> None:
    go_by = timing(C.ACKNOWLEDGE, Priority.URGENT)
    clock = begin(C.ACKNOWLEDGE, wib(7, 22), go_by, Priority.URGENT)
    assert clock.due_at == wib(8, 2)
    assert life(clock, go_by)[-1] == (M.END, wib(8, 5))


def test_triage_that_nobody_does_is_told_again_every_five_days() -> None:
    go_by = timing(C.TRIAGE)
    assert life(begin(C.TRIAGE, MONDAY, go_by), go_by, marks=6) == [
        (M.HALF, wib(3, 12)),
        (M.MOST, wib(3, 14, 24)),
        (M.DUE, wib(3, 16)),
        (M.RUNG_2, wib(4, 16)),
        (M.REPEAT, wib(11, 16)),
        (M.REPEAT, wib(19, 16)),
    ]


def test_a_question_that_nobody_answers_lapses_one_rung_after_the_supervisor_was_told() -> None:
    go_by = timing(C.ANSWER)
    assert life(begin(C.ANSWER, MONDAY, go_by), go_by)[2:] == [(M.DUE, wib(5, 16)), (M.END, wib(6, 16))]


def test_a_positive_outcome_is_confirmed_at_the_due_date_without_a_rung() -> None:
    go_by = timing(C.CONFIRM, positive=True)
    assert [mark for mark, _ in life(begin(C.CONFIRM, MONDAY, go_by), go_by)] == [M.HALF, M.MOST, M.END]


def test_a_review_date_is_reminded_once_and_ends_the_hold() -> None:
    go_by = timing(C.REVIEW)
    clock = clocks.start(C.REVIEW, Span.parse("10 cd"), MONDAY, go_by)
    assert life(clock, go_by) == [(M.MOST, wib(11, 8)), (M.END, wib(13, 8))]


def test_a_withdrawal_is_shown_to_the_privacy_officer_at_48_hours_at_72_and_then_daily() -> None:
    go_by = timing(C.STOP)
    assert life(begin(C.STOP, MONDAY, go_by), go_by, marks=4) == [
        (M.MOST, wib(5, 8)),
        (M.DUE, wib(6, 8)),
        (M.REPEAT, wib(7, 8)),
        (M.REPEAT, wib(8, 8)),
    ]


def test_the_demo_offer_expires_within_twenty_seconds() -> None:
    demo = POLICIES[1]
    go_by = timing(C.ACKNOWLEDGE, by=demo)
    marks = life(clocks.start(C.ACKNOWLEDGE, demo.span(C.ACKNOWLEDGE, Priority.NORMAL), MONDAY, go_by), go_by)
    assert [mark for mark, _ in marks] == [M.HALF, M.MOST, M.DUE, M.RUNG_2, M.RUNG_3, M.END]
    assert marks[-1][1] - MONDAY <= timedelta(seconds=20)


# Vacancies.


def test_a_vacant_rung_is_skipped_without_waiting() -> None:
    go_by = timing(C.ACKNOWLEDGE, vacant=frozenset({T.RECEIVING_SUPERVISOR, T.RECEIVING_PROVINCE}))
    clock = begin(C.ACKNOWLEDGE, MONDAY, go_by)
    assert clocks.told(clock, M.DUE, go_by) == (T.RECEIVING_COORDINATOR,)
    assert life(clock, go_by)[2:] == [(M.DUE, wib(4, 16)), (M.END, wib(5, 16))]


def test_a_ladder_with_nobody_on_it_ends_at_the_due_date() -> None:
    go_by = timing(C.ACKNOWLEDGE, vacant=EVERYONE)
    assert life(begin(C.ACKNOWLEDGE, MONDAY, go_by), go_by)[2:] == [(M.END, wib(4, 16))]


def test_a_repeating_ladder_with_nobody_on_it_tells_its_last_rung_and_goes_on() -> None:
    go_by = timing(C.TRIAGE, vacant=EVERYONE)
    clock = begin(C.TRIAGE, MONDAY, go_by)
    assert clocks.told(clock, M.DUE, go_by) == (T.SENDING_COORDINATOR,)
    assert [mark for mark, _ in life(clock, go_by, marks=4)][2:] == [M.DUE, M.REPEAT]


def test_a_rung_that_fell_vacant_meanwhile_is_skipped_and_nobody_above_it_is_lost() -> None:
    go_by = timing(C.ACKNOWLEDGE)
    clock = clocks.fire(begin(C.ACKNOWLEDGE, MONDAY, go_by), M.DUE, wib(4, 16), go_by)
    gone = replace(go_by, vacant=frozenset({T.RECEIVING_SUPERVISOR, T.RECEIVING_COORDINATOR}))
    assert clocks.due_now(clock, wib(5, 16), gone) is M.RUNG_3
    assert clocks.told(clock, M.RUNG_3, gone) == (T.RECEIVING_PROVINCE,)
    assert clocks.fire(clock, M.RUNG_3, wib(5, 16), gone).next_mark is M.END


def test_a_rung_that_was_filled_meanwhile_is_told_before_the_end() -> None:
    empty = timing(C.ACKNOWLEDGE, vacant=EVERYONE)
    clock = begin(C.ACKNOWLEDGE, MONDAY, empty)
    assert clocks.due_now(clock, wib(4, 16), timing(C.ACKNOWLEDGE)) is M.DUE


# Outages.


def test_after_an_outage_one_late_mark_is_fired_not_three() -> None:
    go_by = timing(C.ACKNOWLEDGE)
    clock = begin(C.ACKNOWLEDGE, MONDAY, go_by)
    late = wib(6, 11)
    assert clocks.due_now(clock, late, go_by) is M.DUE
    fired = clocks.fire(clock, M.DUE, late, go_by)
    assert (fired.next_mark, fired.next_mark_at) == (M.RUNG_2, wib(7, 11))


def test_a_short_outage_drops_the_older_reminder() -> None:
    go_by = timing(C.ACKNOWLEDGE)
    clock = begin(C.ACKNOWLEDGE, MONDAY, go_by)
    assert clocks.due_now(clock, wib(4, 13), go_by) is M.MOST
    assert clocks.fire(clock, M.MOST, wib(4, 13), go_by).next_mark is M.DUE


def test_however_long_the_outage_every_rung_is_told_and_has_its_full_time() -> None:
    go_by = timing(C.ACKNOWLEDGE)
    clock = clocks.fire(begin(C.ACKNOWLEDGE, MONDAY, go_by), M.DUE, wib(4, 16), go_by)
    late = wib(28, 10)
    assert clocks.due_now(clock, late, go_by) is M.RUNG_2
    clock = clocks.fire(clock, M.RUNG_2, late, go_by)
    assert (clock.next_mark, clock.next_mark_at) == (M.RUNG_3, datetime(2026, 8, 31, 10, tzinfo=WIB))


def test_a_mark_that_is_not_due_yet_is_not_fired() -> None:
    go_by = timing(C.ACKNOWLEDGE)
    clock = begin(C.ACKNOWLEDGE, MONDAY, go_by)
    assert clocks.due_now(clock, wib(3, 15, 59), go_by) is None
    with pytest.raises(ValueError, match="not the one to fire now"):
        clocks.fire(clock, M.HALF, wib(3, 15, 59), go_by)


def test_a_mark_is_not_fired_twice() -> None:
    go_by = timing(C.ACKNOWLEDGE)
    clock = clocks.fire(begin(C.ACKNOWLEDGE, MONDAY, go_by), M.HALF, wib(3, 16), go_by)
    with pytest.raises(ValueError, match="not the one to fire now"):
        clocks.fire(clock, M.HALF, wib(3, 16), go_by)


def test_after_its_end_a_clock_is_stopped() -> None:
    go_by = timing(C.ACKNOWLEDGE, vacant=EVERYONE)
    clock = clocks.fire(begin(C.ACKNOWLEDGE, MONDAY, go_by), M.END, wib(4, 16), go_by)
    assert (clock.status, clock.fired, clock.next_mark, clock.left) == (Status.STOPPED, M.END, None, ZERO)


# Pausing.


def test_a_question_pauses_the_decision_and_the_answer_gives_back_what_was_left() -> None:
    go_by = timing(C.DECIDE)
    paused = clocks.pause(begin(C.DECIDE, MONDAY, go_by), wib(4, 12), go_by)
    assert (paused.left, paused.due_at, paused.next_mark, paused.next_mark_at) == (12 * HOUR, None, None, None)
    assert clocks.resume(paused, wib(10, 8), go_by).due_at == wib(11, 12)


def test_a_reminder_that_was_sent_before_the_pause_is_not_sent_again() -> None:
    go_by = timing(C.DECIDE)
    clock = clocks.fire(begin(C.DECIDE, MONDAY, go_by), M.HALF, wib(4, 12), go_by)
    resumed = clocks.resume(clocks.pause(clock, wib(4, 14), go_by), wib(10, 8), go_by)
    assert resumed.next_mark is M.MOST
    assert resumed.next_mark_at == wib(10, 8) + 10 * HOUR - 4 * HOUR - timedelta(minutes=48)


def test_a_late_clock_has_nothing_left_after_a_pause() -> None:
    go_by = timing(C.DECIDE)
    clock = clocks.fire(begin(C.DECIDE, MONDAY, go_by), M.DUE, wib(5, 16), go_by)
    assert clocks.pause(clock, wib(6, 10), go_by).left == ZERO


def test_a_pause_on_the_ladder_neither_skips_nor_restarts_the_wait_for_the_next_rung() -> None:
    go_by = timing(C.DECIDE)
    clock = clocks.fire(begin(C.DECIDE, MONDAY, go_by), M.DUE, wib(5, 16), go_by)
    for day in (6, 7, 10):  # asked and answered three times, after two hours of the eight each
        clock = clocks.pause(clock, wib(day, 10), go_by)
        clock = clocks.resume(clock, wib(day + 1, 8), go_by)
    assert (clock.next_mark, clock.next_mark_at) == (M.RUNG_2, wib(11, 10))
    # The rung after it waits its full time again.
    assert clocks.fire(clock, M.RUNG_2, wib(11, 10), go_by).next_mark_at == wib(12, 10)


def test_pausing_twice_is_pausing_once() -> None:
    go_by = timing(C.DECIDE)
    paused = clocks.pause(begin(C.DECIDE, MONDAY, go_by), wib(3, 10), go_by)
    assert clocks.pause(paused, wib(4, 10), go_by) is paused


def test_a_running_clock_is_not_resumed_and_a_stopped_one_refuses() -> None:
    go_by = timing(C.DECIDE)
    clock = begin(C.DECIDE, MONDAY, go_by)
    assert clocks.resume(clock, wib(3, 10), go_by) is clock
    with pytest.raises(ValueError, match="stopped, not paused"):
        clocks.resume(clocks.stop(clock, wib(3, 10), go_by), wib(3, 11), go_by)


def test_a_paused_clock_can_be_stopped_and_keeps_what_was_left() -> None:
    go_by = timing(C.DECIDE)
    stopped = clocks.stop(clocks.pause(begin(C.DECIDE, MONDAY, go_by), wib(3, 10), go_by), wib(20, 10), go_by)
    assert (stopped.status, stopped.left) == (Status.STOPPED, 22 * HOUR)


# Giving back.


def test_a_unit_that_gives_back_early_has_what_was_left() -> None:
    go_by = timing(C.DECIDE)
    stopped = clocks.stop(begin(C.DECIDE, MONDAY, go_by), wib(3, 10), go_by)
    assert clocks.restart_with(stopped, STANDARD.unaccept_minimum(Priority.NORMAL), wib(5, 8), go_by).left == 22 * HOUR


def test_a_unit_that_gives_back_late_has_at_least_a_day_and_the_ladder_begins_anew() -> None:
    go_by = timing(C.DECIDE)
    late = clocks.fire(begin(C.DECIDE, MONDAY, go_by), M.DUE, wib(5, 16), go_by)
    stopped = clocks.stop(late, wib(6, 10), go_by)
    again = clocks.restart_with(stopped, STANDARD.unaccept_minimum(Priority.NORMAL), wib(10, 8), go_by)
    assert (again.left, again.due_at, again.rung) == (8 * HOUR, wib(10, 16), 0)
    # Half of the three days lies behind, so only the second reminder is still to come.
    assert [mark for mark, _ in life(again, go_by)] == [M.MOST, M.DUE, M.RUNG_2, M.RUNG_3, M.END]


def test_a_reminder_exactly_at_the_place_of_the_restart_counts_as_behind() -> None:
    go_by = timing(C.DECIDE)
    stopped = clocks.stop(begin(C.DECIDE, MONDAY, go_by), wib(4, 12), go_by)
    again = clocks.restart_with(stopped, STANDARD.unaccept_minimum(Priority.NORMAL), wib(10, 8), go_by)
    assert (again.left, again.next_mark) == (12 * HOUR, M.MOST)


# The book.


def test_the_earliest_mark_of_all_running_clocks_is_what_the_referral_waits_for() -> None:
    contact, outcome = timing(C.CONTACT), timing(C.OUTCOME)
    book = [begin(C.OUTCOME, MONDAY, outcome), begin(C.CONTACT, MONDAY, contact)]
    found = clocks.earliest_mark(book)
    assert found is not None
    assert (found[0].name, found[1], found[2]) == (C.CONTACT, M.HALF, book[1].next_mark_at)


def test_a_book_in_which_nothing_runs_waits_for_nothing() -> None:
    go_by = timing(C.DECIDE)
    assert clocks.earliest_mark([clocks.pause(begin(C.DECIDE, MONDAY, go_by), MONDAY, go_by)]) is None


def test_a_corrected_calendar_moves_the_due_date_and_keeps_what_was_fired() -> None:
    go_by = timing(C.ACKNOWLEDGE)
    clock = clocks.fire(begin(C.ACKNOWLEDGE, MONDAY, go_by), M.HALF, wib(3, 16), go_by)
    corrected = replace(go_by, calendar=Calendar("corrected", CALENDAR.closed | {date(2026, 8, 4)}))
    moved = clocks.rearm(clock, corrected)
    assert (moved.due_at, moved.fired, moved.next_mark) == (wib(5, 16), M.HALF, M.MOST)
