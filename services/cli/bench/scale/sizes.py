"""How much is loaded: the full measure, and one of a minute that only shows that it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScaleSize:
    """*live* includes those of the *storm*, which fall due together."""

    closed: int
    live: int
    storm: int
    storm_within_seconds: float
    pace_seconds: float
    """How long people are watched at work, with the storm and without."""
    repeats: int
    batch: int = 20_000
    cold: bool = True
    """Whether the servers are restarted before queries are asked, and the parts after it; else the parts before it."""


FULL = ScaleSize(
    closed=1_000_000, live=200_000, storm=10_000, storm_within_seconds=60, pace_seconds=60,
    repeats=20,
)  # fmt: skip
QUICK = ScaleSize(
    closed=20_000,
    live=2_000,
    storm=20,
    storm_within_seconds=2,
    pace_seconds=2,
    repeats=2,
    batch=10_000,
    cold=False,
)
