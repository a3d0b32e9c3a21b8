"""Where the lines and bars of a chart lie, in the units of its own drawing; templates draw them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10
from typing import Any


@dataclass(frozen=True, slots=True)
class Frame:
    """The field that a chart draws in: *left* and *top* are its corner in the drawing."""

    left: float
    top: float
    width: float
    height: float

    def x(self, place: int, of: int) -> float:
        """Return where the *place*-th (from 0) of so many stands, the first at the left edge, the last at the right."""
        return round(self.left + self.width * (place / (of - 1) if of > 1 else 0.5), 1)

    def y(self, value: float, highest: float) -> float:
        """Return the height of *value* where *highest* is the upper edge."""
        return round(self.top + self.height * (1 - value / highest), 1)


@dataclass(frozen=True, slots=True)
class Panel:
    """*lines*: the points of each, as SVG takes them. *ticks*: (height, number). *ends*: the newest point of each."""

    frame: Frame
    lines: Mapping[str, str]
    ends: Mapping[str, tuple[float, float]]
    ticks: Sequence[tuple[float, int]]


def panel(frame: Frame, rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Panel:
    """Return the lines of *names* over *rows*, which are in the order of their days."""
    highest = nice(max((row[name] for row in rows for name in names), default=0))
    points = {
        name: [(frame.x(place, len(rows)), frame.y(row[name], highest)) for place, row in enumerate(rows)]
        for name in names
    }
    ticks = [(frame.y(value, highest), value) for value in (0, highest // 2, highest)]
    lines = {name: " ".join(f"{x:g},{y:g}" for x, y in found) for name, found in points.items()}
    return Panel(frame, lines, {name: found[-1] for name, found in points.items() if found}, ticks)


def nice(number: float) -> int:
    """Return the next even round number that is not below *number*: 2, 4, 10, 20, 40, 60, 100 and so on."""
    if number <= 2:
        return 2
    ten = 10 ** int(log10(number))
    step = next(each for each in (1, 2, 4, 6, 10) if ceil(number / ten) <= each)
    return int(step * ten) if step * ten % 2 == 0 else 2 * ceil(number / 2)


def shares(parts: Sequence[int], width: float) -> list[tuple[float, float]]:
    """Return the beginning and the width of each part of a bar; an empty bar has no width."""
    whole, begin, found = sum(parts), 0.0, []
    for part in parts:
        length = width * part / whole if whole else 0.0
        found.append((round(begin, 1), round(length, 1)))
        begin += length
    return found


def bars(values: Sequence[float | None], width: float) -> list[float]:
    """Return the length of each bar, the longest as wide as it may be; what is not known has none."""
    longest = max((value for value in values if value), default=0.0)
    return [round(width * value / longest, 1) if value and longest else 0.0 for value in values]
