"""What a message about a request for a speaker says of days and topic. What was written in words stays sealed."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.contracts.speaking.codes import SessionStatus, Topic
from services.contracts.speaking.snapshot import SessionState
from services.contracts.words import Language, say_moment_of_week, word
from services.notify.note import Days

MOST_SAID: Final = 3
_AHEAD: Final = frozenset({SessionStatus.PLANNED, SessionStatus.AGREED, SessionStatus.OVER})
_BETWEEN: Final[Mapping[Language, str]] = {"id": "antara {first} dan {last}", "en": "between {first} and {last}"}
_MORE: Final[Mapping[Language, str]] = {"id": "dan {count} sesi lagi", "en": "and {count} more"}


def session_words(days: Days, language: Language) -> dict[str, Any]:
    """Return what the templates of requests need besides what all need. *when*: one line."""
    return {
        "topic": None if days.topic is Topic.OWN else word(days.topic, language),
        "when": _when(days, language),
        "moved_to": say_moment_of_week(days.move.starts_at, language) if days.move else None,
        "short_notice": days.short_notice,
    }


def _when(days: Days, language: Language) -> str:
    meant = _meant(days)
    if meant:
        return _listed(meant, language)
    first = say_moment_of_week(days.wanted.starts_at, language)
    if days.wanted.starts_at.date() == days.wanted.ends_at.date():
        return first
    return _BETWEEN[language].format(first=first, last=say_moment_of_week(days.wanted.ends_at, language))


def _meant(days: Days) -> list[SessionState]:
    """Return the session that it is about, else those ahead, else what was called off."""
    about = [each for each in days.sessions if each.no == days.session]
    if not about and days.move:
        about = [each for each in days.sessions if each.no == days.move.no]
    return about or [each for each in days.sessions if each.status in _AHEAD] or list(days.sessions)


def _listed(sessions: Iterable[SessionState], language: Language) -> str:
    said = [say_moment_of_week(each.starts_at, language) for each in sessions]
    rest = [_MORE[language].format(count=len(said) - MOST_SAID)] if len(said) > MOST_SAID else []
    return "; ".join([*said[:MOST_SAID], *rest])
