"""Kept counts beside the rows, on real PostgreSQL: a sum that differs is noticed and mended."""

from uuid import uuid4

from services.contracts.book_commands import BeginPass, BooksOrder
from services.contracts.books import FindingKind, Remedy
from services.contracts.lifecycle import State
from services.kit.database import Tx
from services.referral import passes, tally, views
from services.referral.book_activities import BookCommands
from services.referral.domain import Referral
from tests.workflow.clocked import Clocked
from tests.workflow.test_book_days import a_key

ONE_TOO_MANY = """
UPDATE tally_step SET change = change + 1 WHERE seq = (SELECT max(seq) FROM tally_step WHERE state = 'offered')
"""


async def _offered(play: Clocked) -> Referral:
    return await play.until(await play.submitted(), lambda referral: referral.state is State.OFFERED)


async def _right(tx: Tx) -> bool:
    """Return whether nothing has to be mended."""
    return await tally.mend(tx) == []


async def test_a_draft_counts_from_its_submission_on_and_folding_changes_no_figure(play: Clocked) -> None:
    async with play.record.database.engine.connect() as tx:
        before = await tally.totals(tx)
    await play.drafted()
    async with play.record.database.engine.connect() as tx:
        assert await tally.totals(tx) == before
    await _offered(play)
    async with play.record.database.engine.connect() as tx:
        states, agree = await tally.totals(tx)
        assert (sum(states.values()), agree) == (sum(before[0].values()) + 1, True)
        assert states[State.OFFERED] == before[0].get(State.OFFERED, 0) + 1
        await tally.fold(tx)
        assert (await tx.exec_driver_sql("SELECT count(*) FROM tally_step")).scalar() == 0
        assert await tally.totals(tx) == (states, True)
        assert await _right(tx)


async def test_a_sum_that_differs_unbalances_the_books_until_the_days_first_pass_mends_it(play: Clocked) -> None:
    referral = await _offered(play)
    async with play.record.database.begin() as tx:
        await tx.exec_driver_sql(ONE_TOO_MANY)
    assert not (await views.books(play.record))["balanced"]
    order = BeginPass(pass_id=uuid4(), order=BooksOrder(settled_seconds=1, interval_seconds=300, whole=True))
    for _ in range(2):  # asked twice, it has nothing more to mend
        await BookCommands(play.record, a_key()).begin_pass(order)
    assert (await views.books(play.record))["balanced"]
    async with play.record.database.engine.connect() as tx:
        found = [each for each in await passes.findings(tx, before=None, limit=100) if each["pass_id"] == order.pass_id]
        assert await _right(tx)
    subjects = {f"{referral.region[:8]}/{by}/offered" for by in (referral.unit_to, referral.service)}
    assert {each["subject"] for each in found} == subjects
    assert {(each["kind"], each["done"]) for each in found} == {(FindingKind.COUNT_DIFFERS, Remedy.COUNTED_AGAIN)}
