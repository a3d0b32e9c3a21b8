"""Dates as people and spreadsheets write them. Pure."""

import re
from datetime import date, timedelta
from functools import lru_cache

_MONTHS = {
    "januari": 1, "jan": 1, "january": 1, "februari": 2, "feb": 2, "pebruari": 2, "february": 2, "maret": 3, "mar": 3,
    "march": 3, "april": 4, "apr": 4, "mei": 5, "may": 5, "juni": 6, "jun": 6, "june": 6, "juli": 7, "jul": 7,
    "july": 7, "agustus": 8, "agu": 8, "ags": 8, "agt": 8, "aug": 8, "august": 8, "september": 9, "sep": 9, "sept": 9,
    "oktober": 10, "okt": 10, "oct": 10, "october": 10, "november": 11, "nopember": 11, "nov": 11, "nop": 11,
    "desember": 12, "des": 12, "dec": 12, "december": 12,
}  # fmt: skip
# The time of day that a spreadsheet adds to every date.
_TIME = r"(?:[ t]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.ASCII)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}){_TIME}", re.ASCII)
_IN_WORDS = re.compile(r"(\d{1,2})[-/. ]+([a-z]+)[-/. ,]+(\d{4})", re.ASCII)
_SERIAL = re.compile(r"(\d{4,6})(?:\.0+)?", re.ASCII)
_QUARTER = re.compile(r"(\d{4})[-/ ]?(?:q|tw ?|triwulan ?)?([1-4])", re.ASCII)
# Day 1 of a spreadsheet is 1 January 1900, and it believes in a 29 February of that year.
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(3_000, 80_000)


# A million people were born on some thirty thousand days.
@lru_cache(maxsize=50_000)
def read_date(text: str) -> tuple[date | None, bool]:
    """Return the day that *text* names, and whether day and month had to be swapped to make it one; None if no day.

    Day, month, year as Indonesians write it, year first as computers do, the month in words, or the day's number in a
    spreadsheet. `02/13/2026` can only be meant the other way round, and is read so.
    """
    plain = text.strip().casefold()
    if found := _YEAR_FIRST.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(plain):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _IN_WORDS.fullmatch(plain):
        return _day(int(found[3]), _MONTHS.get(found[2], 0), int(found[1]), may_swap=False)
    if (found := _SERIAL.fullmatch(plain)) and int(found[1]) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(found[1])), False
    return None, False


def read_quarter(text: str) -> str | None:
    """Return the quarter that *text* names as `2026-Q3`: `2026-Q3`, `2026 TW 3`, `20263`; None if it names none."""
    found = _QUARTER.fullmatch(re.sub(r"\s+", " ", text.strip().casefold()))
    return f"{found[1]}-Q{found[2]}" if found else None


def first_day(quarter: str) -> date:
    """Return the first day of a *quarter* such as `2026-Q3`."""
    return date(int(quarter[:4]), 3 * int(quarter[-1]) - 2, 1)


def _day(year: int, month: int, day: int, *, may_swap: bool = True) -> tuple[date | None, bool]:
    swapped = may_swap and month > 12 >= day
    try:
        return date(year, day if swapped else month, month if swapped else day), swapped
    except ValueError:
        return None, False
