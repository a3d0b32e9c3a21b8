"""The days of the books, closed from real timelines on real PostgreSQL. Everything written is rolled back."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.contracts.book_commands import CheckRecord
from services.contracts.books import Account, BookLine, FindingKind, Reader
from services.contracts.codes import Agency, Service
from services.contracts.ids import RegionCode
from services.contracts.lifecycle import FINAL, RULES, State
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.kit.signing import SigningKey, thumbprint
from services.referral.checks import check_record
from services.referral.closing_days import close_days, lines_after
from tests.workflow.clocked import Clocked

DAYS = 4
# Long before every other test: the books of these tests are about their own referrals only.
BEGIN = datetime(2001, 3, 5, tzinfo=WIB)
UNITS = ("dinsos-35.15.08", "bkkbn-35.15", "dinsos-35")
AREAS: dict[str, Account] = {
    "dinsos-35.15.08": (Agency.DINSOS, RegionCode("35.15")),
    "bkkbn-35.15": (Agency.BKKBN, RegionCode("35.15")),
    "dinsos-35": (Agency.DINSOS, RegionCode("35")),
}
_COPY = """
INSERT INTO referral SELECT (jsonb_populate_record(known, jsonb_build_object('id', %(id)s::text, 'number', %(id)s::text,
    'family', %(id)s::text, 'unit_from', %(unit)s::text, 'agency_from', %(agency)s::text, 'service', %(service)s::text,
    'state', %(state)s::text, 'version', %(version)s::bigint, 'submitted_at', %(submitted)s::timestamptz))).*
FROM referral AS known WHERE id = %(known)s
"""
_LINE = """
INSERT INTO timeline (referral, version, fact, at, staff_no, state, attempt)
VALUES (%(id)s, %(version)s, %(fact)s, %(at)s, 'system', %(state)s, 0)
"""


@dataclass
class Story:
    """A referral's random walk along the lifecycle's table: (moment, fact, state) of each line."""

    unit: str
    lines: list[tuple[datetime, str, State]]
    id: UUID = field(default_factory=uuid4)

    @classmethod
    def told_by(cls, dice: random.Random) -> "Story":
        at = BEGIN + timedelta(hours=dice.uniform(0, 60))
        lines = [(at, "created", State.DRAFT)]
        if dice.random() < 0.2:
            return cls(dice.choice(UNITS), [*lines, (at + timedelta(hours=1), "discarded", State.VOID)])
        at += timedelta(hours=dice.uniform(0, 10))
        lines.append((at, "submitted", State.TRIAGE))
        for _ in range(dice.randint(0, 14)):
            at += timedelta(hours=dice.uniform(0, 12))
            cells = [(cell.fact, cell.to) for (state, _), cell in RULES.items() if state is lines[-1][2]]
            steps = [(fact, to) for fact, to in cells if isinstance(to, State)]
            if steps and at < BEGIN + timedelta(days=DAYS + 1):
                fact, to = dice.choice(steps)
                lines.append((at, fact, to))
        return cls(dice.choice(UNITS), lines)

    @property
    def submitted_at(self) -> datetime | None:
        return next((at for at, fact, _ in self.lines if fact == "submitted"), None)

    def stood_at(self, moment: datetime) -> State | None:
        """Return where it stood; None before it was submitted."""
        if self.submitted_at is None or self.submitted_at >= moment:
            return None
        return [state for at, _, state in self.lines if at < moment][-1]

    async def write(self, tx: Tx, known: UUID) -> None:
        last = self.lines[-1][2]
        agency = AREAS[self.unit][0]
        service = Service.TPK_DAMPING if agency is Agency.DINSOS else Service.PKH
        row = {"id": self.id, "unit": self.unit, "agency": agency, "service": service, "state": last, "known": known}
        await tx.exec_driver_sql(_COPY, {**row, "version": len(self.lines), "submitted": self.submitted_at})
        for version, (at, fact, state) in enumerate(self.lines, 1):
            line = {"id": self.id, "version": version, "fact": fact, "at": at, "state": state}
            await tx.exec_driver_sql(_LINE, line)


def a_key() -> SigningKey:
    key = ec.generate_private_key(ec.SECP256R1())
    return SigningKey(key, thumbprint(key), {})


async def without_others(tx: Tx) -> None:
    """Forget, until the rollback, what other tests have submitted."""
    await tx.exec_driver_sql("UPDATE referral SET submitted_at = NULL")


async def _lines(tx: Tx) -> list[BookLine]:
    return await lines_after(tx, 0, since=None, until=None, limit=10_000)


@pytest.mark.parametrize("seed", range(6))
async def test_the_lines_of_random_timelines_are_those_of_a_naive_recount(play: Clocked, seed: int) -> None:
    dice = random.Random(seed)
    stories = [Story.told_by(dice) for _ in range(40)]
    known = (await play.drafted()).id
    now = BEGIN + timedelta(days=DAYS, minutes=10)
    async with play.record.database.engine.connect() as tx:
        await without_others(tx)
        for story in stories:
            await story.write(tx, known)
        assert await close_days(tx, a_key(), now=now, limit=100) == DAYS
        lines = await _lines(tx)
        checked = await check_record(tx, CheckRecord(after=None, limit=100_000, whole=True), now=now)
    for line in lines:
        morning = datetime.combine(line.day, time(), WIB)
        assert line.live_before == _live(stories, line.account, morning), line
        assert line.live_after == _live(stories, line.account, morning + timedelta(days=1)), line
    assert Reader(lambda _: True).first_fault(lines) is None
    submitted = [story for story in stories if story.stood_at(now - timedelta(minutes=10)) is not None]
    assert sum(line.submitted for line in lines) == len(submitted)
    assert FindingKind.DAY_DIFFERS not in {violation.kind for violation in checked.violations}


def _live(stories: list[Story], account: Account, moment: datetime) -> int:
    states = [story.stood_at(moment) for story in stories if AREAS[story.unit] == account]
    return sum(state is not None and state not in FINAL for state in states)


def _story(*lines: tuple[float, str, State]) -> Story:
    """Return a story by hours after BEGIN."""
    return Story("dinsos-35.15.08", [(BEGIN + timedelta(hours=hours), fact, state) for hours, fact, state in lines])


async def test_a_day_is_closed_once_when_it_has_been_over_for_ten_minutes_and_missed_ones_are_caught_up(
    play: Clocked,
) -> None:
    known, key = (await play.drafted()).id, a_key()
    closed = []
    async with play.record.database.engine.connect() as tx:
        await without_others(tx)
        await _story((1, "created", State.DRAFT), (2, "submitted", State.TRIAGE)).write(tx, known)
        for minutes in (9, 10, 11, 60 * 24 * 3 + 10, 60 * 24 * 3 + 11):
            now = BEGIN + timedelta(days=1, minutes=minutes)
            closed.append(await close_days(tx, key, now=now, limit=100))
        days = [line.day.day for line in await _lines(tx)]
    assert closed == [0, 1, 0, 3, 0]
    assert days == [5, 6, 7, 8]


async def test_voiding_what_was_closed_is_a_movement_of_its_own_day(play: Clocked) -> None:
    known = (await play.drafted()).id
    story = _story(
        *((1, "created", State.DRAFT), (2, "submitted", State.TRIAGE), (3, "closed", State.CLOSED)),
        *((30, "reopened", State.TRIAGE), (31, "closed", State.CLOSED), (60, "voided", State.VOID)),
    )
    async with play.record.database.engine.connect() as tx:
        await without_others(tx)
        await story.write(tx, known)
        await close_days(tx, a_key(), now=BEGIN + timedelta(days=4), limit=100)
        lines = await _lines(tx)
    figures = [(line.submitted, line.reopened, line.closed, line.void, line.closed_voided) for line in lines]
    assert figures == [(1, 0, 1, 0, 0), (0, 1, 1, 0, 0), (0, 0, 0, 0, 1)]
    assert all(line.adds_up for line in lines)


async def test_a_record_that_the_newest_lines_do_not_lead_to_is_caught(play: Clocked) -> None:
    known, story = (await play.drafted()).id, _story((1, "created", State.DRAFT), (2, "submitted", State.TRIAGE))
    now = BEGIN + timedelta(days=2)
    async with play.record.database.engine.connect() as tx:
        await without_others(tx)
        await story.write(tx, known)
        await close_days(tx, a_key(), now=now, limit=100)
        await tx.exec_driver_sql("UPDATE referral SET state = 'closed' WHERE id = %(id)s", {"id": story.id})
        checked = await check_record(tx, CheckRecord(after=None, limit=100_000, whole=True), now=now.astimezone(UTC))
    differing = {violation.kind: violation.subjects for violation in checked.violations}
    assert differing[FindingKind.DAY_DIFFERS] == ("dinsos/35.15",)
