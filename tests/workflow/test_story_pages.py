"""Stories as the record's own database tells them, told again: nothing of what really happened is lost on the way."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from services.contracts.ids import ReferralId
from services.referral import orders
from services.referral.retelling import retell
from services.referral.stories import Story
from services.referral.story_pages import PAGE, stories
from tests.unit.scenes import OPERATOR, PKB, scene
from tests.workflow.clocked import Clocked

SPREAD = timedelta(seconds=60)


async def _pages(play: Clocked, since: datetime, until: datetime, limit: int) -> list[list[Story]]:
    pages: list[list[Story]] = []
    after: str | None = None
    async with play.record.database.read() as tx:
        while True:
            page, after = await stories(tx, since=since, until=until, after=after, limit=limit)
            pages.append(page)
            if after is None:
                return pages


async def _story(play: Clocked, referral: ReferralId) -> Story:
    submitted = (await play.now(referral)).submitted_at
    assert submitted is not None
    pages = await _pages(play, submitted, submitted + timedelta(seconds=1), 10)
    return next(story for page in pages for story in page if story.referral.id == referral)


async def test_under_its_own_policy_a_story_of_the_record_has_the_marks_that_were_told_and_when(play: Clocked) -> None:
    referral = await play.submitted()
    await play.sleep(days=10)
    await play.acts(referral, OPERATOR, orders.MovePolicy(policy="demo-seconds-1", text="Uji coba."))
    await play.sleep(minutes=1)
    story = await _story(play, referral)
    told = [(line.clock, line.mark, line.at) for line in story.lines if line.mark]
    retold = retell(story, scene(), until=story.lines[-1].at, own=True)
    assert len(told) > 8
    assert "expired" in {line.fact for line in story.lines}
    assert [(mark.clock, mark.mark) for mark in retold.marks] == [(clock, mark) for clock, mark, _ in told]
    # Each rung follows the one before as it was told, so what was late adds up: a spread for each.
    late = [at - mark.at for mark, (_, _, at) in zip(retold.marks, told, strict=True)]
    assert all(timedelta() <= each <= SPREAD * (number + 1) for number, each in enumerate(late))


async def test_pages_of_any_size_hold_each_referral_of_the_period_once_in_the_order_of_submission(
    play: Clocked,
) -> None:
    since = await play.tick()
    made = [await play.submitted() for _ in range(5)]
    await play.acts(made[0], PKB, orders.Claim())
    draft = await play.drafted()
    until = await play.tick() + timedelta(seconds=1)
    whole = [story.referral.id for page in await _pages(play, since, until, 200) for story in page]
    paged = [story.referral.id for page in await _pages(play, since, until, 2) for story in page]
    assert paged == whole
    assert [each for each in whole if each in made] == made
    assert draft.id not in whole


async def test_a_page_is_found_by_the_index_of_submissions_and_its_lines_by_their_key(play: Clocked) -> None:
    now = await play.tick()
    asked = {"until": now, "queue_at": now, "after_id": UUID(int=0), "limit": 50}
    async with play.record.database.engine.connect() as tx:
        for way in ("seqscan", "bitmapscan"):  # what a planner takes for a handful of rows
            await tx.execute(text(f"SET LOCAL enable_{way} = off"))
        plan = "\n".join((await tx.exec_driver_sql(f"EXPLAIN {PAGE}", asked)).scalars())
    assert "referral_submitted" in plan
    assert "timeline_pkey" in plan
    assert "Index Cond: ((submitted_at <" in plan
    assert "Sort Key: referral" not in plan
