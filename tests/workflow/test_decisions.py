"""What waits for those who lead stands in their queue, when the clock says so as well."""

from services.contracts.ids import ReferralId
from services.kit.auth import Caller
from services.referral import orders, queues
from services.referral.actors import Actor
from services.referral.queues import QueueName
from tests.unit.scenes import BKKBN_COORDINATOR, DINSOS_COORDINATOR, PKB, PKB_SUPERVISOR, TKSK
from tests.workflow.clocked import Clocked


def _caller(who: Actor) -> Caller:
    return Caller(who.officer, who.staff_no, who.agency, who.unit, who.level, who.role, who.region)  # type: ignore[arg-type]


async def _waits(play: Clocked, who: Actor, referral: ReferralId) -> bool:
    wanted = queues.Wanted()
    found = await queues.page(play.record, QueueName.DECISIONS, _caller(who), wanted, after=None, limit=200)
    return referral in {each["id"] for each in found["referrals"]}


async def test_a_recall_that_is_not_answered_comes_to_the_coordinator_of_the_receiving_side(play: Clocked) -> None:
    referral = await play.submitted()
    for order in (orders.Claim(), orders.Accept()):
        await play.acts(referral, PKB, order)
    await play.acts(referral, TKSK, orders.Recall(text="Pindah."))
    assert not await _waits(play, BKKBN_COORDINATOR, referral), "the unit has two days to answer"
    await play.sleep(days=9)
    assert await _waits(play, BKKBN_COORDINATOR, referral)
    assert not await _waits(play, DINSOS_COORDINATOR, referral)
    assert not await _waits(play, PKB_SUPERVISOR, referral), "it is answered from the unit's own queue"
    counted = (await queues.counts(play.record, _caller(BKKBN_COORDINATOR)))["counts"]
    assert counted[QueueName.DECISIONS] >= 1
    await play.acts(referral, BKKBN_COORDINATOR, orders.ConfirmCancel())
    assert not await _waits(play, BKKBN_COORDINATOR, referral)
