"""What the clock book promises for every clock, priority, policy and vacancy, however late anybody looks."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.codes import ClockName, Mark, Priority
from services.contracts.lifecycle import State
from services.referral import calendars, clocks, policy
from services.referral.clocks import Clock, Status, Timing
from services.referral.escalation import Told, plan
from services.referral.worktime import ZERO, Span

C, M = ClockName, Mark
CALENDAR = calendars.load("id-2026.1")
POLICIES = [policy.load(version) for version in policy.versions()]

WAYS: list[tuple[ClockName, State | None, bool | None]] = [
    *((name, None, None) for name in ClockName),
    (C.CONFIRM, State.REPORTED, True),
    (C.CONFIRM, State.REPORTED, False),
    (C.ANSWER, State.DRAFT, None),
]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))
waits = st.timedeltas(ZERO, timedelta(days=20))


@st.composite
def started(draw: st.DrawFn) -> tuple[Clock, Timing, datetime]:
    """Any clock of any priority under any policy, with any vacancies, started at any moment."""
    name, state, positive = draw(st.sampled_from(WAYS))
    chosen, priority = draw(st.sampled_from(POLICIES)), draw(st.sampled_from(Priority))
    vacant = draw(st.frozensets(st.sampled_from(Told)))
    made = plan(name, state=state, positive=positive)
    go_by = Timing.of(name, made, policy=chosen, priority=priority, calendar=CALENDAR, vacant=vacant)
    now = draw(moments)
    return clocks.start(name, chosen.span(name, priority), now, go_by), go_by, now


@given(started(), st.lists(st.tuples(waits, st.sampled_from(["fire", "pause", "resume"])), max_size=12))
def test_a_running_clock_always_has_something_armed(
    scene: tuple[Clock, Timing, datetime], story: list[tuple[timedelta, str]]
) -> None:
    clock, go_by, now = scene
    for wait, what in story:
        now += wait
        if what == "fire" and (mark := clocks.due_now(clock, now, go_by)):
            clock = clocks.fire(clock, mark, now, go_by)
        elif what != "fire" and clock.status is not Status.STOPPED:
            clock = (clocks.pause if what == "pause" else clocks.resume)(clock, now, go_by)
        armed = clock.next_mark is not None and clock.next_mark_at is not None and clock.due_at is not None
        assert armed is (clock.status is Status.RUNNING)
        assert clock.status is not Status.STOPPED or clock.fired is M.END
        assert Clock.from_json(json.loads(json.dumps(clock.to_json()))) == clock


@settings(deadline=None)
@given(started(), st.lists(waits, min_size=1, max_size=30))
def test_whenever_somebody_looks_no_filled_rung_is_skipped_and_no_mark_but_the_repeat_comes_twice(
    scene: tuple[Clock, Timing, datetime], looks: list[timedelta]
) -> None:
    clock, go_by, now = scene
    fired: list[Mark] = []
    people: list[Told] = []
    for wait in looks:
        now += wait
        if mark := clocks.due_now(clock, now, go_by):
            if mark in {M.DUE, M.RUNG_2, M.RUNG_3}:
                people += (told for told in clocks.told(clock, mark, go_by) if told not in go_by.plan.beside)
            clock = clocks.fire(clock, mark, now, go_by)
            fired.append(mark)
    once = [mark for mark in fired if mark is not M.REPEAT]
    assert once == sorted(set(once), key=list(Mark).index)
    filled = [rung for rung in go_by.plan.rungs if rung not in go_by.vacant] or people
    assert people == filled[: len(people)]
    assert not {M.END, M.REPEAT} & set(fired) or people == filled


@given(started(), st.lists(waits, min_size=1, max_size=30))
def test_every_rung_has_its_full_time_however_late_it_was_told(
    scene: tuple[Clock, Timing, datetime], looks: list[timedelta]
) -> None:
    clock, go_by, now = scene
    told_at: list[tuple[Mark, datetime]] = []
    for wait in looks:
        now += wait
        if mark := clocks.due_now(clock, now, go_by):
            clock = clocks.fire(clock, mark, now, go_by)
            told_at.append((mark, now))
    for (before, told), (mark, at) in pairwise(told_at):
        if before not in {M.HALF, M.MOST}:
            step = go_by.repeat if mark is M.REPEAT else go_by.rung
            assert step.between(told, at, CALENDAR) >= step.amount


@given(started(), st.lists(st.tuples(waits, waits), max_size=5))
def test_pausing_and_resuming_neither_gains_nor_loses_time(
    scene: tuple[Clock, Timing, datetime], pauses: list[tuple[timedelta, timedelta]]
) -> None:
    clock, go_by, now = scene
    ran = ZERO
    for running, resting in pauses:
        ran += clock.span.between(now, now + running, CALENDAR)
        clock = clocks.pause(clock, now + running, go_by)
        assert clock.left == max(clock.span.amount - ran, ZERO)
        now += running + resting
        clock = clocks.resume(clock, now, go_by)
    assert clock.due_at == clock.span.of(clock.span.amount - ran).after(now, CALENDAR)


@given(started(), waits)
def test_a_pause_of_no_length_changes_nothing_that_is_still_to_come(
    scene: tuple[Clock, Timing, datetime], wait: timedelta
) -> None:
    clock, go_by, now = scene
    at = min(now + wait, clock.next_mark_at or now)
    again = clocks.resume(clocks.pause(clock, at, go_by), at, go_by)
    assert clocks.due_now(again, at, go_by) == clocks.due_now(clock, at, go_by)
    assert again.due_at is not None
    assert clock.span.between(now, again.due_at, CALENDAR) == clock.span.amount


@given(started())
def test_marks_come_in_order_and_never_before_the_start(scene: tuple[Clock, Timing, datetime]) -> None:
    clock, go_by, now = scene
    for _ in range(8):
        if (at := clock.next_mark_at) is None:
            return
        assert at >= now
        mark = clocks.due_now(clock, at, go_by)
        assert mark is clock.next_mark
        assert mark is not None
        clock, now = clocks.fire(clock, mark, at, go_by), at


@given(started(), st.sampled_from(["1 wd", "2 ch", "60 cs"]), waits, waits)
def test_a_restarted_clock_has_what_was_left_and_at_least_the_minimum(
    scene: tuple[Clock, Timing, datetime], least: str, ran: timedelta, rested: timedelta
) -> None:
    clock, go_by, now = scene
    stopped = clocks.stop(clock, now + ran, go_by)
    again_at = now + ran + rested
    again = clocks.restart_with(stopped, Span.parse(least), again_at, go_by)
    minimum = clock.span.between(again_at, Span.parse(least).after(again_at, CALENDAR), CALENDAR)
    assert again.left == max(stopped.left, minimum)
    assert again.next_mark is not None
    assert again.rung == 0
