"""The scenarios whose histories are kept: what a run of the workflow can go through, each once."""

from collections.abc import Awaitable, Callable

from services.contracts.codes import Priority, Service
from services.contracts.ids import ReferralId
from services.contracts.wib import WIB
from services.referral import orders
from tests.unit.scenes import BKKBN_KAB, PKB, TKSK, TKSK_SUPERVISOR
from tests.workflow.clocked import Clocked

Scenario = Callable[[Clocked], Awaitable[ReferralId]]


async def served_without_a_reminder(play: Clocked) -> ReferralId:
    referral = await play.submitted()
    today = play.moment.at.astimezone(WIB).date()
    await play.acts(referral, PKB, orders.Claim())
    await play.acts(referral, PKB, orders.Accept())
    await play.acts(referral, PKB, orders.Contact(on=today))
    await play.acts(referral, PKB, orders.Report(outcome="served_full", on=today, provider="TPK"))
    await play.acts(referral, TKSK, orders.Confirm())
    await play.handle(referral).result()
    return referral


async def expired_and_answered_by_the_second_unit(play: Clocked) -> ReferralId:
    referral = await play.submitted()
    await play.sleep(days=10)
    await play.acts(referral, BKKBN_KAB, orders.Claim())
    await play.acts(referral, TKSK, orders.Recall(text="Sudah dibantu."))
    await play.handle(referral).result()
    return referral


async def urgent_and_nobody_answers(play: Clocked) -> ReferralId:
    referral = await play.submitted(priority=Priority.URGENT)
    await play.sleep(days=3)
    return referral


async def declined_and_parked(play: Clocked) -> ReferralId:
    referral = await play.submitted(Service.KIE)
    await play.acts(referral, PKB, orders.Decline(reason="waitlist"))
    await play.sleep(days=12)
    await play.acts(referral, TKSK_SUPERVISOR, orders.Close(reason="other", text="Tidak ada tempat."))
    await play.handle(referral).result()
    return referral


async def returned_as_a_draft_and_submitted_again(play: Clocked) -> ReferralId:
    referral = await play.submitted(Service.KIE)
    await play.acts(referral, PKB, orders.Decline(reason="missing_information"))
    await play.acts(referral, TKSK, orders.Return(reason="unclear_address"))
    await play.sleep(days=8)
    await play.acts(referral, TKSK, orders.Submit())
    await play.sleep(seconds=5)
    await play.acts(referral, TKSK, orders.Recall(text="Sudah dibantu."))
    await play.handle(referral).result()
    return referral


SCENARIOS: tuple[Scenario, ...] = (
    served_without_a_reminder,
    expired_and_answered_by_the_second_unit,
    urgent_and_nobody_answers,
    declined_and_parked,
    returned_as_a_draft_and_submitted_again,
)
