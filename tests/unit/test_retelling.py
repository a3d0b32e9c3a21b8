"""A story told again: under its own policy it is what it was; under another one only the clocks differ."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.codes import ClockName, LegalBasis, Mark, Priority, WaysPart
from services.contracts.refusals import Refused
from services.referral import clocks, orders, policy
from services.referral.actors import SYSTEM
from services.referral.clock_rules import Scene
from services.referral.clocks import Status
from services.referral.policy import Policy
from services.referral.retelling import MOST_MARKS, Reached, Retold, retell
from services.referral.transition import fire
from services.referral.whose_move import waits_for
from services.referral.worktime import Span
from tests.unit.scenes import BKKBN_KAB, BKKBN_KAB_UNIT, MONDAY_10, OPERATOR, PKB, TKSK_SUPERVISOR, scene
from tests.unit.told import WAY, Written, on_its_way
from tests.unit.walks import PAUSES, step

C, M = ClockName, Mark
STANDARD = policy.load("standard-1")
KINDS = st.sampled_from(["press"] * 8 + ["offer"] * 2 + ["stop"])


def under(rows: dict[str, str], **changes: int) -> Scene:
    """Return a scene whose policy is the standard one but for *rows*."""
    other = {name: dict.fromkeys(Priority, Span.parse(text)) for name, text in rows.items()}
    return replace(scene(), policy=Policy("other-1", changes.get("attempts", 3), {**STANDARD.rows, **other}))


def plain(marks: tuple[Reached, ...]) -> list[tuple[ClockName, Mark, datetime]]:
    return [(mark.clock, mark.mark, mark.at) for mark in marks]


def tell(told: Written, setting: Scene | None = None) -> Retold:
    return retell(told.story, setting or scene(), until=told.now, own=setting is None)


@settings(max_examples=400, deadline=None)
@given(
    data=st.data(),
    steps=st.integers(1, len(WAY)),
    length=st.integers(1, 25),
    priority=st.sampled_from(Priority),
    basis=st.sampled_from(LegalBasis),
)
def test_under_its_own_policy_every_story_has_the_marks_and_the_clocks_that_it_really_had(
    data: st.DataObject, steps: int, length: int, priority: Priority, basis: LegalBasis
) -> None:
    told = on_its_way(steps, priority=priority, basis=basis, has_consent=True)
    for _ in range(length):
        told.wait(seconds=data.draw(st.sampled_from(PAUSES)).total_seconds())
        _step(data, told)
    told.wait(days=2)
    retold = tell(told)
    if sum(clock is not C.REVIEW for clock, *_ in told.marks) > MOST_MARKS:  # urgent, and nobody acts for months
        assert retold.parted is not None
        assert retold.parted.why is WaysPart.TOO_MANY
        return
    assert retold.parted is None
    assert sorted(plain(retold.marks), key=str) == sorted(told.marks, key=str)
    assert retold.last.state is told.referral.state
    assert next((turn.unit for turn in retold.turns[-1:] if turn.ends is None), None) == _whose_move(told)
    assert _armed(retold.last.clocks) == _armed(told.referral.clocks)
    given_by_hand = retell(told.story, scene(), until=told.now)
    assert given_by_hand.marks == retold.marks, "the policy that it has anyhow is no other one"


def _step(data: st.DataObject, told: Written) -> None:
    kind = data.draw(KINDS)
    try:
        taken = step(data, told.referral, scene(told.now), kind)
    except Refused:
        return
    if taken is not None and taken.after.policy_version == taken.before.policy_version:
        told.write(taken, PKB if kind == "press" else SYSTEM)


def _whose_move(told: Written) -> object:
    return waits_for(told.referral) if told.referral.live else None


def _armed(book: object) -> object:
    assert isinstance(book, dict)
    return {
        name: (clock.due_at, clock.next_mark, clock.next_mark_at)
        for name, clock in book.items()
        if name is not C.REVIEW and clock.status is not Status.STOPPED
    }


def test_a_shorter_time_reminds_and_is_due_earlier_and_leaves_what_people_did_where_it_was() -> None:
    told = on_its_way(2).wait(days=1).by(PKB, orders.Claim()).wait(hours=1)
    assert plain(tell(told).marks) == [(C.ACKNOWLEDGE, M.HALF, told.lines[3].at)]
    shorter = tell(told, under({"acknowledge": "4 ch"}))
    assert plain(shorter.marks)[:3] == [
        (C.ACKNOWLEDGE, M.HALF, MONDAY_10 + timedelta(hours=2)),
        (C.ACKNOWLEDGE, M.MOST, MONDAY_10 + timedelta(hours=3.2)),
        (C.ACKNOWLEDGE, M.DUE, MONDAY_10 + timedelta(hours=4)),
    ]
    assert shorter.parted is None
    assert shorter.last.state == "received"


def test_where_the_other_policy_would_have_ended_it_before_somebody_acted_the_story_is_followed_no_further() -> None:
    told = on_its_way(2).wait(days=2).by(PKB, orders.Claim()).by(PKB, orders.Accept()).wait(days=30)
    retold = tell(told, under({"acknowledge": "4 ch", "rung": "1 ch"}))
    assert retold.parted is not None
    assert (retold.parted.why, retold.parted.clock) == (WaysPart.ENDED, C.ACKNOWLEDGE)
    assert retold.parted.at == MONDAY_10 + timedelta(hours=7), "due after four hours, three rungs of an hour each"
    assert max(mark.at for mark in retold.marks) <= retold.parted.at
    assert {mark.clock for mark in retold.marks} == {C.ACKNOWLEDGE}
    assert retold.turns[-1].ends == retold.parted.at


def test_an_offer_that_really_expired_expires_earlier_and_the_next_unit_is_asked_as_much_earlier() -> None:
    told = on_its_way(2).until("expired").wait(minutes=1).offered(BKKBN_KAB_UNIT)
    told.wait(days=1).by(BKKBN_KAB, orders.Claim()).wait(hours=1)
    retold = tell(told, under({"acknowledge": "4 ch", "rung": "1 ch"}))
    second = [mark for mark in retold.marks if mark.unit == BKKBN_KAB_UNIT]
    assert retold.parted is not None
    assert retold.parted.why is WaysPart.ENDED, "the second unit would have lost it as well before it acted"
    assert second[0].at - (MONDAY_10 + timedelta(hours=7)) < timedelta(hours=3)


def test_where_the_clock_would_not_have_ended_yet_when_the_next_person_acted_the_ways_part() -> None:
    told = on_its_way(2).until("expired").wait(minutes=1).offered(BKKBN_KAB_UNIT)
    told.wait(hours=1).by(BKKBN_KAB, orders.Claim()).wait(days=9)
    claimed = next(line.at for line in told.lines if line.fact == "claimed")
    retold = tell(told, under({"acknowledge": "30 wd"}))
    assert retold.parted is not None
    assert (retold.parted.why, retold.parted.at) == (WaysPart.LASTED, claimed)


def test_what_really_happened_late_is_told_on_time() -> None:
    told = on_its_way(2)
    told.late = timedelta(minutes=10)
    told.wait(days=3)
    assert [at - timedelta(minutes=10) for _, _, at in told.marks[:2]] == [mark.at for mark in tell(told).marks[:2]]


def test_where_the_other_policy_has_the_system_ask_fewer_units_the_ways_part_at_the_end_of_the_last() -> None:
    told = on_its_way(2).wait(hours=1).by(PKB, orders.Decline(reason="no_capacity"))
    declined = told.now
    told.wait(minutes=1).offered(BKKBN_KAB_UNIT).wait(days=1)
    assert tell(told).parted is None
    parted = tell(told, under({}, attempts=1)).parted
    assert parted is not None
    assert (parted.why, parted.at) == (WaysPart.ASKED_ON, declined)


def test_a_request_to_void_that_would_have_lapsed_later_changes_nothing_else() -> None:
    void = orders.RequestVoid(reason="wrong_family")
    told = on_its_way(4).wait(hours=1).by(TKSK_SUPERVISOR, void).wait(days=10).by(PKB, orders.Note(text="Datang."))
    told.wait(days=10)
    longer, shorter = tell(told, under({"void": "10 wd"})), tell(told, under({"void": "1 wd"}))
    assert longer.parted is shorter.parted is None
    lapsed = [next(mark.at for mark in each.marks if mark.mark is M.END) for each in (shorter, tell(told), longer)]
    assert lapsed == sorted(set(lapsed))


def test_a_request_to_void_that_was_approved_after_it_would_have_lapsed_parts_the_ways() -> None:
    void = orders.RequestVoid(reason="wrong_family")
    told = on_its_way(4).wait(hours=1).by(TKSK_SUPERVISOR, void).wait(days=3).by(OPERATOR, orders.ApproveVoid())
    parted = tell(told, under({"void": "1 ch"})).parted
    assert parted is not None
    assert (parted.why, parted.clock) == (WaysPart.ENDED, C.VOID)


def test_a_review_date_is_a_persons_choice_and_no_policy_moves_it() -> None:
    hold = orders.Hold(reason="family_away", review_on=(MONDAY_10 + timedelta(days=20)).date())
    told = on_its_way(5).wait(days=1).by(PKB, hold).wait(days=25)
    reviews = [mark for mark in told.marks if mark[0] is C.REVIEW]
    assert [mark for _, mark, _ in reviews] == [M.MOST, M.END]
    retold = tell(told, under({"review": "1 cd", "progress": "60 cd"}))
    assert [mark for mark in plain(retold.marks) if mark[0] is C.REVIEW] == reviews
    assert retold.parted is None


def test_a_referral_that_was_moved_is_told_under_each_policy_as_long_as_it_had_it() -> None:
    move = orders.MovePolicy(policy="demo-seconds-1", text="Percobaan.")
    told = on_its_way(2).wait(hours=1).by(OPERATOR, move).wait(seconds=11)
    assert [mark for _, mark, _ in told.marks] == [M.DUE, M.RUNG_2, M.RUNG_3]
    assert plain(tell(told).marks) == told.marks
    assert tell(told, scene()).marks == (), "under the first policy alone nothing would have been told yet"


def test_a_policy_that_repeats_every_second_is_not_followed_for_ever() -> None:
    told = on_its_way(4).wait(days=120)
    retold = tell(told, under({"contact": "1 cs", "rung": "1 cs", "repeat": "1 cs"}))
    assert retold.parted is not None
    assert retold.parted.why is WaysPart.TOO_MANY
    assert len(retold.marks) == MOST_MARKS


def test_an_end_that_an_operator_brought_about_keeps_its_moment_under_any_policy() -> None:
    told = on_its_way(2).wait(hours=1)
    while told.lines[-1].fact != "expired":
        mark, here = told.referral.next_mark, scene(told.now)
        assert mark is not None
        due = clocks.due_first(told.referral.clocks[mark.clock], told.now, here.timing(mark.clock, told.referral))
        assert due is not None
        told.write(fire(told.referral, mark.clock, due, here, early=True), OPERATOR)
    pushed = [line.mark for line in told.lines if line.officer == OPERATOR.officer]
    assert pushed == [M.HALF, M.MOST, M.DUE, M.RUNG_2, M.RUNG_3, M.END], "no rung is skipped, none is told twice"
    told.wait(minutes=1).offered(BKKBN_KAB_UNIT).wait(hours=1)
    for setting in (None, under({"acknowledge": "30 wd"})):
        retold = tell(told, setting)
        assert retold.parted is None
        assert retold.last.unit_to == BKKBN_KAB_UNIT
