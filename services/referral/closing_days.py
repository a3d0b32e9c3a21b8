"""Closing the days of the books: each finished day once, in order, hash-chained and signed."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from psycopg.types.json import Jsonb

from services.contracts.books import NO_LINE_BEFORE, Account, Book, BookLine, DayFigures
from services.contracts.codes import Agency
from services.contracts.ids import RegionCode
from services.contracts.lifecycle import State
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.kit.signing import SigningKey
from services.referral.day_figures import Moved, Step, figures_of, net
from services.referral.speaking.book import FIRST_REQUESTED, LIVE_REQUESTS, requests_moved

# A day is closed when it has been over for so long: what began before midnight is committed by then.
GRACE: Final = timedelta(minutes=10)
_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.book_line'))"
_FIELDS: Final = tuple(BookLine.model_fields)
_LINES: Final = f"SELECT {', '.join(_FIELDS)} FROM book_line"
_LINES_AFTER: Final = f"""
{_LINES} WHERE position > %(after)s AND day >= coalesce(%(since)s::date, '-infinity')
    AND day <= coalesce(%(until)s::date, 'infinity') ORDER BY position LIMIT %(limit)s
"""
_NEWEST_DAY: Final = f"{_LINES} WHERE day = (SELECT max(day) FROM book_line) ORDER BY position"
_FIRST_SUBMITTED: Final = "SELECT min(submitted_at) FROM referral WHERE submitted_at IS NOT NULL"
_ADD: Final = f"INSERT INTO book_line ({', '.join(_FIELDS)}) VALUES ({', '.join(f'%({each})s' for each in _FIELDS)})"

# The agency and the kabupaten or kota of the sending unit, which stays what it was. The facts are those of the index.
ACCOUNT: Final = "referral.agency_from AS agency, left(coalesce(unit.region, referral.region), 5) AS area"
MOVING: Final = """fact IN ('submitted', 'reopened', 'closed', 'confirmed', 'auto_confirmed', 'ruled_upheld',
    'recalled', 'cancel_confirmed', 'stop_received', 'voided', 'discarded', 'purged')"""
STEPS: Final = f"""
FROM timeline AS line
JOIN referral ON referral.id = line.referral AND line.at >= referral.submitted_at
LEFT JOIN unit ON unit.unit = referral.unit_from
CROSS JOIN LATERAL (
    SELECT state FROM timeline AS earlier WHERE earlier.referral = line.referral AND earlier.version < line.version
    ORDER BY earlier.version DESC LIMIT 1
) AS before
WHERE line.{MOVING}
    AND line.at >= %(since)s AND line.at < %(until)s
"""
_FIRST: Final = "line.fact = 'submitted' AND line.at = referral.submitted_at"
_MOVED: Final = f"""
SELECT {ACCOUNT}, before.state AS before, line.state AS after, {_FIRST} AS first, count(*) AS many
{STEPS}
GROUP BY 1, 2, 3, 4, 5
"""
_LIVE_NOW: Final = f"""
SELECT {ACCOUNT}, count(*) AS live FROM referral LEFT JOIN unit ON unit.unit = referral.unit_from
WHERE referral.submitted_at IS NOT NULL AND referral.state NOT IN ('closed', 'cancelled', 'void') GROUP BY 1, 2
"""


async def close_days(tx: Tx, key: SigningKey, *, now: datetime, limit: int) -> int:
    """Write the lines of at most *limit* days that are over and not closed yet; return how many days that were."""
    await tx.exec_driver_sql(_ONE_AT_A_TIME)
    newest = await _newest_lines(tx)
    day = newest[0].day + timedelta(days=1) if newest else await _first_day(tx)
    closed = 0
    while day is not None and closed < limit and end_of(day) + GRACE <= now:
        figures = [each for counting in BOOKS for each in await counting.figures(tx, day, newest)]
        newest = chained(figures, newest[-1] if newest else None, key)
        await tx.exec_driver_sql(_ADD, [line.model_dump() | {"reasons": Jsonb(line.reasons)} for line in newest])
        day, closed = day + timedelta(days=1), closed + 1
    return closed


def chained(figures: Iterable[DayFigures], before: BookLine | None, key: SigningKey) -> list[BookLine]:
    """Return *figures* as lines that follow the line *before*, each with the hash of the one before it, and signed."""
    lines: list[BookLine] = []
    for each in figures:
        position = before.position + 1 if before else 1
        previous = before.hash if before else NO_LINE_BEFORE
        line = BookLine(**each.model_dump(), position=position, previous=previous, key=key.kid)
        digest = line.hashed()
        before = line.model_copy(update={"hash": digest, "signature": key.signature(digest)})
        lines.append(before)
    return lines


async def lines_after(tx: Tx, position: int, *, since: date | None, until: date | None, limit: int) -> list[BookLine]:
    """Return at most *limit* lines after *position*, of the days from *since* to *until*, in the order of the books."""
    chosen = {"after": position, "since": since, "until": until, "limit": limit}
    return _read((await tx.exec_driver_sql(_LINES_AFTER, chosen)).all())


async def differing_accounts(tx: Tx, book: Book) -> list[Account]:
    """Return the accounts of *book* whose newest line does not lead to what is live now.

    *tx* reads one state of the world.
    """
    counting = next(each for each in BOOKS if each.book is book)
    newest = await _newest_lines(tx)
    if not newest:
        return []
    expected = counting.carried(newest)
    since = end_of(newest[0].day) if expected else _BEGINNING
    for step in await counting.moved(tx, since, datetime.max.replace(tzinfo=UTC)):
        if (column := step.column) is not None:
            expected[step.account] = expected.get(step.account, 0) + net({column: step.count})
    live = {_account(row): row.live for row in await tx.exec_driver_sql(counting.live)}
    return sorted(each for each in expected.keys() | live.keys() if expected.get(each, 0) != live.get(each, 0))


async def _newest_lines(tx: Tx) -> list[BookLine]:
    return _read((await tx.exec_driver_sql(_NEWEST_DAY)).all())


def _read(rows: Sequence[Any]) -> list[BookLine]:
    return [BookLine.model_validate(dict(row._mapping)) for row in rows]


async def _first_day(tx: Tx) -> date | None:
    moments = [(await tx.exec_driver_sql(counting.first)).scalar() for counting in BOOKS]
    return min((each.astimezone(WIB).date() for each in moments if each), default=None)


async def moved(tx: Tx, since: datetime, until: datetime) -> list[Moved]:
    """Return every step from *since* until before *until* that the books may count."""
    rows = await tx.exec_driver_sql(_MOVED, {"since": since, "until": until})
    return [Moved(_account(row), State(row.before), State(row.after), row.first, row.many) for row in rows]


def _account(row: Any) -> Account:
    return Agency(row.agency), RegionCode(row.area)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), WIB)


def end_of(day: date) -> datetime:
    return start_of(day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Counting:
    """How one book is counted: its steps between two moments, what is live now, and when it begins."""

    book: Book
    moved: Callable[[Tx, datetime, datetime], Awaitable[Sequence[Step]]]
    live: str
    first: str

    async def figures(self, tx: Tx, day: date, before: Iterable[BookLine]) -> list[DayFigures]:
        """Return the lines of *day*, which follow *before*, those of the evening before."""
        carried = self.carried(before)
        steps = await self.moved(tx, start_of(day) if carried else _BEGINNING, end_of(day))
        return figures_of(day, carried, steps, self.book)

    def carried(self, lines: Iterable[BookLine]) -> dict[Account, int]:
        """Return what was live the evening before; nothing where the book begins: then all that was before counts."""
        return {line.account: line.live_after for line in lines if line.book is self.book}


# In the order of a day's lines.
BOOKS: Final = (
    Counting(Book.REFERRALS, moved, _LIVE_NOW, _FIRST_SUBMITTED),
    Counting(Book.SPEAKERS, requests_moved, LIVE_REQUESTS, FIRST_REQUESTED),
)
