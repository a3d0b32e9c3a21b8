"""A referral that was submitted is waited for once, however often the starter hears of it."""

from temporalio.api.enums.v1 import EventType

from services.contracts.lifecycle import State
from services.referral import orders
from tests.unit.scenes import PKB, TKSK
from tests.workflow.clocked import Clocked
from workflows.starter import tell


async def _events(play: Clocked, referral_id: object) -> list[int]:
    history = await play.env.client.get_workflow_handle(f"referral/{referral_id}").fetch_history()
    return [event.event_type for event in history.events]


async def test_a_submission_that_is_told_twice_starts_one_run_and_is_a_signal_then(play: Clocked) -> None:
    draft = await play.drafted()
    submitted = await play.acts(draft.id, TKSK, orders.Submit())
    run = (await play.handle(draft.id).describe()).run_id
    await tell(play.env.client, submitted.snapshot())
    assert (await play.handle(draft.id).describe()).run_id == run
    offered = await play.until(draft.id, lambda referral: referral.state is State.OFFERED)
    assert offered.attempt == 1, "routed and offered once"
    # Only now: the server writes no signal down while a task of the workflow is under way.
    events = await _events(play, draft.id)
    assert events.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) == 1


async def test_a_later_fact_starts_the_run_that_an_earlier_one_should_have_started(play: Clocked) -> None:
    referral_id = await play.submitted()
    claimed = await play.acts(referral_id, PKB, orders.Claim())
    await play.handle(referral_id).terminate("its start was lost")
    await tell(play.env.client, claimed.snapshot())
    assert (await play.handle(referral_id).query("snapshot"))["version"] == claimed.version


async def test_what_has_ended_starts_nothing(play: Clocked) -> None:
    draft = await play.drafted()
    await play.acts(draft.id, TKSK, orders.Submit())
    await play.until(draft.id, lambda referral: referral.state is State.OFFERED)  # else the offer may come in between
    ended = await play.acts(draft.id, TKSK, orders.Recall(text="Sudah dibantu."))
    await play.handle(draft.id).result()
    run = (await play.handle(draft.id).describe()).run_id
    await tell(play.env.client, ended.snapshot())
    assert (await play.handle(draft.id).describe()).run_id == run
