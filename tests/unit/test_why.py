"""Why a referral stands still: the one cause that somebody can do something about, in one sentence."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from services.console.due import time_left
from services.console.pages import Pages
from services.console.why import Cause, why

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
UNITS = {"bkkbn-35.15.08": "PKB Candi", "bkkbn-35.15": "BKKBN Sidoarjo", "dinsos-35.15.08": "TKSK Candi"}


def _at(**ahead: float) -> str:
    return (NOW + timedelta(**ahead)).isoformat()


def _armed(**changes: Any) -> dict[str, Any]:
    armed = {
        "clock": "acknowledge", "mark": "due", "at": _at(hours=2), "ends_with": None, "late": False,
        "tells": [{"unit": "bkkbn-35.15", "role": "coordinator"}],
    }  # fmt: skip
    return armed | changes


def _referral(**changes: Any) -> dict[str, Any]:
    referral = {
        "state": "offered", "version": 3, "waits_for": "bkkbn-35.15.08", "due_at": _at(hours=2), "parked": None,
        "to_be_routed": False, "void_requested_at": None, "armed": _armed(), "timeline": [{"at": _at(hours=-5)}],
    }  # fmt: skip
    return referral | changes


def _waiting(**changes: Any) -> dict[str, Any]:
    return {"fed_version": 3, "run": {"running": True, "pending": []}} | changes


def _failing(attempt: int) -> dict[str, Any]:
    pending = {"command": "referral.fire_mark", "attempt": attempt, "last_error": "OperationalError"}
    return _waiting(run={"running": True, "pending": [pending]})


SENT = {"unit": "bkkbn-35.15.08", "status": "sent"}
LOST = {"unit": "bkkbn-35.15.08", "status": "failed"}
LATE = _referral(armed=_armed(at=_at(minutes=-10), late=True))
SCENES: Mapping[str, tuple[dict[str, Any], dict[str, Any] | None, list[dict[str, Any]], Cause, str]] = {
    "how it should be": (
        _referral(), _waiting(), [SENT], Cause.WAITS,
        "Waits for PKB Candi: First response of the receiving unit. "
        "If nothing happens, Area coordinator (BKKBN Sidoarjo) will be told in 2 hours.",
    ),
    "a reminder comes next": (
        _referral(armed=_armed(mark="half", tells=[{"unit": "bkkbn-35.15.08", "role": None}])), _waiting(), [],
        Cause.WAITS, "Waits for PKB Candi: First response of the receiving unit. "
        "The next reminder comes in 2 hours, for PKB Candi.",
    ),
    "the system ends it": (
        _referral(armed=_armed(mark="end", ends_with="expire")), _waiting(), [], Cause.WAITS,
        "Waits for PKB Candi: First response of the receiving unit. Then, in 2 hours, the system itself acts: "
        "End the offer.",
    ),
    "the unit is late": (
        _referral(due_at=_at(days=-3)), _waiting(), [SENT, LOST], Cause.OVERDUE,
        "PKB Candi is late: First response of the receiving unit was due 3 days ago. "
        "If nothing happens, Area coordinator (BKKBN Sidoarjo) will be told in 2 hours.",
    ),
    "no message arrived": (
        _referral(), _waiting(), [LOST, LOST], Cause.UNTOLD,
        "Waits for PKB Candi, but no message to that unit arrived: send them again from the list of messages below.",
    ),
    "no workflow": (
        LATE, _waiting(run=None), [LOST], Cause.LOST,
        "No workflow waits for this referral, so nobody will be reminded: resync it from the record.",
    ),
    "a command fails": (
        LATE, _failing(7), [], Cause.FAILING,
        "A mark should have been told 10 minutes ago, but the command referral.fire_mark has failed 7 times: "
        "OperationalError.",
    ),
    "a command fails, and nothing is late yet": (
        _referral(), _failing(2), [], Cause.FAILING,
        "The command referral.fire_mark has failed 2 times: OperationalError.",
    ),
    "the workflow has not heard": (
        _referral(), _waiting(fed_version=2), [], Cause.BEHIND,
        "Its workflow has not heard of the last change: check the pipes, or resync it from the record.",
    ),
    "nobody fires the mark": (
        LATE, _waiting(), [], Cause.MARK_LATE,
        "A mark should have been told 10 minutes ago (First response of the receiving unit), but nothing fires it: "
        "fire it now, or resync it from the record.",
    ),
    "nobody can be asked about the workflow": (LATE, None, [], Cause.MARK_LATE, "A mark should have been told"),
    "a supervisor decides": (
        _referral(state="rerouting", waits_for="dinsos-35.15.08", parked="no_unit"), _waiting(), [], Cause.PARKED,
        "Waits for the supervisor of TKSK Candi to decide:",
    ),
    "the system looks for a unit": (
        _referral(state="rerouting", to_be_routed=True), _waiting(), [], Cause.ROUTING,
        "The system is looking for the next unit.",
    ),
    "nothing is armed": (
        _referral(armed=None), _waiting(), [], Cause.UNARMED, "This referral is under way without any deadline.",
    ),
    "voiding was asked for": (
        _referral(void_requested_at=_at(hours=-1)), _waiting(run=None), [], Cause.VOID,
        "Waits for you as an operator: a supervisor asked to make this referral void.",
    ),
    "it has ended": (
        _referral(state="closed", waits_for=None, armed=None), _waiting(run=None), [], Cause.ENDED, "It has ended",
    ),
    "a proposal is asked after": (
        _referral(state="closed", armed=None), _waiting(run=None), [], Cause.FOLLOW_UP,
        "It is closed; PKB Candi is still asked",
    ),
}  # fmt: skip


@pytest.mark.parametrize("scene", SCENES)
def test_the_first_cause_that_explains_it_is_told_in_one_sentence(scene: str) -> None:
    referral, waiting, messages, cause, sentence = SCENES[scene]
    found = why(referral, waiting, messages, NOW)
    assert found.cause is cause
    words = Pages()._environments["en"].get_template("operate_words.html").module
    left = partial(_left, language="en")
    said = " ".join(str(words.sentence(found, referral, UNITS, left)).split())  # type: ignore[attr-defined]
    assert said.startswith(sentence)
    indonesian = Pages()._environments["id"].get_template("operate_words.html").module
    told = str(indonesian.sentence(found, referral, UNITS, partial(_left, language="id")))  # type: ignore[attr-defined]
    assert told.strip()
    assert "None" not in told


def _left(due_at: str | None, language: Any) -> Any:
    return time_left(datetime.fromisoformat(due_at) if due_at else None, NOW, language)


def test_what_has_just_happened_may_still_be_on_its_way() -> None:
    fresh = _referral(timeline=[{"at": _at(seconds=-20)}])
    assert why(fresh, _waiting(fed_version=2, run=None), [], NOW).cause is Cause.WAITS
    assert why(fresh, _waiting(run=None), [], NOW).cause is Cause.LOST, "it was handed over, and nothing runs"
    assert why(fresh, _waiting(fed_version=1), [], NOW).cause is Cause.WAITS


def test_only_what_is_wrong_with_the_machine_is_called_trouble() -> None:
    assert why(LATE, _waiting(), [], NOW).trouble
    assert not why(_referral(due_at=_at(days=-3)), _waiting(), [], NOW).trouble
