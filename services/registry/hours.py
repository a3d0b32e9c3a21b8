"""When an office is open, day by day: `{"mon": "08:00-15:00"}` as it is kept, `sen-kam 08:00-15:00` as people write it.

Pure. A day that is not named is a day on which nobody comes. No route depends on it: a unit that is asked on a Saturday
answers on Monday, and its clock counts working time only.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import groupby

SPAN = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
_SPAN = re.compile(SPAN)
_ITEM = re.compile(r"([a-z']+)(?:\s*-\s*([a-z']+))?\s+(\d{1,2})[.:](\d\d)\s*-\s*(\d{1,2})[.:](\d\d)")


class Day(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


Hours = Mapping[Day, str]

_DAYS = tuple(Day)
_NAMES = ("sen", "sel", "rab", "kam", "jum", "sab", "min")


def is_span(text: str) -> bool:
    """True for `08:00-15:00`, the second moment after the first."""
    return bool(_SPAN.fullmatch(text)) and text[:5] < text[6:]


def written(hours: Hours) -> str:
    """Return *hours* as they stand in a file, neighbours of one span together."""
    runs = groupby(range(len(_DAYS)), key=lambda at: hours.get(_DAYS[at]))
    return ", ".join(f"{_range(list(days))} {span}" for span, days in runs if span)


def read(text: str) -> dict[Day, str]:
    """Return what *text* says: items cut by commas or semicolons. Raises ValueError where one is no hours of a day."""
    found: dict[Day, str] = {}
    for item in filter(None, (part.strip().casefold() for part in re.split("[,;]", text))):
        for day, span in _item(item):
            if day in found:
                raise ValueError("a day is named twice")
            found[day] = span
    return {day: found[day] for day in _DAYS if day in found}


def _item(item: str) -> Iterator[tuple[Day, str]]:
    match = _ITEM.fullmatch(item)
    if match is None:
        raise ValueError("no hours")
    first, last, *clock = match.groups()
    span = "{:0>2}:{}-{:0>2}:{}".format(*clock)
    if not is_span(span):
        raise ValueError("no span of a day")
    begin, end = _number(first), _number(last or first)
    if end < begin:
        raise ValueError("the last day comes before the first")
    yield from ((day, span) for day in _DAYS[begin : end + 1])


def _number(name: str) -> int:
    """Return which day *name* is, by its first letters: `Senin`, `sen`. Friday is also written `jum'at`."""
    return _NAMES.index(name[:3])


def _range(days: list[int]) -> str:
    return _NAMES[days[0]] if len(days) == 1 else f"{_NAMES[days[0]]}-{_NAMES[days[-1]]}"
