"""How long something took, in words. Pure."""

from datetime import timedelta
from typing import Final, Literal

from babel.dates import format_timedelta

from services.contracts.words import Language

_Unit = Literal["day", "hour", "minute", "second"]
_UNITS: Final[tuple[tuple[_Unit, int], ...]] = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def lasting(seconds: float | None, language: Language) -> str:
    """Return it by its largest unit and the next one, `2 hari 5 jam`; nothing where it is not known."""
    if seconds is None:
        return ""
    largest = next((place for place, (_, length) in enumerate(_UNITS) if seconds >= length), len(_UNITS) - 1)
    left = round(seconds)
    words: list[str] = []
    for unit, length in _UNITS[largest : largest + 2]:
        many, left = divmod(left, length)
        if many or not words:
            words.append(_said(many * length, unit, language))
    return " ".join(words)


def _said(seconds: int, unit: _Unit, language: Language) -> str:
    # Babel goes on to the next larger unit at a share of it; here it never does.
    return format_timedelta(timedelta(seconds=seconds), granularity=unit, threshold=1e9, locale=language)
