"""Working time, exact to the microsecond: office hours in Jakarta, and spans counted in them or in calendar time.

Office hours are Monday to Friday, 08:00-16:00 WIB; a working day is eight of those hours.
Source: docs/domain.md, clocks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from services.contracts.wib import WIB

OPENS: Final = time(8, tzinfo=WIB)
WORKING_DAY: Final = timedelta(hours=8)
CALENDAR_DAY: Final = timedelta(days=1)
ZERO: Final = timedelta()

_CALENDAR_UNITS: Final = {
    "cd": timedelta(days=1),
    "ch": timedelta(hours=1),
    "cm": timedelta(minutes=1),
    "cs": timedelta(seconds=1),
}
_WORKING_UNITS: Final = {
    "wd": WORKING_DAY,
    "wh": timedelta(hours=1),
    "wm": timedelta(minutes=1),
    "ws": timedelta(seconds=1),
}
_TEXT: Final = re.compile(r"([0-9]{1,9}) ([wc][dhms])")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days besides Saturdays and Sundays on which offices are closed. A correction is a new *version*."""

    version: str
    closed: frozenset[date]

    def open_on(self, day: date) -> bool:
        """Tell whether offices work on *day*, a date in WIB."""
        return day.weekday() < 5 and day not in self.closed


def add_working(start: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """Return the first moment, UTC, at which *amount* of office time has passed since *start*.

    Whole days therefore end at closing time of the last day, not at opening time of the next. No time at all
    ends at *start* itself. Raises ValueError if *start* is naive or *amount* negative.
    """
    start, left = _utc(start), _not_negative(amount)
    if not left:
        return start
    for opens, closes in _office_days(start, calendar):
        begins = max(opens, start)
        if begins + left <= closes:
            return begins + left
        left -= max(closes - begins, ZERO)
    raise AssertionError("office days never end")


def working_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return the office time between two moments; zero if *end* is not after *start*.

    The inverse of `add_working`: what was added is found again, exactly. Raises ValueError if either is naive.
    """
    start, end = _utc(start), _utc(end)
    passed = ZERO
    for opens, closes in _office_days(start, calendar):
        if opens >= end:
            return passed
        passed += max(min(closes, end) - max(opens, start), ZERO)
    raise AssertionError("office days never end")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time and what it is counted in: office hours (*working*) or every hour of every day.

    Raises ValueError if *amount* is negative.
    """

    amount: timedelta
    working: bool

    def __post_init__(self) -> None:
        _not_negative(self.amount)

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read a policy's words: a whole number and a unit.

        `w` counts office time, `c` calendar time; `d` days, `h` hours, `m` minutes, `s` seconds: "2 wd", "4 ch".
        Raises ValueError where *text* is anything else.
        """
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"not a span: {text!r} (write it like '2 wd', '4 wh', '7 cd', '24 ch', '30 cm' or '6 cs')")
        number, unit = match.groups()
        working = unit in _WORKING_UNITS
        return cls(int(number) * (_WORKING_UNITS if working else _CALENDAR_UNITS)[unit], working)

    def __str__(self) -> str:
        """Return the span as `parse` reads it, in the largest unit that keeps it whole; below a second it is cut."""
        units = _WORKING_UNITS if self.working else _CALENDAR_UNITS
        whole = timedelta(seconds=self.amount // timedelta(seconds=1))
        unit = next(name for name, size in units.items() if not whole % size)
        return f"{whole // units[unit]} {unit}"

    def after(self, start: datetime, calendar: Calendar) -> datetime:
        """Return the moment, UTC, at which this span has passed since *start*."""
        if self.working:
            return add_working(start, self.amount, calendar)
        return _utc(start) + self.amount

    def between(self, start: datetime, end: datetime, calendar: Calendar) -> timedelta:
        """Return how much time of this span's kind lies between two moments; zero if *end* is not after *start*."""
        if self.working:
            return working_between(start, end, calendar)
        return max(_utc(end) - _utc(start), ZERO)

    def of(self, amount: timedelta) -> "Span":
        """Return *amount* counted in the same kind of time; what is below zero counts as nothing."""
        return Span(max(amount, ZERO), self.working)


def _office_days(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Yield opening and closing time, UTC, of every office day from the day of *start* on."""
    day = start.astimezone(WIB).date()
    while True:
        if calendar.open_on(day):
            opens = datetime.combine(day, OPENS).astimezone(UTC)
            yield opens, opens + WORKING_DAY
        day += timedelta(days=1)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


def _not_negative(amount: timedelta) -> timedelta:
    if amount < ZERO:
        raise ValueError("a length of time cannot be negative")
    return amount
