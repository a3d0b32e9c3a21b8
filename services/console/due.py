"""How much time is left: in words, and as one of four kinds that a page shows by colour and by shape. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from babel.dates import format_timedelta

from services.contracts.words import Language

SOON = timedelta(hours=24)


class Urgency(StrEnum):
    LATE = "late"
    SOON = "soon"
    CALM = "calm"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TimeLeft:
    urgency: Urgency
    words: str


def time_left(due_at: datetime | None, now: datetime, language: Language) -> TimeLeft:
    """Return how far *due_at* is away, rounded to its largest unit; None is no deadline."""
    if due_at is None:
        return TimeLeft(Urgency.NONE, "")
    left = due_at - now
    words = format_timedelta(left, add_direction=True, locale=language, threshold=1.2)
    if left < timedelta(0):
        return TimeLeft(Urgency.LATE, words)
    return TimeLeft(Urgency.SOON if left < SOON else Urgency.CALM, words)
