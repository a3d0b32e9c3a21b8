"""Each check of the record sees what was planted for it. Everything planted is rolled back."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from services.contracts.book_commands import BeginPass, BooksOrder, CheckRecord, EndPass, Finding, NoteFindings
from services.contracts.books import FindingKind, Remedy
from services.contracts.codes import Service
from services.contracts.ids import ReferralId
from services.contracts.lifecycle import State
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.referral import orders, passes
from services.referral.checks import check_record, live_page
from tests.unit.scenes import PKB, TKSK
from tests.workflow.clocked import Clocked

EVERYTHING = 100_000
Found = set[tuple[str, str]]


@asynccontextmanager
async def _rolled_back(play: Clocked) -> AsyncIterator[Tx]:
    async with play.record.database.engine.connect() as tx:
        yield tx


async def _found(play: Clocked, tx: Tx, *, whole: bool = True, limit: int = EVERYTHING) -> Found:
    """Return what all pages of the record violate."""
    found: Found = set()
    after: ReferralId | None = None
    while True:
        page = CheckRecord(after=after, limit=limit, whole=whole)
        checked = await check_record(tx, page, now=play.moment.at)
        found |= {(violation.kind, subject) for violation in checked.violations for subject in violation.subjects}
        if (after := checked.last) is None:
            return found


async def _closed(play: Clocked) -> ReferralId:
    """Return a referral that one unit declined, another served, and the sender confirmed."""
    referral, today = await play.submitted(), play.moment.at.astimezone(WIB).date()
    await play.acts(referral, PKB, orders.Claim())
    await play.acts(referral, PKB, orders.Accept())
    await play.acts(referral, PKB, orders.Report(outcome="served_full", on=today, provider="TPK"))
    assert (await play.acts(referral, TKSK, orders.Confirm())).state is State.CLOSED
    return referral


async def _declined(play: Clocked) -> ReferralId:
    referral = await play.submitted(Service.KIE)
    await play.acts(referral, PKB, orders.Decline(reason="waitlist"))
    return referral


async def _offered(play: Clocked) -> ReferralId:
    return await play.submitted()


Made = Callable[[Clocked], Awaitable[ReferralId]]
PLANTED: list[tuple[FindingKind, Made, str]] = [
    (FindingKind.IN_NO_QUEUE, _offered, "UPDATE referral SET waits_for = NULL WHERE id = %(id)s"),
    (FindingKind.IN_NO_QUEUE, _offered, "UPDATE referral SET waits_for = 'nobody-35' WHERE id = %(id)s"),
    (FindingKind.MARK_OVERDUE, _offered, "UPDATE referral SET next_mark_at = %(late)s WHERE id = %(id)s"),
    (FindingKind.NOTHING_ARMED, _offered, "UPDATE referral SET next_mark_at = NULL WHERE id = %(id)s"),
    (FindingKind.VERSION_GAP, _offered, "DELETE FROM timeline WHERE referral = %(id)s AND version = 2"),
    (FindingKind.VERSION_GAP, _closed, "UPDATE referral SET version = version + 1 WHERE id = %(id)s"),
    (FindingKind.STORY_DIFFERS, _offered, "UPDATE referral SET state = 'accepted' WHERE id = %(id)s"),
    (FindingKind.STORY_DIFFERS, _closed, "UPDATE referral SET state = 'gone' WHERE id = %(id)s"),
    (FindingKind.SUBMISSION_DIFFERS, _offered, "UPDATE referral SET submitted_at = NULL WHERE id = %(id)s"),
    (FindingKind.NO_REASON, _declined, "UPDATE timeline SET reason = NULL WHERE referral = %(id)s"),
    (FindingKind.NO_OUTCOME, _closed, "UPDATE timeline SET outcome = NULL WHERE referral = %(id)s"),
]


@pytest.mark.parametrize(("kind", "made", "plant"), PLANTED, ids=lambda each: getattr(each, "value", None))
async def test_what_was_planted_is_caught(play: Clocked, kind: FindingKind, made: Made, plant: str) -> None:
    referral = await made(play)
    wrong: dict[str, Any] = {"id": referral, "late": play.moment.at - timedelta(minutes=3)}
    async with _rolled_back(play) as tx:
        before = {each for each in await _found(play, tx) if each[1] == str(referral)}
        await tx.exec_driver_sql(plant, {name: wrong[name] for name in wrong if f"%({name})s" in plant})
        after = {each for each in await _found(play, tx, limit=3) if each[1] == str(referral)}
    assert before == set()
    assert (kind.value, str(referral)) in after


async def test_two_live_referrals_for_one_need_are_caught_and_an_overridden_pair_is_not(play: Clocked) -> None:
    first, second = await play.submitted(Service.KIE), await play.submitted(Service.KIE)
    same = "UPDATE referral SET family = (SELECT family FROM referral WHERE id = %(first)s) WHERE id = %(second)s"
    override = "UPDATE referral SET overridden = true WHERE id = %(second)s"
    pair = {(FindingKind.TWO_FOR_ONE_NEED.value, str(each)) for each in (first, second)}
    async with _rolled_back(play) as tx:
        assert not pair & await _found(play, tx)
        await tx.exec_driver_sql("DROP INDEX referral_one_live_need")
        await tx.exec_driver_sql(same, {"first": first, "second": second})
        assert pair <= await _found(play, tx, whole=False)
        await tx.exec_driver_sql(override, {"second": second})
        assert not pair & await _found(play, tx, whole=False)


async def test_a_mark_that_is_late_by_less_than_two_minutes_is_on_its_way(play: Clocked) -> None:
    referral = await play.submitted()
    late = {"id": referral, "late": play.moment.at - timedelta(seconds=110)}
    async with _rolled_back(play) as tx:
        await tx.exec_driver_sql("UPDATE referral SET next_mark_at = %(late)s WHERE id = %(id)s", late)
        assert (FindingKind.MARK_OVERDUE.value, str(referral)) not in await _found(play, tx)


async def test_the_pages_of_the_record_name_every_live_referral_once(play: Clocked) -> None:
    live = {await play.submitted() for _ in range(3)}
    closed = await _closed(play)
    seen: list[ReferralId] = []
    async with _rolled_back(play) as tx:
        while page := await live_page(tx, seen[-1] if seen else None, 2):
            seen += map(ReferralId, page)
    assert live <= set(seen)
    assert closed not in seen
    assert seen == sorted(set(seen))


async def test_the_plan_of_a_page_reads_no_referral_that_has_ended(play: Clocked) -> None:
    from services.referral.checks import LIVE_IDS

    async with _rolled_back(play) as tx:
        # In a table of few rows the planner may take any way: leave it those that read in order, but the primary key.
        await tx.exec_driver_sql("ALTER TABLE referral DROP CONSTRAINT referral_pkey CASCADE")
        for way in ("seqscan", "bitmapscan", "sort"):
            await tx.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        plan = await tx.exec_driver_sql(f"EXPLAIN {LIVE_IDS}", {"after": uuid4(), "limit": 500})
        assert "referral_live" in "\n".join(plan.scalars())


async def test_what_a_resync_did_not_help_is_left_to_a_person(play: Clocked) -> None:
    finding = Finding(kind=FindingKind.MARK_OVERDUE, subjects=(str(uuid4()),), done=Remedy.RESYNCED)
    done = []
    async with _rolled_back(play) as tx:
        for minute in range(3):
            pass_id, now = uuid4(), play.moment.at + timedelta(minutes=minute)
            await passes.begin_pass(tx, BeginPass(pass_id=pass_id, order=BooksOrder()), now=now)
            for _ in range(2):
                await passes.note_findings(tx, NoteFindings(pass_id=pass_id, findings=(finding,)), now=now)
            ended = await passes.end_pass(tx, EndPass(pass_id=pass_id, pages=1, told_up_to={}), now=now)
            assert ended.found == 1, "a command that is asked twice writes once"
            done.append((await passes.findings(tx, before=None, limit=1))[0]["done"])
    assert done == ["resynced", "left", "left"]


async def test_the_first_pass_of_a_day_is_a_whole_one_and_says_whether_the_clock_was_away(play: Clocked) -> None:
    began = []
    now = (play.moment.at + timedelta(days=1000)).replace(hour=3)  # 10:00 WIB: an hour later is the same day
    async with _rolled_back(play) as tx:
        for minutes in (0, 5, 10, 60):
            command = BeginPass(pass_id=uuid4(), order=BooksOrder())
            at = now + timedelta(minutes=minutes)
            answer = await passes.begin_pass(tx, command, now=at)
            assert await passes.begin_pass(tx, command, now=at) == answer, "asked twice it answers the same"
            await passes.end_pass(tx, EndPass(pass_id=command.pass_id, pages=1, told_up_to={"referral": "7"}), now=at)
            began.append((answer.whole, answer.clock_was_away and minutes > 0, answer.told_up_to.get("referral")))
    assert [each[:2] for each in began] == [(True, False), (False, False), (False, False), (False, True)]
    assert began[1][2] == "7"


@pytest.mark.parametrize("change", ["UPDATE book_line SET closed = 0", "DELETE FROM book_line", "TRUNCATE book_line"])
async def test_a_line_of_the_books_is_never_changed(play: Clocked, change: str) -> None:
    async with _rolled_back(play) as tx:
        with pytest.raises(DBAPIError, match="never changed"):
            await tx.exec_driver_sql(change)


async def test_what_is_committed_while_a_page_is_checked_is_not_seen_by_half_of_it(play: Clocked) -> None:
    counted = "SELECT count(*) FROM referral"
    async with play.record.database.view() as tx:
        before = (await tx.exec_driver_sql(counted)).scalar_one()
        await play.drafted()
        assert (await tx.exec_driver_sql(counted)).scalar_one() == before
    async with play.record.database.read() as tx:
        assert (await tx.exec_driver_sql(counted)).scalar_one() == before + 1
