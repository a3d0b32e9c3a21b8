"""Every history outlives Temporal: put away once, whatever is killed, and replayed from there."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psutil
import psycopg
import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from services.contracts.wib import WIB
from tests.books.house import House
from tests.story.test_canaries import betrayed, payloads
from tests.story.test_command_line import nyekrup, read
from workflows.archive.packing import hash_of, pack, unpack

MANY = 150
KEPT = "SELECT kept_at IS NOT NULL FROM closed_run WHERE workflow_id = ANY(%s)"
HISTORY = "SELECT workflow_id, content, sha256 FROM closed_run JOIN kept_history USING (name)"
PLACE_OF = "SELECT name, sha256 FROM closed_run WHERE workflow_id = %s AND kept_at IS NOT NULL"


async def ended(house: House) -> str:
    """Return the workflow of a referral that was recalled before anybody took it."""
    stage = house.stage
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, "offered")
    await stage.tksk.act(referral, Action.RECALL, text="Sudah dibantu.")
    await stage.until(lambda: house.rests_without(referral), "its workflow has ended")
    await listed(house, f"referral/{referral}")
    return f"referral/{referral}"


async def listed(house: House, *workflows: str) -> None:
    """Wait until Temporal lists *workflows* among those that have closed: the list is late by a moment."""
    client = await house.temporal()

    async def all_there() -> bool:
        query = "ExecutionStatus != 'Running'"
        return {*workflows} <= {each.id async for each in client.list_workflows(query)}

    await house.stage.until(all_there, "Temporal lists what has closed")


async def never_taken(house: House, count: int) -> list[str]:
    """Return workflows that were ended before any worker had them: closed runs that cost little."""
    client = await house.temporal()
    names = [f"ended-{uuid4()}" for _ in range(count)]

    async def start_and_end(name: str) -> None:
        handle = await client.start_workflow("ReferralWorkflow", {}, id=name, task_queue="served-by-nobody")
        await handle.terminate("a test")

    await asyncio.gather(*map(start_and_end, names))
    await listed(house, *names)
    return names


async def drop(house: House, workflow: str) -> None:
    """Have Temporal forget *workflow*, as it does after its retention."""
    client = await house.temporal()
    handle = client.get_workflow_handle(workflow)
    gone = WorkflowExecution(workflow_id=workflow, run_id=(await handle.describe()).run_id)
    request = DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=gone)
    await client.workflow_service.delete_workflow_execution(request)

    async def dropped() -> bool:
        try:
            await handle.fetch_history()
        except RPCError:
            return True
        return False

    await house.stage.until(dropped, "Temporal has no history of it")


def kept(house: House, *workflows: str) -> list[bool]:
    return [row[0] for row in house.rows("workflows", KEPT, list(workflows))]


async def replayed(house: House, *arguments: str, code: int = 0) -> Any:
    today = datetime.now(WIB).date().isoformat()
    return await read(house.stack.home.path, "replay", "--since", today, *arguments, code=code)


@pytest.fixture
async def archived(house: House) -> AsyncIterator[str]:
    """The workflow of an ended referral, archived. Whatever a test does to the archive is undone."""
    workflow = await ended(house)
    await house.passes(whole=False)
    ((name, sha256),) = house.rows("workflows", PLACE_OF, workflow)
    ((content,),) = house.rows("workflows", "SELECT content FROM kept_history WHERE name = %s", name)
    yield workflow
    house.rows("workflows", "UPDATE kept_history SET content = %s WHERE name = %s", content, name)
    house.rows(
        "workflows", "UPDATE closed_run SET sha256 = %s, type = 'ReferralWorkflow' WHERE name = %s", sha256, name
    )


async def test_what_has_closed_is_archived_by_the_next_pass_and_by_no_other(house: House) -> None:
    workflow = await ended(house)
    assert kept(house, workflow) == []
    assert (await house.passes(whole=False))[1] == []
    assert kept(house, workflow) == [True]
    before = house.rows("workflows", "SELECT run_id, kept_at, name FROM closed_run WHERE kept_at IS NOT NULL")
    await house.passes(whole=False)
    await house.passes(whole=True)
    after = house.rows("workflows", "SELECT run_id, kept_at, name FROM closed_run WHERE kept_at IS NOT NULL")
    assert set(before) < set(after)
    assert len({row[0] for row in after}) == len(after)
    ours = [row for row in after if row not in before]
    ids = [row[0] for row in ours]
    types = house.rows("workflows", "SELECT DISTINCT type FROM closed_run WHERE run_id = ANY(%s)", ids)
    assert types == [("BooksWorkflow",)], "but for the passes themselves nothing was left"


async def test_no_archived_history_carries_a_persons_data(house: House, archived: str) -> None:
    rows = house.rows("workflows", HISTORY)
    assert archived in {workflow for workflow, _, _ in rows}
    for workflow, content, sha256 in rows:
        assert betrayed(payloads(unpack(workflow, content, sha256=sha256).to_json())) == []


async def test_of_a_workflow_that_went_on_in_a_new_run_both_runs_are_archived(house: House) -> None:
    handle = await house.begin_pass(whole=True, page=20)
    await handle.result()
    await listed(house, handle.id)
    client = await house.temporal()
    first = await client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id).describe()
    assert first.status is WorkflowExecutionStatus.CONTINUED_AS_NEW
    await house.passes(whole=False)
    runs = [each.run_id async for each in client.list_workflows(f"WorkflowId = '{handle.id}'")]
    rows = house.rows(
        "workflows", "SELECT run_id, kept_at IS NOT NULL FROM closed_run WHERE workflow_id = %s", handle.id
    )
    assert dict(rows) == {UUID(each): True for each in runs}
    assert len(rows) >= 2


async def test_a_pass_that_is_killed_in_the_middle_archives_each_once(house: House) -> None:
    workflows = await never_taken(house, MANY)
    handle = await house.begin_pass(whole=False, page=500)

    async def some_are_kept() -> bool:
        return any(kept(house, *workflows))

    await house.stage.until(some_are_kept, "the first history is archived")
    with psycopg.connect(house.stack.servers.database_url("workflows")) as holding:
        holding.execute("LOCK TABLE kept_history IN EXCLUSIVE MODE")
        assert not all(kept(house, *workflows)), "it is in the middle"
        (part,) = [each for each in house.stack.status() if each.name == "workflows"]
        assert part.pid is not None
        psutil.Process(part.pid).kill()
    await asyncio.wait_for(handle.result(), 100)
    assert kept(house, *workflows) == [True] * MANY
    query = (
        "SELECT split_part(split_part(name, '/', 4), '.', 1), count(*) FROM kept_history GROUP BY 1 HAVING count(*) > 1"
    )
    assert house.rows("workflows", query) == []


async def test_a_run_that_is_listed_late_is_still_found(house: House) -> None:
    (late,) = await never_taken(house, 1)
    await house.passes(whole=False)
    house.rows("workflows", "DELETE FROM closed_run WHERE workflow_id = %s", late)  # as if it had not been listed
    await house.passes(whole=False)
    assert kept(house, late) == [True]


async def test_a_history_that_is_gone_before_it_was_archived_is_told_once(house: House) -> None:
    (lost,) = await never_taken(house, 1)
    await house.passes(whole=False)
    unkept = "UPDATE closed_run SET kept_at = NULL, place = NULL, name = NULL, sha256 = NULL WHERE workflow_id = %s"
    house.rows("workflows", unkept, lost)
    await drop(house, lost)
    ((run,),) = house.rows("workflows", "SELECT run_id FROM closed_run WHERE workflow_id = %s", lost)
    assert (await house.passes(whole=False))[1] == [("history_lost", f"{lost}/{run}", "left")]
    assert (await house.passes(whole=False))[1] == []
    figures = await read(house.stack.home.path, "books", "archive")
    assert (figures["lost"], figures["waiting"]) == (1, 0)
    house.rows("workflows", "DELETE FROM closed_run WHERE workflow_id = %s", lost)


async def test_what_temporal_has_dropped_is_replayed_from_the_archive(house: House, archived: str) -> None:
    await drop(house, archived)
    report = await replayed(house)
    assert report["failed"] == []
    assert report["same"] == report["replayed"] >= 1
    assert (await replayed(house, "--jobs", "1"))["replayed"] == report["replayed"]
    code, out, _ = await nyekrup(house.stack.home.path, "replay", "--since", datetime.now(WIB).date().isoformat())
    assert code == 0
    assert f"{report['same']} of {report['replayed']}" in out
    nothing = await read(house.stack.home.path, "replay", "--since", "2020-01-01", "--until", "2020-01-31")
    assert nothing["replayed"] == 0


async def test_a_changed_byte_in_the_archive_is_reported(house: House, archived: str) -> None:
    change = "UPDATE kept_history SET content = set_byte(content, 40, get_byte(content, 40) # 1) WHERE name = %s"
    ((name, _),) = house.rows("workflows", PLACE_OF, archived)
    house.rows("workflows", change, name)
    (failed,) = (await replayed(house, code=1))["failed"]
    assert (failed["workflow"], failed["went"]) == (archived, "damaged")


async def test_a_history_that_todays_code_does_not_go_along_with_is_reported_with_the_event(
    house: House, archived: str
) -> None:
    ((name, sha256),) = house.rows("workflows", PLACE_OF, archived)
    ((content,),) = house.rows("workflows", "SELECT content FROM kept_history WHERE name = %s", name)
    history = unpack(archived, content, sha256=sha256)
    scheduled = next(each for each in history.events if each.HasField("activity_task_scheduled_event_attributes"))
    scheduled.activity_task_scheduled_event_attributes.activity_type.name = "registry.another_way"
    planted = pack(history).content
    house.rows("workflows", "UPDATE kept_history SET content = %s WHERE name = %s", planted, name)
    house.rows("workflows", "UPDATE closed_run SET sha256 = %s WHERE name = %s", hash_of(planted), name)
    (failed,) = (await replayed(house, code=1))["failed"]
    assert (failed["workflow"], failed["went"]) == (archived, "differs")
    assert failed["event"] <= scheduled.event_id
    assert "registry.another_way" in failed["why"]
    code, out, _ = await nyekrup(house.stack.home.path, "replay", "--since", datetime.now(WIB).date().isoformat())
    assert code == 1
    assert f"{archived} {failed['run']}: differs at event {failed['event']}" in out
    assert "registry.another_way" in out


async def test_a_type_that_this_release_does_not_know_is_told(house: House, archived: str) -> None:
    house.rows("workflows", "UPDATE closed_run SET type = 'PlacementWorkflow' WHERE workflow_id = %s", archived)
    report = await replayed(house)
    assert report["unknown_types"] == {"PlacementWorkflow": 1}
    assert report["failed"] == []


async def test_an_archive_that_cannot_be_read_is_told_in_a_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NYEKRUP_DATABASE_URL", "postgresql://nobody:nothing@127.0.0.1:1/nyekrup")
    code, out, err = await nyekrup(house.stack.home.path, "replay", "--since", "2026-11-01", "--json")
    assert (code, out) == (2, "")
    assert "The database does not answer" in err
    assert "Traceback" not in err
    assert "nothing" not in err


async def test_the_archive_says_how_far_it_is(house: House, archived: str) -> None:
    figures = json.loads(json.dumps(await read(house.stack.home.path, "books", "archive")))
    assert figures["archived"] >= 1
    assert figures["bytes"] > 0
    assert figures["oldest_waiting"] is None
