"""A referral that was submitted is waited for once, however often the starter hears of it."""

import json

from sqlalchemy import text
from temporalio.api.enums.v1 import EventType

from services.contracts import commands
from services.contracts.ids import ReferralId
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


async def _by_command(play: Clocked, referral_id: ReferralId) -> dict[str, bool | None]:
    query = text("SELECT body FROM outbox WHERE aggregate = :id ORDER BY version")
    async with play.record.database.read() as tx:
        bodies = (await tx.execute(query, {"id": str(referral_id)})).scalars().all()
    told = [json.loads(bytes(each))["data"] for each in bodies]
    return {each["fact"]: each.get("by_command") for each in told}


async def test_a_fact_says_whether_its_own_workflow_asked_for_it(play: Clocked) -> None:
    referral_id = await play.submitted()
    await play.sleep(days=2)
    await play.acts(referral_id, PKB, orders.Claim())
    said = await _by_command(play, referral_id)
    assert {"submitted", "offered", "reminded", "claimed"} <= said.keys()
    assert said["offered"] is said["reminded"] is True
    assert said["submitted"] is said["claimed"] is None


async def test_a_run_goes_on_from_its_own_deed_though_the_answer_to_it_was_lost(play: Clocked) -> None:
    play.lost_answers += [commands.OFFER.name, commands.FIRE_MARK.name]
    referral_id = await play.submitted()
    await play.sleep(minutes=1)
    assert (await play.handle(referral_id).query("snapshot"))["state"] == State.OFFERED
    await play.sleep(days=2)
    facts = await play.facts(referral_id)
    assert not play.lost_answers
    assert facts.count("offered") == 1
    assert facts.count("reminded") == 2, "each reminder once, and the second although the first one's answer was lost"
    newest = (await play.now(referral_id)).version
    assert (await play.handle(referral_id).query("snapshot"))["version"] == newest
