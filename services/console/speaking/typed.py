"""What people type about a speaker, as the record takes it. Pure. What is left empty is left out; what is half typed
goes on as it is, so that the record says what is wrong with it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.contracts.speaking.codes import AgeGroup, Material
from services.contracts.wib import WIB

TIMES: Final = 3
"""How many times a form has room for."""
LENGTHS: Final = (60, 90, 120, 180, 240, 360)
"""How long a session lasts, to choose from, in minutes."""
RHYTHMS: Final = (7, 14, 28)
"""After how many days the next session of a series is, to choose from."""

Typed = Mapping[str, str]


def request(typed: Typed) -> dict[str, Any]:
    """Return a new request."""
    told = {"topic": typed.get("topic", ""), "language": typed.get("language", ""), **_wish(typed)}
    return {**told, "when": when(typed)}


def changed(typed: Typed) -> dict[str, Any]:
    """Return what an asker changes before anything is agreed; times only where some were typed."""
    times = {"when": when(typed)} if typed.get("day_1") else {}
    return {"language": typed.get("language", ""), **_wish(typed), **times}


def _wish(typed: Typed) -> dict[str, Any]:
    texts = {name: typed[name] for name in ("topic_text", "place", "note", "room") if typed.get(name)}
    materials = [each.value for each in Material if typed.get(f"material_{each}")]
    return {**texts, "group": counts(typed), "materials": materials}


def when(typed: Typed) -> dict[str, Any]:
    """Return the wanted times, or the series that begins with the first of them."""
    rows = list(times(typed))
    if typed.get("every_days") and rows:
        return {"series": {"first": rows[0], "every_days": typed["every_days"], "times": typed.get("times", "")}}
    return {"times": rows}


def times(typed: Typed) -> Iterator[dict[str, str]]:
    """Yield each time that was typed: a day, a clock time, and for how many minutes."""
    minutes = typed.get("minutes", "")
    for row in range(1, TIMES + 1):
        day, at = typed.get(f"day_{row}", ""), typed.get(f"time_{row}", "")
        if day or at:
            yield _time(f"{day}T{at}", int(minutes) if minutes.isdecimal() else LENGTHS[0])


def _time(starts_at: str, minutes: int) -> dict[str, str]:
    try:
        moment = datetime.fromisoformat(starts_at).replace(tzinfo=WIB)
    except ValueError:
        return {"starts_at": starts_at, "ends_at": starts_at}
    return {"starts_at": moment.isoformat(), "ends_at": (moment + timedelta(minutes=minutes)).isoformat()}


def counts(typed: Typed) -> dict[str, str]:
    """Return how many people there are of each age group."""
    said = {each.value: typed.get(f"people_{each}", "").strip() for each in AgeGroup}
    return {age: number for age, number in said.items() if number and number != "0"}


def proposal(typed: Typed) -> dict[str, Any]:
    """Return a speaker, with one of the wanted times (`choice`) or another one."""
    told = {"speaker": typed.get("speaker", ""), "text": typed.get("text") or None}
    if typed.get("choice", "").isdecimal():
        return {**told, "choice": int(typed["choice"])}
    return {**told, "times": list(times(typed))}


def move(typed: Typed) -> dict[str, Any]:
    """Return a session, and the time to which it is to be moved."""
    time = next(times(typed), {"starts_at": "", "ends_at": ""})
    return {"session": typed.get("session", ""), "time": time, "text": typed.get("text") or None}


def report(typed: Typed) -> dict[str, Any]:
    """Return who came to a session, or why it was not held."""
    told = {"session": typed.get("session", ""), "text": typed.get("text") or None}
    reason = typed.get("reason")
    return {**told, "reason": reason} if reason else {**told, "attendance": counts(typed)}
