"""An offer's clocks under the real policy, over weeks of skipped time."""

from services.contracts.codes import Priority, Service
from services.contracts.lifecycle import State
from services.referral import orders
from tests.unit.scenes import BKKBN_KAB, PKB
from tests.workflow.clocked import Clocked


async def test_an_unanswered_offer_is_reminded_twice_told_up_the_ladder_and_expires_to_the_next_unit(
    play: Clocked,
) -> None:
    referral = await play.submitted()
    assert (await play.now(referral)).unit_to == "bkkbn-35.15.08"
    await play.sleep(days=14)
    story = await play.story(referral)
    assert [fact for fact, _, _ in story[:9]] == [
        *("created", "submitted", "offered", "reminded", "reminded", "escalated", "escalated", "escalated", "expired"),
    ]
    assert [mark for _, mark, _ in story[3:9]] == ["half", "most", "due", "rung_2", "rung_3", "end"]
    assert [told for _, _, told in story[3:8]] == [
        ["bkkbn-35.15.08/everybody"],
        ["bkkbn-35.15.08/everybody"],
        ["bkkbn-35.15.08/supervisor"],
        ["bkkbn-35.15/coordinator"],
        ["bkkbn-35/coordinator"],
    ]
    second = await play.now(referral)
    assert (second.attempt, second.unit_to) >= (2, "bkkbn-35.15")


async def test_a_unit_that_answers_in_time_hears_no_more_of_the_offer(play: Clocked) -> None:
    referral = await play.submitted()
    await play.acts(referral, PKB, orders.Claim())
    await play.acts(referral, PKB, orders.Accept())
    await play.sleep(days=3)
    assert "reminded" not in await play.facts(referral)


async def test_after_three_silent_units_a_person_decides(play: Clocked) -> None:
    referral = await play.submitted()
    await play.sleep(days=60)
    now = await play.now(referral)
    assert now.state is State.REROUTING
    assert now.progress.parked is not None
    facts = await play.facts(referral)
    assert facts.count("expired") == 3
    assert facts[-1] == "escalated", "the sending side is told again and again until somebody decides"


async def test_an_urgent_offer_runs_day_and_night(play: Clocked) -> None:
    referral = await play.submitted(priority=Priority.URGENT)
    await play.sleep(hours=8)
    assert "expired" in await play.facts(referral)


async def test_the_kabkota_answers_after_the_kecamatan_declined(play: Clocked) -> None:
    referral = await play.submitted(Service.KIE)
    await play.acts(referral, PKB, orders.Claim())
    await play.acts(referral, PKB, orders.Decline(reason="wrong_service"))
    await play.until(referral, lambda now: now.state is State.OFFERED)
    await play.acts(referral, BKKBN_KAB, orders.Claim())
    assert (await play.now(referral)).state is State.RECEIVED
