"""How long something took, in classes that are fine enough for a median and few enough to be kept. Pure.

Each class is 4.4 % wider than the one before, so the middle of a class is at most 2.2 % from any span in it.
"""

from collections.abc import Mapping
from math import log2

PER_DOUBLING = 16


def span_of(seconds: float) -> int:
    """Return the class of *seconds*; whatever is shorter than a second is in the first one."""
    return int(log2(max(seconds, 1.0)) * PER_DOUBLING)


def middle(span: int) -> float:
    """Return the middle of a class, in seconds."""
    return float(2 ** ((span + 0.5) / PER_DOUBLING))


def median(counted: Mapping[int, int]) -> float | None:
    """Return the seconds in which half of them were done: *counted* says how many are in each class."""
    half, seen = (sum(counted.values()) + 1) // 2, 0
    for span in sorted(counted):
        seen += counted[span]
        if seen >= half > 0:
            return middle(span)
    return None
