"""A pass over the books replays, also one that healed; see `tests/workflow/replay`."""

from uuid import UUID, uuid4

from temporalio.client import WorkflowExecutionStatus

from tests.books.house import House
from tests.workflow.replay.kept import replays_and_may_be_kept
from workflows.books_workflow import TASK_QUEUE
from workflows.resync_workflow import Resync, ResyncWorkflow


async def test_todays_pass_replays_and_may_be_kept(house: House) -> None:
    referral = await house.in_hand()
    await house.passes()
    await house.end_run(referral)
    handle = await house.begin_pass(whole=False, page=500)
    assert (await handle.result()).healed == 1
    await replays_and_may_be_kept("a_pass_that_heals", await handle.fetch_history())


async def test_what_an_operator_lets_feed_again_replays_and_may_be_kept(house: House) -> None:
    referral = await house.in_hand()
    await house.end_run(referral)
    client, asked = await house.temporal(), Resync(ids=(UUID(referral),))
    handle = await client.start_workflow(ResyncWorkflow.run, asked, id=f"resync/{uuid4()}", task_queue=TASK_QUEUE)
    assert [each.case for each in (await handle.result()).fed] == list(asked.ids)
    assert await house.runs(referral)
    await replays_and_may_be_kept("fed_again", await handle.fetch_history())


async def test_a_pass_that_goes_on_in_a_new_run_is_one_pass(house: House) -> None:
    handle = await house.begin_pass(whole=True, page=100)
    ended = await handle.result()
    client = await house.temporal()
    first = await client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id).describe()
    assert first.status is WorkflowExecutionStatus.CONTINUED_AS_NEW
    ((pages, found),) = house.rows(
        "referral", "SELECT pages, found FROM book_pass WHERE id = %s", handle.first_execution_run_id
    )
    assert (pages, found) == (ended.pages, 0)
