"""Speaker requests by themselves: who is told when, what silence does, and what stays when somebody changes a mind."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes import Mark, Priority, Role
from services.contracts.refusals import Refused
from services.contracts.snapshot import Recipient
from services.contracts.speaking.codes import (
    AgeGroup,
    CancelReason,
    GiveBackReason,
    MissReason,
    NotHeld,
    SessionStatus,
    SpeakerClock,
    SpeakerDeclineReason,
    SpeakerParkReason,
    WithdrawReason,
)
from services.contracts.speaking.lifecycle import SpeakerAction, SpeakerState
from services.referral.speaking import orders
from services.referral.speaking.bookings import bookings
from services.referral.speaking.domain import SpeakerRequest
from services.referral.speaking.transition import SpeakerStep, act, act_by_system, fire
from tests.unit.scenes import BKKBN_KAB_UNIT, MONDAY_10
from tests.unit.speaking_scenes import (
    ASKER,
    MARCH_2,
    SPEAKER,
    UNIT_WORKER,
    a_request,
    agreed,
    by,
    fortnightly,
    offered,
    period,
    proposed,
    scene,
    time,
)

S, C = SpeakerState, SpeakerClock


def tick(request: SpeakerRequest) -> SpeakerStep:
    """Let the next mark be told at its moment."""
    mark = request.next_mark
    assert mark is not None
    return fire(request, mark.clock, mark.mark, scene(mark.at))


def until(request: SpeakerRequest, fact: str, most: int = 60) -> tuple[SpeakerStep, list[SpeakerStep]]:
    """Tell marks until *fact* happens; return that step, and those before it."""
    steps: list[SpeakerStep] = []
    for _ in range(most):
        step = tick(request)
        if step.fact == fact:
            return step, steps
        steps.append(step)
        request = step.after
    raise AssertionError(f"no {fact} in {[step.fact for step in steps]}")


def at(step: SpeakerStep) -> datetime | None:
    return step.before.next_mark and step.before.next_mark.at


def test_a_unit_that_does_not_answer_is_reminded_its_leaders_are_told_and_the_next_one_is_sought() -> None:
    step, before = until(offered(), "expired")
    assert [each.mark for each in before] == [Mark.HALF, Mark.MOST, Mark.DUE, Mark.RUNG_3]
    assert (step.after.state, step.after.unit_to, step.after.snapshot().to_be_routed) == (S.SEEKING, None, True)
    assert step.after.asked == (BKKBN_KAB_UNIT,)


def test_a_unit_that_declines_is_not_asked_again() -> None:
    declined = by(offered(), UNIT_WORKER, orders.Decline(reason=SpeakerDeclineReason.NO_SPEAKER))
    assert declined.snapshot().to_be_routed
    with pytest.raises(Refused, match="unit_already_asked"):
        offered(declined)


def test_who_asks_is_told_again_and_again_and_never_loses_the_request_by_silence() -> None:
    request = proposed()
    step, before = until(request, "dates_passed")
    assert at(step) == MARCH_2, "until the day itself the proposal stands"
    assert {each.fact for each in before} == {"reminded", "escalated"}
    parked = step.after
    assert (parked.state, parked.parked, bookings(parked)) == (S.SEEKING, SpeakerParkReason.DATES_PASSED, frozenset())
    for _ in range(30):
        parked = tick(parked).after
    assert parked.state is S.SEEKING


def test_other_dates_have_the_nearest_unit_asked_again() -> None:
    passed = until(proposed(), "dates_passed")[0].after
    later = MARCH_2 + timedelta(days=30)
    when = orders.Wanted(times=(time(later),))
    again = by(passed, ASKER, orders.Change(when=when), now=MARCH_2 + timedelta(days=1))
    assert (again.asked, again.snapshot().to_be_routed, again.wish.first) == ((), True, later)


@given(days=st.integers(1, 90))
def test_the_nearer_the_day_the_more_urgent(days: int) -> None:
    request = a_request(times=(period(MONDAY_10 + timedelta(days=days)),))
    wanted = Priority.URGENT if days <= 7 else Priority.HIGH if days <= 21 else Priority.NORMAL
    assert request.priority is wanted


@given(days=st.integers(2, 90))
def test_leaders_hear_that_the_day_comes_near_two_weeks_before_or_when_a_third_of_the_time_is_over(days: int) -> None:
    day = MONDAY_10 + timedelta(days=days)
    due = offered(a_request(times=(period(day),))).clocks[C.DATES].due_at
    assert due == max(day - timedelta(days=14), MONDAY_10 + timedelta(days=days) / 3)


def test_while_the_unit_is_to_move_its_leaders_hear_of_the_near_day_and_then_the_province() -> None:
    request = offered(a_request(times=(period(MONDAY_10 + timedelta(days=60)),)))
    clock = request.clocks[C.DATES]
    assert clock.next_mark_at is not None
    step = fire(request, C.DATES, Mark.DUE, scene(clock.next_mark_at))
    assert step.told == (Recipient(unit=BKKBN_KAB_UNIT, role=Role.SUPERVISOR),)
    higher = step.after.clocks[C.DATES]
    assert higher.next_mark_at is not None
    assert higher.next_mark is not None
    told = fire(step.after, C.DATES, higher.next_mark, scene(higher.next_mark_at)).told
    assert {each.unit for each in told} == {"bkkbn-35"}


def test_both_sides_and_the_speaker_are_reminded_a_week_and_a_day_before() -> None:
    step, _ = until(agreed(), "session_over")
    week = tick(agreed())
    day = tick(week.after)
    assert [(each.clock, at(each), each.tells_speaker) for each in (week, day)] == [
        (C.WEEK_BEFORE, MARCH_2 - timedelta(days=7), True),
        (C.DAY_BEFORE, MARCH_2 - timedelta(days=1), True),
    ]
    assert {each.unit for each in week.told} == {ASKER.unit, BKKBN_KAB_UNIT}
    assert (at(step), step.session, step.after.state) == (MARCH_2 + timedelta(hours=2), 1, S.REPORTING)


def test_an_agreement_four_days_before_sends_no_late_reminder_but_the_nearer_one() -> None:
    now = MARCH_2 - timedelta(days=4)
    request = agreed(a_request(now), now)
    assert {*request.clocks} == {C.DAY_BEFORE, C.SESSION}


def test_a_reminder_that_an_outage_held_up_takes_the_place_of_the_one_after_it() -> None:
    late = scene(MARCH_2 - timedelta(hours=3))
    step = fire(agreed(), C.WEEK_BEFORE, Mark.END, late)
    assert {*step.after.clocks} == {C.SESSION}


def test_each_session_of_a_series_is_reminded_of_and_reported() -> None:
    request = agreed(a_request(times=fortnightly(3)))
    facts: list[tuple[str, int | None]] = []
    while request.state is not S.REPORTED:
        if request.state is S.REPORTING:
            over = request.having(SessionStatus.OVER)[0]
            came = orders.Report(session=over.no, attendance={AgeGroup.FROM_15_TO_19: 30})
            request = by(request, ASKER, came, now=over.ends_at + timedelta(hours=1))
            continue
        step = tick(request)
        facts.append((step.fact, step.session))
        request = step.after
    assert facts == [(fact, no) for no in (1, 2, 3) for fact in ("announced", "announced", "session_over")]
    assert until(request, "feedback_lapsed")[0].after.state is S.HELD


def test_the_next_session_is_announced_while_the_report_on_the_one_before_is_awaited() -> None:
    over = until(agreed(a_request(times=fortnightly(2))), "session_over")[0].after
    step, _ = until(over, "announced")
    assert (step.session, step.after.state, at(step)) == (2, S.REPORTING, MARCH_2 + timedelta(days=7))


def test_nobody_answers_about_a_move_and_the_old_time_stays() -> None:
    asked = by(agreed(), UNIT_WORKER, orders.AskMove(session=1, time=time(MARCH_2 + timedelta(days=1))))
    assert len(bookings(asked)) == 16, "both times are kept free"
    with pytest.raises(Refused, match="own_move"):
        by(asked, UNIT_WORKER, orders.AgreeMove())
    lapsed = until(asked, "move_lapsed")[0].after
    assert (lapsed.sessions[0].starts_at, len(bookings(lapsed))) == (MARCH_2, 8)


def test_a_move_that_the_other_side_agrees_to_is_reminded_of_at_its_new_time() -> None:
    new = MARCH_2 + timedelta(days=3)
    asked = by(agreed(), ASKER, orders.AskMove(session=1, time=time(new)))
    moved = by(asked, UNIT_WORKER, orders.AgreeMove())
    assert (moved.sessions[0].starts_at, moved.clocks[C.WEEK_BEFORE].due_at) == (new, new - timedelta(days=7))


def test_a_session_that_is_near_is_cancelled_and_not_moved() -> None:
    near = scene(MARCH_2 - timedelta(days=1)).now
    with pytest.raises(Refused, match="too_late_to_move"):
        by(agreed(), ASKER, orders.AskMove(session=1, time=time(MARCH_2 + timedelta(days=9))), now=near)
    cancelled = by(agreed(), ASKER, orders.Cancel(reason=CancelReason.GROUP_AWAY), now=near)
    assert (cancelled.state, cancelled.not_held, cancelled.short_notice) == (
        *(S.NOT_HELD, NotHeld.CANCELLED_BY_ASKER, True),
    )


def test_a_unit_that_gives_back_does_not_end_it_but_the_next_one_is_asked_for_the_same_times() -> None:
    request = agreed(a_request(times=fortnightly(2)))
    with pytest.raises(Refused, match="text_needed"):
        by(request, UNIT_WORKER, orders.GiveBack(reason=GiveBackReason.OTHER))
    given = by(request, UNIT_WORKER, orders.GiveBack(reason=GiveBackReason.SPEAKER_ILL))
    assert (given.snapshot().to_be_routed, given.wish.times, given.short_notice) == (True, fortnightly(2), False)
    assert (given.asked, {each.status for each in given.sessions}) == ((BKKBN_KAB_UNIT,), {SessionStatus.CANCELLED})


def test_the_units_side_may_not_cancel_all_that_there_was() -> None:
    one = orders.CancelSession(session=1, reason=CancelReason.SPEAKER_ILL)
    with pytest.raises(Refused, match="give_back_instead"):
        by(agreed(), UNIT_WORKER, one)
    assert by(agreed(a_request(times=fortnightly(2))), UNIT_WORKER, one).state is S.AGREED


def test_a_speaker_who_leaves_leaves_the_times_and_a_unit_that_names_nobody_loses_it_to_the_next() -> None:
    left = act_by_system(agreed(), SpeakerAction.SPEAKER_LEFT, scene()).after
    assert (left.state, left.speaker, left.sessions[0].status) == (S.AGREED, None, SessionStatus.AGREED)
    named = by(left, UNIT_WORKER, orders.ChangeSpeaker(speaker=SPEAKER))
    assert C.REPLACE not in named.clocks
    assert until(left, "expired")[0].after.snapshot().to_be_routed


def test_a_counter_proposal_is_agreed_to_by_the_unit() -> None:
    later = MARCH_2 + timedelta(days=2)
    counter = orders.Counter(when=orders.Wanted(times=(time(later), time(later + timedelta(days=1)))))
    countered = by(proposed(), ASKER, counter)
    assert (countered.state, bookings(countered)) == (S.COUNTERED, frozenset())
    both = by(countered, UNIT_WORKER, orders.Agree(choice=1))
    assert (both.state, both.sessions[0].starts_at) == (S.AGREED, later + timedelta(days=1))


def test_a_report_that_nobody_came_ends_it_with_that_reason() -> None:
    over = until(agreed(), "session_over")[0].after
    missed = by(over, ASKER, orders.Report(session=1, reason=MissReason.NOBODY_CAME), now=MARCH_2 + timedelta(days=1))
    assert (missed.state, missed.snapshot().reason) == (S.NOT_HELD, "nobody_came")


def test_who_asked_withdraws_a_request_that_was_a_mistake() -> None:
    gone = by(proposed(), ASKER, orders.Withdraw(reason=WithdrawReason.ENTERED_IN_ERROR))
    assert (gone.state, gone.not_held, bookings(gone)) == (S.NOT_HELD, NotHeld.ENTERED_IN_ERROR, frozenset())


def test_a_series_is_proposed_whole_and_sessions_do_not_overlap() -> None:
    request = offered(a_request(times=fortnightly(3)))
    four = tuple(time(MARCH_2 + timedelta(days=day)) for day in range(4))
    with pytest.raises(Refused, match="too_many_sessions"):
        by(request, UNIT_WORKER, orders.Propose(speaker=SPEAKER, times=four))
    twice = (time(MARCH_2), time(MARCH_2 + timedelta(hours=1)))
    with pytest.raises(Refused, match="times_overlap"):
        by(request, UNIT_WORKER, orders.Propose(speaker=SPEAKER, times=twice))
    assert len(by(request, UNIT_WORKER, orders.Propose(speaker=SPEAKER)).sessions) == 3


def test_a_ladder_that_nobody_answers_climbs_faster_as_the_day_comes_near() -> None:
    proposal = proposed(a_request(times=(period(MONDAY_10 + timedelta(days=24)),)))
    _, steps = until(proposal, "dates_passed", most=200)
    told = [(at(step), step.after.priority) for step in steps if step.clock is C.ANSWER and step.mark is Mark.REPEAT]
    assert [priority for _, priority in told[:1]] + [told[-1][1]] == [Priority.HIGH, Priority.URGENT]
    waits = [later - earlier for (earlier, _), (later, _) in pairwise(told) if earlier and later]
    assert waits[-1] == timedelta(hours=24) < waits[0]


def test_what_has_begun_is_reported_on_and_neither_cancelled_nor_given_back() -> None:
    request, now = agreed(a_request(times=fortnightly(2))), MARCH_2 + timedelta(minutes=5)
    with pytest.raises(Refused, match="under_way"):
        by(request, UNIT_WORKER, orders.GiveBack(reason=GiveBackReason.SPEAKER_ILL), now=now)
    with pytest.raises(Refused, match="no_such_session"):
        by(request, ASKER, orders.CancelSession(session=1, reason=CancelReason.NO_ROOM), now=now)
    rest = by(request, ASKER, orders.Cancel(reason=CancelReason.NO_ROOM), now=now)
    assert [each.status for each in rest.sessions] == [SessionStatus.AGREED, SessionStatus.CANCELLED]


def test_a_unit_that_was_asked_hears_that_it_is_off_although_the_request_does_not_name_it_any_more() -> None:
    for request, told in ((proposed(), (Recipient(unit=BKKBN_KAB_UNIT),)), (a_request(), ())):
        order = orders.Withdraw(reason=WithdrawReason.NO_LONGER_NEEDED)
        step = act(request, order, ASKER, scene(), expected_version=request.acted_version)
        assert (step.after.unit_to, step.told) == (None, told)
