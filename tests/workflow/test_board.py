"""The board and the lists behind it say what a naive recount of made-up stories says. Everything is rolled back."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low
from typing import Any
from uuid import UUID

import pytest

from services.contracts.codes import Agency, Role
from services.contracts.ids import RegionCode
from services.contracts.lifecycle import FINAL, State
from services.contracts.wib import WIB
from services.kit.auth import Caller
from services.kit.database import Tx
from services.referral import board, step_times
from services.referral.closing_days import close_days
from services.referral.directions import Way, directions, keep_sent
from services.referral.listing import Due, Filter, Moved, listing
from services.referral.step_times import StepName
from tests.unit.scenes import OFFICES, OPERATOR
from tests.workflow.clocked import Clocked
from tests.workflow.test_book_days import BEGIN, DAYS, Story, a_key, without_others

NOW = BEGIN + timedelta(days=DAYS, hours=9)
PROVINCE = RegionCode("35")


@dataclass
class World:
    tx: Tx
    stories: list[Story]

    async def board(self, under: str = "35") -> dict[str, Any]:
        return await board.board(self.tx, under, now=NOW)

    async def listed(self, limit: int = 200, **asked: Any) -> list[UUID]:
        """Return the ids of all pages."""
        found: list[UUID] = []
        after: str | None = None
        while True:
            wanted = Filter(**{"region": PROVINCE, **asked})
            page = await listing(self.tx, OFFICES, _operator(), wanted, now=NOW, after=after, limit=limit)
            found += [each["id"] for each in page["referrals"]]
            after = page["next"]
            if after is None:
                return found


def _operator() -> Caller:
    actor = OPERATOR
    assert actor.officer
    assert actor.agency
    assert actor.unit
    assert actor.level
    assert actor.region
    return Caller(actor.officer, actor.staff_no, actor.agency, actor.unit, actor.level, Role.OPERATOR, actor.region)


def _served(dice: random.Random, number: int) -> Story:
    """Return a story of somebody who was contacted; every third time a first unit let its time pass."""
    facts = [("created", State.DRAFT), ("submitted", State.TRIAGE), ("offered", State.OFFERED)]
    if number % 3 == 0:
        facts += [("expired", State.REROUTING), ("offered", State.OFFERED)]
    facts += [("claimed", State.RECEIVED), ("accepted", State.ACCEPTED), ("contacted", State.IN_SERVICE)]
    at, lines = BEGIN + timedelta(hours=dice.uniform(0, 60)), []
    for fact, state in facts:
        at += timedelta(hours=dice.uniform(0.1, 7))
        lines.append((at, fact, state))
    return Story("bkkbn-35.15", lines)


@pytest.fixture
async def world(play: Clocked) -> AsyncIterator[World]:
    """Sixty stories of four days, the days closed; a third of what is live is late, a third soon due."""
    dice = random.Random(7)
    stories = [*(Story.told_by(dice) for _ in range(60)), *(_served(dice, number) for number in range(12))]
    known = (await play.drafted()).id
    async with play.record.database.engine.connect() as tx:
        await without_others(tx)
        for number, story in enumerate(stories):
            await story.write(tx, known)
            due = NOW + timedelta(hours=(-5, 5, 50)[number % 3])
            await tx.exec_driver_sql(
                "UPDATE referral SET due_at = %(due)s, queue_at = %(due)s, closed_at = %(at)s WHERE id = %(id)s",
                {"due": due, "at": story.lines[-1][0], "id": story.id},
            )
        await close_days(tx, a_key(), now=NOW, limit=100)
        yield World(tx, [story for story in stories if story.submitted_at])


async def test_states_directions_and_deadlines_are_those_of_the_stories_and_lead_to_their_lists(world: World) -> None:
    told = await world.board()
    for direction in told["directions"]:
        own = [each for each in world.stories if each.unit.startswith(direction["agency_from"])]
        states = Counter(each.lines[-1][2] for each in own)
        live = sum(number for state, number in states.items() if state not in FINAL)
        assert direction["live"] == live == sum(direction[each] for each in Due)
        for due in Due:
            found = await world.listed(due=due, agency_from=direction["agency_from"])
            assert len(found) == direction[due]
    assert sum(each["live"] for each in told["regions"]) == sum(each["live"] for each in told["directions"])
    for state in State:
        expected = {each.id for each in world.stories if each.lines[-1][2] is state}
        for limit in (3, 200):
            found = await world.listed(state=state, limit=limit)
            assert (set(found), len(found)) == (expected, len(expected)), state


async def test_what_came_and_went_on_a_day_is_what_its_line_says_and_its_list_holds(world: World) -> None:
    told = await world.board()
    assert len(told["days"]) == DAYS
    assert sum(each["came"] for each in told["days"]) > 20
    for day in (*told["days"], told["today"]):
        for moved in Moved:
            found = await world.listed(moved=moved, day=day["day"], limit=4)
            assert len(found) == day[moved]
    kabupaten = await world.board("35.15")
    assert kabupaten["today"]["came"] <= told["today"]["came"]
    day = told["days"][0]
    found = await world.listed(moved=Moved.CAME, day=day["day"], region=RegionCode("35.15"))
    assert len(found) == kabupaten["days"][0]["came"] < day["came"]


async def test_steps_take_as_long_as_they_took_kept_or_not_kept_yet(world: World) -> None:
    since = datetime.combine(BEGIN.date(), datetime.min.time(), WIB)
    took = [seconds for story in world.stories for seconds in _first_contacts(story, until=NOW)]
    assert len(took) > 5
    await step_times.keep_days(world.tx, now=NOW)
    await step_times.keep_days(world.tx, now=NOW)  # what is kept is kept once
    told = {each["step"]: each for each in await step_times.step_times(world.tx, "35", now=NOW)}
    contact = told[StepName.CONTACTED]
    assert contact["ended"] == len(took)
    assert contact["median_seconds"] == pytest.approx(median_low(took), rel=0.03)
    assert contact["in_time"] == contact["ended"]
    expired = sum(_expired_unanswered(each, since, NOW) for each in world.stories)
    assert told[StepName.ANSWERED]["ended"] - told[StepName.ANSWERED]["in_time"] == expired > 0
    shares = await step_times.answered(world.tx, "35", today=NOW.astimezone(WIB).date())
    assert shares["35"] == (shares["35.15"][0], shares["35.15"][1])


async def test_each_direction_says_how_many_were_sent_and_how_soon_they_were_answered(world: World) -> None:
    first, today = (each.astimezone(WIB).date() for each in (BEGIN, NOW))
    await step_times.keep_days(world.tx, now=NOW)
    await keep_sent(world.tx, now=NOW)
    told = await directions(world.tx, "35", first, today, now=NOW)
    assert set(told) == {"35.15"}  # all of them live there
    ways = told["35.15"]
    submitted = Counter(each.unit.partition("-")[0] for each in world.stories if "submitted" in _facts_of(each))
    assert {sender: way.sent for (sender, _), way in ways.items()} == submitted
    steps = {each["step"]: each for each in await step_times.step_times(world.tx, "35", now=NOW)}
    answers, both = steps[StepName.ANSWERED], sum(ways.values(), Way())
    assert (both.answered, both.in_time) == (answers["ended"], answers["in_time"])
    assert both.median_seconds == answers["median_seconds"]
    assert await directions(world.tx, "35.15", first, today, now=NOW) == told
    assert not await directions(world.tx, "35.78", first, today, now=NOW)
    assert not await directions(world.tx, "35", first - timedelta(days=9), first - timedelta(days=1), now=NOW)


def _facts_of(story: Story) -> list[str]:
    return [fact for _, fact, _ in story.lines]


def _first_contacts(story: Story, *, until: datetime) -> list[float]:
    """Return the seconds from each acceptance to the contact that followed it."""
    accepted, found = None, []
    for at, fact, _ in story.lines:
        if fact == "accepted":
            accepted = at
        elif fact == "contacted" and accepted and at < until:
            found.append((at - accepted).total_seconds())
            accepted = None
    return found


def _expired_unanswered(story: Story, since: datetime, until: datetime) -> int:
    """Return how many questions ran out before anybody claimed."""
    facts = [(at, fact) for at, fact, _ in story.lines if fact in {"offered", "claimed", "expired"}]
    pairs = pairwise(facts)
    return sum(fact == "expired" and before == "offered" and since <= at < until for (_, before), (at, fact) in pairs)


async def test_the_direction_follows_from_the_sending_agency(world: World) -> None:
    told = await world.board()
    assert [each["agency_from"] for each in told["directions"]] == list(Agency)
