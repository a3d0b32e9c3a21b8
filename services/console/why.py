"""Why a referral stands still, as one cause with its facts; a template puts it in words. Pure.

The cause that a person can do something about comes first: a workflow that is gone explains a late mark, a late mark
explains a silent supervisor, and a unit that was never told explains why it does not answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from services.contracts.lifecycle import FINAL

ON_ITS_WAY: Final = timedelta(minutes=1)
"""For so long after something happened the workflow may not have heard of it, and nothing is wrong."""

Answer = Mapping[str, Any]


class Cause(StrEnum):
    """`lost`: no workflow waits for it. `behind`: its workflow has not heard the newest. `failing`: a command is
    given again and again. `mark_late`: nothing fires its mark. `unarmed`: it waits for nothing, which must not be.
    `untold`: whose move it is was not reached. The others are how it should be.
    """

    ENDED = "ended"
    FOLLOW_UP = "follow_up"
    VOID = "void"
    LOST = "lost"
    FAILING = "failing"
    BEHIND = "behind"
    MARK_LATE = "mark_late"
    UNARMED = "unarmed"
    UNTOLD = "untold"
    PARKED = "parked"
    ROUTING = "routing"
    OVERDUE = "overdue"
    WAITS = "waits"


TROUBLE: Final = frozenset({Cause.LOST, Cause.FAILING, Cause.BEHIND, Cause.MARK_LATE, Cause.UNARMED, Cause.UNTOLD})
_NOT_TOLD: Final = frozenset({"failed", "unsure", "undeliverable"})


@dataclass(frozen=True, slots=True)
class Why:
    """*pending*: the command that fails, as the part that waits tells of it; empty where none does."""

    cause: Cause
    pending: Answer = field(default_factory=dict)

    @property
    def trouble(self) -> bool:
        """True where something is wrong with the machine, not where people take their time."""
        return self.cause in TROUBLE


def why(referral: Answer, waiting: Answer | None, messages: Sequence[Answer], now: datetime) -> Why:
    """Return why *referral* (`OperatedView`) stands where it stands.

    *waiting* is what the part `workflows` says of it; None while that part, or Temporal, does not answer.
    """
    failing = _failing(waiting)
    return Why(_cause(referral, waiting, messages, now, failing=bool(failing)), failing)


def _cause(
    referral: Answer, waiting: Answer | None, messages: Sequence[Answer], now: datetime, *, failing: bool
) -> Cause:
    if referral["void_requested_at"]:
        return Cause.VOID
    if referral["state"] in FINAL:
        return Cause.FOLLOW_UP if referral["waits_for"] else Cause.ENDED
    return _machine(referral, waiting, now, failing=failing) or _people(referral, messages, now)


def _machine(referral: Answer, waiting: Answer | None, now: datetime, *, failing: bool) -> Cause | None:
    """What is wrong with the machine, if anything."""
    armed = referral["armed"]
    if waiting is not None and (armed or referral["to_be_routed"]):
        fed, on_its_way = (waiting["fed_version"] or 0) >= referral["version"], not _settled(referral, now)
        if (fed or not on_its_way) and not (waiting["run"] and waiting["run"]["running"]):
            return Cause.LOST
        if failing:
            return Cause.FAILING
        if not fed and not on_its_way:
            return Cause.BEHIND
    if armed and armed["late"]:
        return Cause.MARK_LATE
    return None if armed or referral["to_be_routed"] else Cause.UNARMED


def _people(referral: Answer, messages: Sequence[Answer], now: datetime) -> Cause:
    """For whom it waits, where the machine does what it should."""
    unit, due = referral["waits_for"], _moment(referral["due_at"])
    reached = {each["status"] for each in messages if each["unit"] == unit}
    if reached and reached <= _NOT_TOLD:
        return Cause.UNTOLD
    if referral["parked"]:
        return Cause.PARKED
    if referral["to_be_routed"]:
        return Cause.ROUTING
    return Cause.OVERDUE if due and due < now else Cause.WAITS


def _failing(waiting: Answer | None) -> Answer:
    """Return the command that was tried in vain most often, empty where none was."""
    run = (waiting or {}).get("run") or {"pending": ()}
    tried = [each for each in run["pending"] if each["last_error"]]
    return max(tried, key=lambda each: each["attempt"], default={})


def _settled(referral: Answer, now: datetime) -> bool:
    """True where the newest fact is old enough to have arrived everywhere."""
    lines = referral["timeline"]
    newest = _moment(lines[-1]["at"]) if lines else None
    return newest is None or now - newest > ON_ITS_WAY


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
