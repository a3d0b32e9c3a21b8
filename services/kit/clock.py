"""The time that rules are judged by. One place, so that a test or a fault can move it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]


def system_clock(offset_seconds: float = 0.0) -> Now:
    """Return a function that answers the present moment in UTC, moved by *offset_seconds*."""
    offset = timedelta(seconds=offset_seconds)
    return lambda: datetime.now(UTC) + offset
