"""What an operator puts right in the record: done now, by name and with a reason, and never over somebody's head."""

from typing import Any
from uuid import UUID, uuid4

from services.contracts.codes import ClockName, Level, ParkReason, Role, Service
from services.contracts.ids import ReferralId, RegionCode
from services.contracts.lifecycle import State
from services.kit.auth import Caller
from services.kit.idempotency import CommandKey
from services.referral import operations, orders, repairs
from services.referral.operations import Wanted
from services.referral.operations_views import OperatedView, Repair, RepairOrder, RepairPlan
from tests.unit.scenes import BKKBN_KAB_UNIT, OPERATOR, PKB, PKB_UNIT, TKSK
from tests.workflow.clocked import Clocked

assert OPERATOR.officer
assert OPERATOR.agency
assert OPERATOR.unit
AREA = RegionCode("35")
CALLER = Caller(
    OPERATOR.officer, OPERATOR.staff_no, OPERATOR.agency, OPERATOR.unit, Level.PROVINSI, Role.OPERATOR, AREA
)  # fmt: skip
WHY = "Kantornya kebanjiran."


async def _repaired(play: Clocked, repair: Repair, *seen: tuple[ReferralId, int], key: Any = None) -> list[Any]:
    chosen = [{"id": each, "version": version} for each, version in seen]
    order = RepairOrder.model_validate({"repair": repair, "text": WHY, "referrals": chosen})
    await play.tick()
    command = CommandKey(CALLER.officer, key or uuid4(), b"body")
    done = await repairs.repair_all(play.record, order, command, OPERATOR)
    for each in (each for each in done if each["result"] == "applied"):
        await play.signal((await play.now(ReferralId(UUID(str(each["id"]))))).snapshot())
    return [(each["result"], each["refused"]) for each in done]


async def _seen(play: Clocked, referral: ReferralId) -> tuple[ReferralId, int]:
    return referral, (await play.now(referral)).version


async def _shown(play: Clocked, referral: ReferralId) -> OperatedView:
    await play.tick()
    return OperatedView.model_validate(await operations.operated(play.record, referral, CALLER))


async def test_a_mark_that_an_operator_fires_is_told_now_and_the_next_one_comes_at_its_own_time(play: Clocked) -> None:
    referral = await play.submitted()
    before = await play.now(referral)
    planned = await repairs.plan(play.record, RepairPlan(repair=Repair.FIRE_MARK, referrals=[referral]), OPERATOR)
    assert [(each["fact"], each["mark"], each["tells"]) for each in planned["referrals"]] == [
        ("reminded", "half", [{"unit": PKB_UNIT, "role": None}])
    ]
    assert await play.now(referral) == before, "looking changes nothing"
    assert await _repaired(play, Repair.FIRE_MARK, await _seen(play, referral)) == [("applied", None)]
    assert (await play.story(referral))[-1] == ("reminded", "half", [f"{PKB_UNIT}/everybody"])
    after = await play.now(referral)
    assert after.acted_version == before.acted_version, "nobody's open form is stale"
    assert after.next_mark
    assert before.clocks[ClockName.ACKNOWLEDGE].due_at == after.clocks[ClockName.ACKNOWLEDGE].due_at
    await play.sleep(days=1)
    assert [mark for _, mark, _ in await play.story(referral)].count("half") == 1, "it is not told twice"
    shown = await _shown(play, referral)
    assert [(each.fact, each.mark, each.staff_no, each.text) for each in shown.repairs] == [
        ("reminded", "half", OPERATOR.staff_no, WHY)
    ]


async def test_the_end_of_a_ladder_can_be_brought_about_before_its_time(play: Clocked) -> None:
    referral = await play.submitted()
    for _ in range(10):
        if (await play.now(referral)).attempt == 2:
            break
        await _repaired(play, Repair.FIRE_MARK, await _seen(play, referral))
        await play.until(referral, lambda each: not each.snapshot().to_be_routed)
    asked = await play.now(referral)
    assert (asked.unit_to, asked.state) == (BKKBN_KAB_UNIT, State.OFFERED)
    assert "expired" in await play.facts(referral)


async def test_a_referral_that_is_sent_on_is_offered_to_the_next_unit_and_both_units_hear_of_it(play: Clocked) -> None:
    referral = await play.submitted()
    await play.acts(referral, PKB, orders.Claim())
    assert await _repaired(play, Repair.SEND_ON, await _seen(play, referral)) == [("applied", None)]
    sent_on = next(told for fact, _, told in await play.story(referral) if fact == "sent_on")
    assert sent_on == ["dinsos-35.15.08/everybody", f"{PKB_UNIT}/everybody"]
    offered = await play.until(referral, lambda each: each.state is State.OFFERED)
    assert offered.unit_to == BKKBN_KAB_UNIT


async def test_whoever_acted_meanwhile_wins_and_the_same_order_twice_is_one(play: Clocked) -> None:
    first, second = await play.submitted(), await play.submitted()
    seen = [await _seen(play, each) for each in (first, second)]
    await play.acts(first, PKB, orders.Claim())
    key = uuid4()
    once = await _repaired(play, Repair.SEND_ON, *seen, key=key)
    assert once == [("stale", None), ("applied", None)]
    assert await _repaired(play, Repair.SEND_ON, *seen, key=key) == once
    assert (await play.facts(second)).count("sent_on") == 1


async def test_the_system_looks_again_only_where_it_had_found_nobody(play: Clocked) -> None:
    referral, unlucky = await play.submitted(Service.KIE), await play.submitted(Service.KIE)
    await play.acts(referral, PKB, orders.Decline(reason="waitlist"))
    assert await _repaired(play, Repair.ROUTE_AGAIN, await _seen(play, referral)) == [
        ("refused", "referral.not_for_the_system")
    ], "a supervisor decides about a waiting list"
    for _ in range(3):
        await play.until(unlucky, lambda each: each.state is State.OFFERED)
        await _repaired(play, Repair.SEND_ON, await _seen(play, unlucky))
    parked = await play.until(unlucky, lambda each: each.progress.parked is not None)
    assert parked.progress.parked in {ParkReason.NO_UNIT, ParkReason.ATTEMPTS_USED}
    assert await _repaired(play, Repair.ROUTE_AGAIN, await _seen(play, unlucky)) == [("applied", None)]
    assert (await play.facts(unlucky)).count("routed_again") == 1
    unasked = await play.submitted(Service.KIE)
    assert await _repaired(play, Repair.FIRE_MARK, (ReferralId(uuid4()), 1), await _seen(play, unasked)) == [
        ("refused", "referral.not_found"), ("applied", None),
    ]  # fmt: skip
    refused = (await _shown(play, referral)).refused
    assert [(each.action, each.code) for each in refused] == [("route_again", "referral.not_for_the_system")]


async def test_an_operator_finds_referrals_by_state_unit_area_and_lateness_and_sees_no_family(play: Clocked) -> None:
    referral = await play.submitted()
    number = (await play.now(referral)).number

    async def found(**wanted: Any) -> bool:
        await play.tick()
        page = await operations.found(play.record, Wanted(**wanted), after=None, limit=200)
        return number in [each["number"] for each in page["referrals"]]

    assert await found(number=number)
    assert await found(state=State.OFFERED, unit=PKB_UNIT, region="35.15.08", service="TPK-DAMPING")
    assert not await found(state=State.TRIAGE)
    assert not await found(region="35.16")
    assert not await found(late=True)
    await play.sleep(days=8)
    assert await found(late=True, unit=(await play.now(referral)).unit_to) or await found()
    shown = await _shown(play, referral)
    assert "family" not in type(shown).model_fields
    assert shown.armed
    assert shown.armed.tells
    await play.acts(referral, TKSK, orders.Recall(text="Sudah dibantu."))
    assert not await found()
    assert await found(number=number)


async def test_pages_of_the_list_follow_each_other_without_a_gap(play: Clocked) -> None:
    for _ in range(3):
        await play.submitted()
    await play.tick()
    whole = await operations.found(play.record, Wanted(), after=None, limit=200)
    pages, after = [], None
    while True:
        page = await operations.found(play.record, Wanted(), after=after, limit=2)
        pages += [each["id"] for each in page["referrals"]]
        after = page["next"]
        if after is None or len(pages) >= 200:
            break
    assert pages[:200] == [each["id"] for each in whole["referrals"]][: len(pages)]
