"""What is lost on the way comes back from the record, once, and is written down; a second pass finds nothing."""

import asyncio
from uuid import UUID, uuid4

import pytest

from services.contracts.book_commands import CompareRuns, RunsDiffer
from services.contracts.codes import Service
from services.contracts.ids import ReferralId
from services.contracts.lifecycle import Action
from services.kit.dead_letters import DATA, dead_letters, replay
from services.kit.streams import stream_client
from services.kit.temporal import TemporalLink
from tests.books.house import House
from workflows.runs import Runs

LATE = "UPDATE referral SET next_mark_at = next_mark_at - interval '1 day' WHERE id = %s"
IN_TIME = "UPDATE referral SET next_mark_at = next_mark_at + interval '1 day' WHERE id = %s"


async def test_a_pass_over_sound_books_finds_nothing_and_is_written_down(house: House) -> None:
    await house.in_hand()
    ended, found = await house.passes(page=100)
    assert found == []
    assert (ended.found, ended.healed) == (0, 0)
    (newest, *_) = await house.stage.operator.get(f"{house.stage.operator.addresses.referral}/books/passes")
    assert (newest["pages"], newest["whole"]) == (ended.pages, True)


async def test_a_workflow_that_is_gone_is_started_again_and_a_second_pass_finds_nothing(house: House) -> None:
    referral = await house.in_hand()
    await house.end_run(referral)
    _, found = await house.passes(page=100)
    assert found == [("workflow_missing", referral, "started")]
    assert await house.runs(referral)
    assert (await house.passes())[1] == []


async def test_a_request_for_a_speaker_that_nobody_waits_for_is_waited_for_again(house: House) -> None:
    request = await house.agreed()
    await house.end_run(request, "speaker")
    _, found = await house.passes(page=100)
    assert found == [("workflow_missing", f"speaker/{request}", "started")]
    assert await house.runs(request, "speaker")
    assert (await house.passes())[1] == []


async def test_a_page_is_compared_with_the_workflows_of_its_own_range(house: House) -> None:
    for service in (Service.KIE, Service.BKB, Service.DASHAT):
        await house.in_hand(service)
    live = [ReferralId(UUID(each)) for each in house.live()]
    first, *page, last = live
    runs = Runs(TemporalLink(house.settings()))
    assert await runs.compare_runs(CompareRuns(ids=tuple(live), after=None, upto=None)) == RunsDiffer()
    inside = CompareRuns(ids=tuple(page), after=first, upto=page[-1])
    assert await runs.compare_runs(inside) == RunsDiffer()
    assert await runs.compare_runs(inside.model_copy(update={"whole": True})) == RunsDiffer()
    nobody = ReferralId(uuid4())
    differ = await runs.compare_runs(inside.model_copy(update={"ids": (*page[1:], nobody)}))
    assert differ == RunsDiffer(missing=(nobody,), extra=(page[0],))
    after = await runs.compare_runs(CompareRuns(ids=(), after=page[-1], upto=None))
    assert after.extra == (last,)


async def test_what_happened_a_moment_ago_is_not_missed_yet(house: House) -> None:
    referral = await house.in_hand()
    await house.end_run(referral)
    assert (await house.passes(settled_seconds=600))[1] == []
    assert (await house.passes())[1] == [("workflow_missing", referral, "started")]


async def test_a_workflow_that_waits_for_what_has_ended_is_told(house: House) -> None:
    referral = await house.in_hand()
    snapshot = await (await house.temporal()).get_workflow_handle(f"referral/{referral}").query("snapshot")
    await house.stage.tksk.act(referral, Action.RECALL, text="Sudah dibantu.")
    await house.stage.pkb.act(referral, Action.CONFIRM_CANCEL)
    await house.stage.until(lambda: house.rests_without(referral), "its workflow has ended")
    await house.start_run(snapshot)
    await house.rests()
    assert (await house.passes())[1] == [("workflow_left_over", referral, "ended")]
    await house.stage.until(lambda: house.rests_without(referral), "its workflow has ended again")
    assert (await house.passes())[1] == []


async def test_an_event_that_one_group_lost_is_told_again_and_taken_once(house: House) -> None:
    referral = await house.in_hand()
    event, told = _accepted(house, referral), _told(house, referral)
    assert told
    house.rows("notify", "DELETE FROM inbox WHERE event_id = %s", event)
    house.rows("notify", "DELETE FROM message WHERE event_id = %s", event)
    _, found = await house.passes()
    assert found == [("event_not_taken", f"notify/{event}", "told_again")]

    async def back() -> bool:
        return _told(house, referral) == told

    await house.stage.until(back, "it was taken in again")
    for group in ("registry", "workflows", "notify"):
        assert house.rows(group, "SELECT count(*) FROM inbox WHERE event_id = %s", event) == [(1,)]
    assert (await house.passes(whole=False))[1] == [], "what was told again is looked at again"
    assert (await house.passes())[1] == []


async def test_an_event_that_was_set_aside_waits_for_a_person(house: House) -> None:
    referral = await house.in_hand()
    event = _accepted(house, referral)
    ((body,),) = house.rows("referral", "SELECT body FROM outbox WHERE event_id = %s", event)
    house.rows("notify", "DELETE FROM inbox WHERE event_id = %s", event)
    client = stream_client(house.stack.servers.redis_url("admin"))
    letter = {DATA: body, "group": "notify", "reason": "a test", "deliveries": 8, "died_at": "2026-01-01T00:00:00Z"}
    await client.xadd("referral.dlq", letter)
    try:
        for _ in range(2):
            assert (await house.passes())[1] == [("event_set_aside", f"notify/{event}", "left")]
        (dead,) = await dead_letters(client, "referral")
        await replay(client, "referral", dead)
    finally:
        await client.aclose()

    async def taken() -> bool:
        return bool(house.rows("notify", "SELECT 1 FROM inbox WHERE event_id = %s", event))

    await house.stage.until(taken, "it was put back")
    assert (await house.passes())[1] == []


async def test_a_late_mark_is_resynced_once_and_then_left_to_a_person(house: House) -> None:
    referral = await house.in_hand()
    house.rows("referral", LATE, referral)
    try:
        done = [(await house.passes())[1] for _ in range(3)]
    finally:
        house.rows("referral", IN_TIME, referral)
    assert done == [[("mark_overdue", referral, "resynced")], *([[("mark_overdue", referral, "left")]] * 2)]
    assert (await house.passes())[1] == []


@pytest.mark.timeout(240)
async def test_a_part_that_is_away_holds_up_no_pass_and_its_backlog_is_no_loss(house: House) -> None:
    gone = await house.in_hand()
    await house.stack.hold_down("notify")
    await house.end_run(gone)
    behind = await house.in_hand(Service.KIE)
    try:
        handle = await house.begin_pass(whole=True, page=500)
        await asyncio.wait_for(handle.result(), 60)
        assert house.found_by(handle) == [("workflow_missing", gone, "started")]
        assert await house.asked(handle, "notify") == 1, "it was waited for once, and not for each stream"
    finally:
        await house.stack.bring_up("notify")

    async def caught_up() -> bool:
        return bool(_told(house, behind))

    await house.stage.until(caught_up, "notify has caught up")
    await house.rests()
    assert (await house.passes())[1] == []


@pytest.mark.timeout(240)
async def test_when_temporal_loses_its_whole_database_every_referral_is_waited_for_again(house: House) -> None:
    stage = house.stage
    resting = [await house.in_hand(service) for service in (Service.KIE, Service.BKB)]
    offered = await stage.referred(stage.tksk, Service.TPK_DAMPING)
    await stage.becomes(stage.pkb, offered, "offered")
    await house.all_fed()  # else an event that comes late starts a workflow before the books look
    await house.stack.hold_down("temporal")
    for file in house.stack.home.folder("temporal").glob("temporal.db*"):
        file.unlink()
    await house.rests()
    await house.stack.bring_up("temporal")
    assert not any([await house.runs(each) for each in (*resting, offered)])

    _, found = await house.passes()
    started = {subject for kind, subject, done in found if (kind, done) == ("workflow_missing", "started")}
    referrals = {each for each in started if not each.startswith("speaker/")}
    assert {*resting, offered} <= referrals == set(house.live())
    assert len(found) == len(started), "and nothing else was missing"
    assert all([await house.runs(each) for each in house.live()])
    await stage.told(stage.dpo, offered, "escalated", timeout_seconds=40)
    await house.schedules("books", "daily-round")
    await house.rests()
    assert (await house.passes())[1] == []


def _accepted(house: House, referral: str) -> UUID:
    query = (
        "SELECT event_id FROM outbox WHERE aggregate = %s"
        " AND convert_from(body, 'UTF8')::jsonb ->> 'type' = 'referral.accepted.v1'"
    )
    ((event,),) = house.rows("referral", query, referral)
    assert isinstance(event, UUID)
    return event


def _told(house: House, referral: str) -> list[object]:
    return house.rows("notify", "SELECT event_id, recipient, channel FROM message WHERE referral = %s ORDER BY 1, 2, 3",
                      referral)  # fmt: skip


async def test_a_workflow_is_not_told_what_it_asked_for_itself_and_that_is_noted_as_fed(house: House) -> None:
    stage = house.stage
    referral = await stage.referred(stage.tksk, Service.TPK_DAMPING)
    await stage.becomes(stage.pkb, referral, "offered")
    await house.all_fed()
    assert await _signals(house, referral) == 0, "the workflow asked for the offer"
    await stage.pkb.act(referral, Action.CLAIM)
    await house.all_fed()
    assert await _signals(house, referral) == 1, "a person claimed it"


async def _signals(house: House, referral: str) -> int:
    history = await (await house.temporal()).get_workflow_handle(f"referral/{referral}").fetch_history()
    return sum(each.HasField("workflow_execution_signaled_event_attributes") for each in history.events)
