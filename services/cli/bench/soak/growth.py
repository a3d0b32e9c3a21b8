"""When a series grows: a straight line through its second half, by least squares, held against limits in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression
from types import MappingProxyType

Series = Sequence[tuple[float, float]]
"""Points of (minute, value), in the order of time."""

MINUTES_OF_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """A series of this kind grows if its line rises by more than both *share* of its mean and *slack* in *unit*."""

    unit: str
    share: float
    slack: float


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "memory": Kind("MB", 0.05, 10),
        "pending": Kind("events", 0.25, 20),
        "lag": Kind("events", 0.25, 20),
        "connections": Kind("connections", 0.05, 2),
        "files": Kind("files", 0.05, 5),
        "cached": Kind("workflows", 0.1, 20),
        # Every referral is kept, so disks fill: these two are told per life, and judged by nobody.
        "disk": Kind("MB", float("inf"), 0),
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """*slope* is per minute; *rise* from the first to the last point of the half."""

    slope: float
    rise: float
    mean: float

    @property
    def per_hour(self) -> float:
        return self.slope * MINUTES_OF_AN_HOUR


def line_of(series: Series) -> Line:
    """Return the line through the second half of *series*. Raises ValueError for fewer than two points in it."""
    half = series[len(series) // 2 :]
    minutes, values = [each[0] for each in half], [each[1] for each in half]
    slope = linear_regression(minutes, values).slope
    return Line(slope, slope * (minutes[-1] - minutes[0]), fmean(values))


def grows(line: Line, kind: Kind) -> bool:
    return line.rise > kind.share * line.mean and line.rise > kind.slack
