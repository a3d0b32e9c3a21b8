"""What happens by the day: forgotten drafts, and proposals whose referral is closed."""

from services.contracts.codes import Outcome, Service
from services.contracts.ids import ReferralId
from services.contracts.lifecycle import State
from services.contracts.reading import wanted
from services.contracts.wib import WIB
from services.referral import orders
from services.referral.whose_move import waits_for
from tests.unit.scenes import PKB, TKSK
from tests.workflow.clocked import Clocked


async def test_a_draft_that_nobody_submits_is_warned_about_once_and_ended_after_thirty_days(play: Clocked) -> None:
    draft = await play.drafted()
    await play.sleep(days=22)
    await play.daily_round()
    assert await play.facts(draft.id) == ["created"]
    await play.sleep(days=2)
    await play.daily_round()
    await play.daily_round()
    assert await play.facts(draft.id) == ["created", "draft_warned"]
    assert (await play.now(draft.id)).acted_version == 1, "a warning does not make an open form stale"
    await play.sleep(days=7)
    await play.daily_round()
    assert (await play.now(draft.id)).state is State.VOID


async def test_an_edit_gives_a_draft_its_whole_time_again_and_another_warning(play: Clocked) -> None:
    draft = await play.drafted()
    await play.sleep(days=24)
    await play.daily_round()
    await play.acts(draft.id, TKSK, orders.Edit(draft=orders.Draft(basis="public_task", finding="Ibu hamil.")))
    for _ in range(2):
        await play.sleep(days=11)
        await play.daily_round()
    assert await play.facts(draft.id) == ["created", "draft_warned", "edited"], "22 days after the edit"
    await play.sleep(days=2)
    await play.daily_round()
    assert (await play.facts(draft.id))[-1] == "draft_warned"
    await play.sleep(days=8)
    await play.daily_round()
    assert (await play.now(draft.id)).state is State.VOID


async def test_after_a_month_without_a_round_a_draft_is_warned_about_first_and_ended_a_week_later(
    play: Clocked,
) -> None:
    draft = await play.drafted()
    await play.sleep(days=40)
    await play.daily_round()
    await play.sleep(days=6)
    await play.daily_round()
    assert await play.facts(draft.id) == ["created", "draft_warned"]
    await play.sleep(days=1, hours=1)
    await play.daily_round()
    assert (await play.now(draft.id)).state is State.VOID


async def _proposed(play: Clocked) -> ReferralId:
    referral = await play.submitted(Service.TPK_DAMPING)
    today = play.moment.at.astimezone(WIB).date()
    await play.acts(referral, PKB, orders.Claim())
    await play.acts(referral, PKB, orders.Accept())
    await play.acts(referral, PKB, orders.Contact(on=today))
    report = orders.Report(outcome=Outcome.PROPOSED, on=today, provider="TPK", proposal_number="1")
    await play.acts(referral, PKB, report)
    await play.acts(referral, TKSK, orders.Confirm())
    return referral


async def test_a_closed_proposal_is_asked_after_at_100_days_and_every_quarter_until_it_is_known(play: Clocked) -> None:
    referral = await _proposed(play)
    await play.sleep(days=99)
    await play.daily_round()
    assert "follow_up_asked" not in await play.facts(referral)
    await play.sleep(days=2)
    await play.daily_round()
    asked = await play.now(referral)
    assert waits_for(asked) == "bkkbn-35.15.08", "it stands in the unit's queue"
    assert wanted(asked.snapshot(), play.moment.at), "whoever is asked may read the family"
    await play.acts(referral, PKB, orders.AnswerFollowUp(reply="still_waiting"))
    answered = await play.now(referral)
    assert waits_for(answered) is None
    assert wanted(answered.snapshot(), play.moment.at) is None, "until the next question"
    await play.sleep(days=92)
    await play.daily_round()
    assert (await play.facts(referral)).count("follow_up_asked") == 2
    known = await play.acts(referral, PKB, orders.AnswerFollowUp(reply="enrolled"))
    assert (known.state, known.follow_up_at) == (State.CLOSED, None)
    await play.sleep(days=200)
    await play.daily_round()
    assert (await play.facts(referral)).count("follow_up_asked") == 2
