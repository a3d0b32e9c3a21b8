"""The arithmetic of a day's lines: from the steps of the timeline to figures, without a database."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from services.contracts.books import Account, Book, DayFigures
from services.contracts.lifecycle import State
from services.contracts.speaking.codes import NotHeld


class Standing(StrEnum):
    """Where the books count a referral. A returned draft was submitted, so it is live; before that nobody counts it."""

    UNCOUNTED = "uncounted"
    LIVE = "live"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    VOID = "void"


_ENDED = {State.CLOSED: Standing.CLOSED, State.CANCELLED: Standing.CANCELLED, State.VOID: Standing.VOID}
# The column of a line that each change of standing is counted in.
_COLUMNS: Mapping[tuple[Standing, Standing], str] = MappingProxyType(
    {
        (Standing.UNCOUNTED, Standing.LIVE): "submitted",
        (Standing.CLOSED, Standing.LIVE): "reopened",
        (Standing.LIVE, Standing.CLOSED): "closed",
        (Standing.LIVE, Standing.CANCELLED): "cancelled",
        (Standing.LIVE, Standing.VOID): "void",
        (Standing.CLOSED, Standing.VOID): "closed_voided",
        (Standing.CANCELLED, Standing.VOID): "cancelled_voided",
    }
)
_ADDS = ("submitted", "reopened")
_TAKES = ("closed", "cancelled", "void")


class Step(Protocol):
    """*count* cases of *account* made the same step; *column*: where it is counted, None where nowhere."""

    @property
    def account(self) -> Account: ...

    @property
    def count(self) -> int: ...

    @property
    def column(self) -> str | None: ...

    @property
    def reason(self) -> NotHeld | None: ...


@dataclass(frozen=True, slots=True)
class Moved:
    """*count* referrals of *account* made the same step; *first*: they were submitted for the first time."""

    account: Account
    before: State
    after: State
    first: bool
    count: int = 1

    @property
    def column(self) -> str | None:
        """Return the column that counts this step; None where the standing stays as it was."""
        before = Standing.UNCOUNTED if self.first else standing(self.before)
        return _COLUMNS.get((before, standing(self.after)))

    @property
    def reason(self) -> None:
        return None


def standing(state: State) -> Standing:
    return _ENDED.get(state, Standing.LIVE)


def figures_of(
    day: date, carried: Mapping[Account, int], steps: Iterable[Step], book: Book = Book.REFERRALS
) -> list[DayFigures]:
    """Return the lines of *day* in the order of the books: one for each account that ever had one, and each new one.

    *carried*: how many were live the evening before.
    """
    counted: dict[Account, _Counted] = {account: _Counted() for account in carried}
    for step in steps:
        if step.column is not None:
            counted.setdefault(step.account, _Counted()).add(step.column, step)
    return [counted[each].figures(day, each, carried.get(each, 0), book) for each in sorted(counted)]


@dataclass(frozen=True, slots=True)
class _Counted:
    columns: Counter[str] = field(default_factory=Counter)
    reasons: Counter[NotHeld] = field(default_factory=Counter)

    def add(self, column: str, step: Step) -> None:
        self.columns[column] += step.count
        if step.reason is not None:
            self.reasons[step.reason] += step.count

    def figures(self, day: date, account: Account, live_before: int, book: Book) -> DayFigures:
        agency, area = account
        lives = {"live_before": live_before, "live_after": live_before + net(self.columns)}
        return DayFigures(
            day=day, agency=agency, area=area, book=book, reasons=dict(self.reasons), **lives, **self.columns
        )


def net(columns: Mapping[str, int]) -> int:
    """Return how many more are live after what *columns* count."""
    return sum(columns.get(each, 0) for each in _ADDS) - sum(columns.get(each, 0) for each in _TAKES)
