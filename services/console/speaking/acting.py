"""From a form of a request's page to what the record takes. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.console import forms
from services.console.forms import Field
from services.console.speaking import typed as told
from services.console.speaking.typed import Typed

_OWN_FORM: Final = frozenset(
    {
        *("attendance", "choice", "group", "language", "materials", "note", "place", "room", "session", "speaker"),
        *("time", "times", "topic_text", "when"),
    }
)
"""Fields that a page asks for in its own way."""

_BODIES: Final[Mapping[str, Callable[[Typed], dict[str, Any]]]] = {
    "propose": told.proposal,
    "change": told.changed,
    "counter": lambda typed: {"when": told.when(typed)},
    "ask_move": told.move,
    "cancel_session": lambda typed: {"session": typed.get("session", "")},
    "change_speaker": lambda typed: {"speaker": typed.get("speaker", "")},
    "agree": lambda typed: {"choice": int(typed["choice"])} if typed.get("choice", "").isdecimal() else {},
    "report": told.report,
}


def plain(fields: Sequence[Field]) -> Sequence[Field]:
    return [field for field in fields if field.name not in _OWN_FORM]


def body_of(action: str, fields: Sequence[Field], typed: Typed) -> dict[str, Any]:
    """Return what was typed as the record takes it."""
    own = _BODIES.get(action)
    return {**forms.body_of(plain(fields), typed), **(own(typed) if own else {})}


def as_typed(request: Mapping[str, Any]) -> dict[str, str]:
    """Return what the request says as it would have been typed, to be changed; times are typed anew."""
    details = request["details"] or {}
    said = {name: request[name] or "" for name in ("language", "room")}
    said |= {name: details.get(name) or "" for name in ("place", "note", "topic_text")}
    people = {f"people_{age}": str(number) for age, number in request["group"].items() if number}
    return {**said, **people, **{f"material_{each}": "1" for each in request["materials"]}}
