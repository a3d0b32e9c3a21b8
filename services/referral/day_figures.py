"""The arithmetic of a day's lines: from the steps of the timeline to figures, without a database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from services.contracts.books import Account, DayFigures
from services.contracts.lifecycle import State


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


def standing(state: State) -> Standing:
    return _ENDED.get(state, Standing.LIVE)


def figures_of(day: date, carried: Mapping[Account, int], steps: Iterable[Moved]) -> list[DayFigures]:
    """Return the lines of *day* in the order of the books: one for each account that ever had one, and each new one.

    *carried*: how many were live the evening before.
    """
    counted: dict[Account, dict[str, int]] = {account: {} for account in carried}
    for step in steps:
        if (column := step.column) is not None:
            columns = counted.setdefault(step.account, {})
            columns[column] = columns.get(column, 0) + step.count
    return [_figures(day, account, carried.get(account, 0), counted[account]) for account in sorted(counted)]


def _figures(day: date, account: Account, live_before: int, columns: Mapping[str, int]) -> DayFigures:
    agency, area = account
    live_after = live_before + net(columns)
    return DayFigures(day=day, agency=agency, area=area, live_before=live_before, live_after=live_after, **columns)


def net(columns: Mapping[str, int]) -> int:
    """Return how many more are live after what *columns* count."""
    return sum(columns.get(each, 0) for each in _ADDS) - sum(columns.get(each, 0) for each in _TAKES)
