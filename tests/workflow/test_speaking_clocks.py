"""Every clock of a request for a speaker under the real policy, over weeks of skipped time."""

from datetime import timedelta

import pytest

from services.contracts.codes import Priority
from services.contracts.speaking.codes import (
    CancelReason,
    GiveBackReason,
    NotHeld,
    SpeakerClock,
    SpeakerDeclineReason,
    SpeakerParkReason,
    WithdrawReason,
)
from services.contracts.speaking.lifecycle import SpeakerState
from services.referral.speaking import orders
from services.referral.speaking.handlers import speaker_gone
from tests.unit.scenes import BKKBN_KAB, TKSK
from tests.unit.scenes import officer as officer_of
from tests.workflow.clocked import Clocked
from tests.workflow.speaking import Asking

PROVINCE = officer_of("bkkbn-35")
UNIT, ABOVE, ASKER = "bkkbn-35.15", "bkkbn-35", "dinsos-35.15.08"


@pytest.fixture
async def asking(play: Clocked) -> Asking:
    return await Asking.beginning(play)


async def test_a_silent_unit_is_reminded_told_up_the_ladder_and_the_province_is_asked(asking: Asking) -> None:
    request = await asking.asked()
    assert (await asking.now(request)).unit_to == UNIT
    await asking.play.sleep(days=9)
    story = await asking.story(request)
    assert [fact for fact, _, _ in story[:8]] == [
        *("requested", "offered", "reminded", "reminded", "escalated", "escalated", "expired", "offered"),
    ]
    assert [told for _, _, told in story[2:7]] == [
        *([f"{UNIT}/everybody"], [f"{UNIT}/everybody"], [f"{UNIT}/supervisor"], [f"{ABOVE}/coordinator"]),
        [f"{ASKER}/everybody", f"{UNIT}/everybody"],
    ]
    assert (await asking.now(request)).unit_to == ABOVE


async def test_after_the_last_silent_unit_who_asks_decides_and_is_told_again_and_again(asking: Asking) -> None:
    request = await asking.asked(asking.in_days(120))
    await asking.play.sleep(days=50)
    now = await asking.now(request)
    assert (now.state, now.parked) == (SpeakerState.SEEKING, SpeakerParkReason.NO_UNIT)
    told = [told for _, clock, told in await asking.story(request) if clock.startswith("seek ")]
    assert len(told) > 4, "silence ends no open request"
    assert told[-1] == ["dinsos-35/coordinator"]


async def test_near_its_date_it_climbs_faster_and_leaders_hear_that_there_is_no_speaker(asking: Asking) -> None:
    request = await asking.asked(asking.in_days(5))
    assert (await asking.now(request)).priority is Priority.URGENT
    await asking.play.sleep(hours=12)
    assert "expired" in await asking.facts(request)
    await asking.play.sleep(days=3)
    dates = [told for _, clock, told in await asking.story(request) if clock.startswith("dates ")]
    assert dates, "whoever leads hears before the day comes"


async def test_days_that_pass_without_an_agreement_leave_it_to_who_asks(asking: Asking) -> None:
    request = await asking.asked(asking.in_days(10))
    await asking.acts(request, BKKBN_KAB, orders.Propose(speaker=asking.speaker))
    await asking.play.sleep(days=11)
    now = await asking.now(request)
    assert (now.state, now.parked, now.speaker) == (SpeakerState.SEEKING, SpeakerParkReason.DATES_PASSED, None)
    again = orders.Change(when=orders.Wanted(times=(asking.in_days(40),)))
    await asking.acts(request, TKSK, again)
    offered = await asking.until(request, lambda now: now.state is SpeakerState.OFFERED)
    assert offered.unit_to == UNIT, "from the nearest unit on"


async def test_an_answer_that_does_not_come_is_asked_for_until_the_days_are_past(asking: Asking) -> None:
    request = await asking.asked()
    await asking.acts(request, BKKBN_KAB, orders.Propose(speaker=asking.speaker))
    await asking.play.sleep(days=20)
    assert (await asking.now(request)).state is SpeakerState.PROPOSED
    told = [told for _, clock, told in await asking.story(request) if clock.startswith("answer ")]
    assert told[0] == [f"{ASKER}/everybody"]
    assert told[-1] == ["dinsos-35/coordinator"]


async def test_other_times_that_the_unit_does_not_answer_go_to_the_next_one(asking: Asking) -> None:
    request = await asking.asked()
    await asking.acts(request, BKKBN_KAB, orders.Propose(speaker=asking.speaker))
    await asking.acts(request, TKSK, orders.Counter(when=orders.Wanted(times=(asking.in_days(70),))))
    await asking.play.sleep(days=9)
    assert (await asking.facts(request)).count("expired") == 1
    assert (await asking.now(request)).unit_to == ABOVE


async def test_both_sides_and_the_speaker_are_reminded_a_week_and_a_day_before(asking: Asking) -> None:
    request = await asking.agreed(asking.in_days(30))
    session = (await asking.now(request)).sessions[0]
    for days, count in ((7, 1), (1, 2)):
        await asking.sleeps_until(session.starts_at - timedelta(days=days, hours=1))
        assert (await asking.facts(request)).count("announced") == count - 1
        await asking.sleeps_until(session.starts_at - timedelta(days=days))
        fact, _, told = (await asking.story(request))[-1]
        assert (fact, told) == ("announced", [f"{ASKER}/everybody", f"{UNIT}/everybody"])
    await asking.sleeps_until(session.ends_at)
    assert (await asking.now(request)).state is SpeakerState.REPORTING


async def test_a_session_agreed_after_other_times_were_asked_for_is_held_and_answered_by_the_speaker(
    asking: Asking,
) -> None:
    request = await asking.asked(asking.in_days(20))
    await asking.acts(request, BKKBN_KAB, orders.Propose(speaker=asking.speaker))
    await asking.acts(request, TKSK, orders.Counter(when=orders.Wanted(times=(asking.in_days(24),))))
    await asking.acts(request, BKKBN_KAB, orders.Agree())
    session = (await asking.now(request)).sessions[0]
    await asking.sleeps_until(session.ends_at)
    await asking.acts(request, TKSK, orders.Report(session=1, attendance={"15_19": 28}))
    await asking.acts(request, BKKBN_KAB, orders.Feedback(text="Peserta aktif."))
    facts = [fact for fact in await asking.facts(request) if fact not in {"reminded", "escalated"}]
    assert facts == [
        *("requested", "offered", "proposed", "countered", "agreed", "announced", "announced", "session_over"),
        *("reported", "feedback_given"),
    ]
    ended = await asking.now(request)
    assert (ended.state, ended.short_notice) == (SpeakerState.HELD, False)
    await asking.handle(request).result()


async def test_agreed_too_late_for_the_first_reminder_only_the_nearer_one_is_sent(asking: Asking) -> None:
    request = await asking.agreed(asking.in_days(4))
    await asking.play.sleep(days=5)
    assert [clock for _, clock, _ in await asking.story(request) if "before" in clock] == ["day_before end"]


async def test_a_report_that_does_not_come_is_asked_for_and_never_made_up(asking: Asking) -> None:
    request = await asking.agreed(asking.in_days(3))
    await asking.play.sleep(days=40)
    assert (await asking.now(request)).state is SpeakerState.REPORTING
    report = [told for _, clock, told in await asking.story(request) if clock.startswith("report ")]
    assert report[-1] == ["dinsos-35/coordinator"]


async def test_a_speaker_who_says_nothing_ends_it_all_the_same_as_held(asking: Asking) -> None:
    request = await asking.agreed(asking.in_days(3))
    await asking.play.sleep(days=4)
    await asking.acts(request, TKSK, orders.Report(session=1, attendance={"15_19": 28}))
    await asking.play.sleep(days=12)
    assert (await asking.now(request)).state is SpeakerState.HELD
    assert (await asking.facts(request))[-1] == "feedback_lapsed"
    await asking.handle(request).result()


async def test_a_move_that_nobody_answers_leaves_the_session_where_it_was(asking: Asking) -> None:
    request = await asking.agreed(asking.in_days(30))
    before = (await asking.now(request)).sessions
    await asking.acts(request, TKSK, orders.AskMove(session=1, time=asking.in_days(33)))
    await asking.play.sleep(days=6)
    now = await asking.now(request)
    assert (now.move, now.sessions) == (None, before)
    assert (await asking.facts(request))[-1] == "move_lapsed"


async def test_a_unit_that_names_nobody_for_a_speaker_who_left_loses_the_request(asking: Asking) -> None:
    request = await asking.agreed(asking.in_days(60))
    async with asking.play.record.database.begin() as tx:
        await speaker_gone(asking.play.record, tx, asking.speaker)
    await asking.acts(request, TKSK, orders.Change(note="Masih ditunggu."))  # the newest snapshot reaches the workflow
    assert SpeakerClock.REPLACE in (await asking.now(request)).clocks
    await asking.play.sleep(days=8)
    facts = await asking.facts(request)
    assert facts.index("speaker_left") < facts.index("expired")
    assert (await asking.now(request)).unit_to == ABOVE


async def test_each_session_of_a_series_is_waited_for_and_reported(asking: Asking) -> None:
    series = orders.Series(first=asking.in_days(10), every_days=14, times=3)
    request = await asking.agreed(series=series)
    for number, reported in ((1, SpeakerState.AGREED), (2, SpeakerState.AGREED), (3, SpeakerState.REPORTED)):
        session = (await asking.now(request)).session(number)
        assert session is not None
        await asking.sleeps_until(session.ends_at)
        after = await asking.acts(request, TKSK, orders.Report(session=number, attendance={"15_19": 20}))
        assert after.state is reported
    assert (await asking.facts(request)).count("announced") == 6


async def test_what_both_sides_give_up_ends_as_its_reason_says_and_nothing_waits_for_it(asking: Asking) -> None:
    withdrawn, cancelled = await asking.asked(asking.in_days(50)), await asking.agreed(asking.in_days(52))
    await asking.acts(withdrawn, TKSK, orders.Withdraw(reason=WithdrawReason.HELD_OTHERWISE))
    after = await asking.acts(cancelled, TKSK, orders.Cancel(reason=CancelReason.GROUP_AWAY))
    assert (after.not_held, after.short_notice) == (NotHeld.CANCELLED_BY_ASKER, False)
    for request in (withdrawn, cancelled):
        await asking.handle(request).result()


async def test_a_unit_that_declines_or_gives_back_is_followed_by_the_next(asking: Asking) -> None:
    request = await asking.asked(asking.in_days(55))
    await asking.acts(request, BKKBN_KAB, orders.Decline(reason=SpeakerDeclineReason.NO_SPEAKER))
    await asking.until(request, lambda now: now.unit_to == ABOVE)
    await asking.acts(request, PROVINCE, orders.Propose(speaker=asking.speaker))
    await asking.acts(request, TKSK, orders.Agree())
    await asking.acts(request, PROVINCE, orders.GiveBack(reason=GiveBackReason.SPEAKER_ILL))
    offered = await asking.until(request, lambda now: now.state is SpeakerState.OFFERED)
    assert offered.unit_to == UNIT, "who declined before is asked again for what was agreed"
