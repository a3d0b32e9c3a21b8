"""A referral that is moved to another policy, on skipped time: its workflow waits for the new moment and no other."""

from datetime import timedelta

from services.contracts.codes import ClockName
from services.contracts.ids import ReferralId
from services.referral import orders
from tests.unit.scenes import OPERATOR, PKB
from tests.workflow.clocked import STANDARD, Clocked

QUICK = "demo-seconds-1"
SPREAD = timedelta(seconds=60)
"""How much later than its moment a mark may be told."""


def to(policy: str) -> orders.MovePolicy:
    return orders.MovePolicy(policy=policy, text="Uji coba.")


async def _accepted(play: Clocked) -> ReferralId:
    referral = await play.submitted()
    await play.acts(referral, PKB, orders.Claim())
    await play.acts(referral, PKB, orders.Accept())
    return referral


async def _marks(play: Clocked, referral: ReferralId) -> list[str | None]:
    return [mark for fact, mark, _ in await play.story(referral) if fact in {"reminded", "escalated"}]


async def test_a_moved_clock_fires_at_its_new_moment_counted_from_its_start(play: Clocked) -> None:
    referral = await _accepted(play)
    begun = (await play.now(referral)).clocks[ClockName.CONTACT].since
    await play.sleep(seconds=60)
    moved = await play.acts(referral, OPERATOR, to(QUICK))
    assert moved.next_mark is not None
    assert moved.next_mark.at == begun + timedelta(seconds=450), "half of 900 s from the start, not from the move"
    await play.sleep(seconds=840)
    assert await _marks(play, referral) == ["half", "most"]
    due = await play.until(referral, lambda each: each.clocks[ClockName.CONTACT].rung == 1, seconds=120)
    told_at = due.clocks[ClockName.CONTACT].fired_at
    assert told_at is not None
    assert timedelta(seconds=900) <= told_at - begun <= timedelta(seconds=900) + SPREAD


async def test_marks_that_lie_in_the_past_by_the_new_times_are_one_late_mark_and_no_rung_is_skipped(
    play: Clocked,
) -> None:
    referral = await _accepted(play)
    await play.sleep(days=1)
    assert await _marks(play, referral) == []
    await play.acts(referral, OPERATOR, to(QUICK))
    contact = await play.until(referral, lambda each: each.clocks[ClockName.CONTACT].rung == 2)
    assert contact.policy_version == QUICK
    story = await play.story(referral)
    of_the_move = [fact for fact, _, _ in story].index("policy_moved")
    assert [mark for _, mark, _ in story[of_the_move + 1 :] if mark in {"half", "most"}] == []
    assert [mark for _, mark, _ in story[of_the_move + 1 :]][:2] in (["due", "due"], ["due", "rung_2"])


async def test_a_longer_time_calms_a_clock_that_was_late_and_it_is_due_again_by_the_new_time(play: Clocked) -> None:
    referral = await _accepted(play)
    await play.acts(referral, OPERATOR, to(QUICK))
    await play.until(referral, lambda each: each.clocks[ClockName.CONTACT].rung == 2, seconds=1200)
    calm = await play.acts(referral, OPERATOR, to(STANDARD))
    before = await _marks(play, referral)
    await play.sleep(days=2)
    assert await _marks(play, referral) == before, "by the standard policy nothing is to be told for a week"
    assert calm.next_mark is not None
    await play.sleep(days=30)
    assert (await play.now(referral)).clocks[ClockName.CONTACT].rung >= 1


async def test_the_line_of_a_move_says_who_moved_it_from_which_policy_to_which_and_why(play: Clocked) -> None:
    referral = await play.submitted()
    moved = await play.acts(referral, OPERATOR, to(QUICK))
    async with play.record.database.read() as tx:
        query = "SELECT * FROM timeline WHERE referral = %(id)s AND version = %(version)s"
        line = (await tx.exec_driver_sql(query, {"id": referral, "version": moved.version})).one()
    assert (line.fact, line.officer, line.unit) == ("policy_moved", OPERATOR.officer, OPERATOR.unit)
    assert (line.policy_from, line.policy_to) == (STANDARD, QUICK)
    said = play.record.keyring.open(line.sealed, belongs_to=f"timeline/{referral}/{moved.version}")
    assert said == {"text": "Uji coba."}
