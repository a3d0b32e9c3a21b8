"""The clock book: what a case waits for, how long still, and which mark comes next.

Pure: every function takes `now` (an aware moment) and returns a new clock. A running clock always has a next
mark. Before the due date marks stand at fixed places of the clock's length; from the due date on each follows the
moment at which the one before was *told*, so that after an outage every rung still has its full time.
Source: docs/lifecycle.md, clocks by state.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Generic

from pydantic import TypeAdapter
from typing_extensions import TypeVar

from services.contracts.codes import ClockName, Mark, Priority
from services.referral.escalation import NOBODY_VACANT, RUNG_MARKS, Ends, Plan, Told
from services.referral.policy import Policy
from services.referral.worktime import ZERO, Calendar, Span

Name = TypeVar("Name", bound=StrEnum, default=ClockName)
"""Which clocks there are: a referral's, unless it is said otherwise."""

_PAST_DUE: Final = frozenset({Mark.DUE, Mark.RUNG_2, Mark.RUNG_3, Mark.REPEAT})


class Status(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Timing(Generic[Ends]):
    """What a clock goes by besides its own length.

    *vacant* are the rungs with nobody to tell now: they are skipped without waiting. It is read afresh at every
    mark, so a rung that falls vacant or is filled meanwhile is neither lost nor told twice.
    """

    plan: Plan[Ends]
    calendar: Calendar
    rung: Span
    repeat: Span
    vacant: frozenset[Told] = NOBODY_VACANT

    @classmethod
    def of(
        cls,
        name: StrEnum,
        plan: Plan[Ends],
        *,
        policy: Policy,
        priority: Priority,
        calendar: Calendar,
        vacant: frozenset[Told] = NOBODY_VACANT,
    ) -> "Timing[Ends]":
        """Return the timing that *policy* gives to clock *name* of a case of *priority*."""
        return cls(plan, calendar, policy.rung(priority), policy.repeat(priority, name), vacant)


@dataclass(frozen=True, slots=True)
class Clock(Generic[Name]):
    """One clock of one case. Amounts are counted in the clock's own kind of time, `span.working` or not."""

    name: Name
    status: Status
    span: Span
    """Its whole length."""
    since: datetime
    """When it was last started, resumed, paused or stopped."""
    left: timedelta
    """What was left at `since`; zero after the due date."""
    due_at: datetime | None = None
    """None unless running. After a late clock was resumed: the moment of the resumption."""
    fired: Mark | None = None
    """The newest mark that was fired."""
    fired_at: datetime | None = None
    rung: int = 0
    """The highest rung told so far, counted from 1; 0 before the due date was acted on."""
    waited: timedelta = ZERO
    """What had passed of the wait for the next rung when a late clock was paused."""
    next_mark: Mark | None = None
    next_mark_at: datetime | None = None

    @property
    def past_due(self) -> bool:
        """True once the due date was told, and not only seen by whoever looks at a clock."""
        return self.fired in _PAST_DUE

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads: amounts and moments in ISO 8601, nothing that is still at its default."""
        written: dict[str, Any] = _WRITTEN.dump_python(self, mode="json", exclude_defaults=True)
        return written

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "Clock":
        """Read a referral's clock back. Raises ValueError for anything that `to_json` cannot have written."""
        return _JSON.validate_python(written)


_JSON: Final = TypeAdapter(Clock)
_WRITTEN: Final = TypeAdapter(Clock[Any])
AnyTiming = Timing[Any]


def start(name: Name, span: Span, now: datetime, timing: AnyTiming) -> Clock[Name]:
    """Return a clock of length *span* that runs from *now*."""
    return rearm(Clock(name, Status.RUNNING, span, since=now, left=span.amount), timing)


def pause(clock: Clock[Name], now: datetime, timing: AnyTiming) -> Clock[Name]:
    """Return the clock standing still, with what is left kept. One that does not run stays as it is."""
    return _halt(clock, Status.PAUSED, now, timing) if clock.status is Status.RUNNING else clock


def stop(clock: Clock[Name], now: datetime, timing: AnyTiming) -> Clock[Name]:
    """Return the clock ended, with what is left kept for `restart_with`."""
    if clock.status is Status.RUNNING:
        return _halt(clock, Status.STOPPED, now, timing)
    return replace(clock, status=Status.STOPPED)


def resume(clock: Clock[Name], now: datetime, timing: AnyTiming) -> Clock[Name]:
    """Return a paused clock running on with what was left; what was fired is not fired again.

    A running one stays as it is. Raises ValueError for a stopped one: that is restarted, not resumed.
    """
    if clock.status is Status.STOPPED:
        raise ValueError(f"clock {clock.name} was stopped, not paused")
    if clock.status is Status.RUNNING:
        return clock
    return rearm(replace(clock, status=Status.RUNNING, since=now), timing)


def restart_with(clock: Clock[Name], at_least: Span, now: datetime, timing: AnyTiming) -> Clock[Name]:
    """Return the clock running with what was left, but with *at_least* so much; its ladder begins anew.

    Reminders whose place is already behind are not sent. *at_least* is counted in the clock's own kind of time.
    """
    least = clock.span.between(now, at_least.after(now, timing.calendar), timing.calendar)
    left = max(left_at(clock, now, timing), least)
    behind = [mark for mark, rest in places(clock, timing) if rest >= left]
    fired = behind[-1] if behind else None
    return rearm(Clock(clock.name, Status.RUNNING, clock.span, since=now, left=left, fired=fired), timing)


def rearm(clock: Clock[Name], timing: AnyTiming) -> Clock[Name]:
    """Return the clock with its due date and its next mark computed anew; one that does not run stays as it is.

    For a corrected calendar. Vacancies need no rearming: a mark looks at them when it is fired.
    """
    if clock.status is not Status.RUNNING:
        return clock
    due_at = clock.span.of(clock.left).after(clock.since, timing.calendar)
    mark, at = next(_reminders(clock, timing), None) or (rung_mark(clock, timing), due_at)
    if clock.rung:
        mark = rung_mark(clock, timing)
        step = _step(mark, timing)
        at = step.of(step.amount - clock.waited).after(_told_since(clock), timing.calendar)
    return replace(clock, due_at=due_at, next_mark=mark, next_mark_at=at)


def due_now(clock: Clock[Name], now: datetime, timing: AnyTiming) -> Mark | None:
    """Return the mark to fire at *now*, or None if the next one is still to come.

    Where several lie in the past it is the newest: a reminder is dropped for a later one and for the due date.
    No rung is ever dropped: each waits for the one before.
    """
    if clock.next_mark_at is None or clock.due_at is None or now < clock.next_mark_at:
        return None
    if clock.rung or now >= clock.due_at:
        return rung_mark(clock, timing)
    passed = [mark for mark, at in _reminders(clock, timing) if at <= now]
    return passed[-1] if passed else clock.next_mark


def due_first(clock: Clock[Name], now: datetime, timing: AnyTiming) -> Mark | None:
    """Return the mark to fire at *now* by a person's decision: what is due, else what comes next; None if none does."""
    return due_now(clock, max(now, clock.next_mark_at or now), timing)


def told(clock: Clock[Name], mark: Mark, timing: AnyTiming) -> tuple[Told, ...]:
    """Return who is to be told when *mark* of *clock* is fired. Ask before firing."""
    return timing.plan.told_at(mark, clock.rung, timing.vacant)


def fire(clock: Clock[Name], mark: Mark, now: datetime, timing: AnyTiming, *, early: bool = False) -> Clock[Name]:
    """Return the clock with *mark* fired and the next one named; after its end it is stopped.

    Raises ValueError unless *mark* is what `due_now` names: a mark is fired once, and never early, unless a person says
    so (*early*): then it is what `due_first` names.
    """
    if mark is not (due_first(clock, now, timing) if early else due_now(clock, now, timing)):
        raise ValueError(f"mark {mark} of clock {clock.name} is not the one to fire now")
    if mark is Mark.END:
        return replace(_halt(clock, Status.STOPPED, now, timing), fired=mark, fired_at=now)
    rung = clock.rung
    if mark in RUNG_MARKS:
        rung = timing.plan.rung_told(mark, rung, timing.vacant)
    return rearm(replace(clock, fired=mark, fired_at=now, rung=rung, waited=ZERO), timing)


def earliest_due(clocks: Iterable[Clock[Name]]) -> datetime | None:
    """Return the earliest due date of those that run; None where no clock runs."""
    return min((clock.due_at for clock in clocks if clock.due_at), default=None)


def earliest_mark(clocks: Iterable[Clock[Name]]) -> tuple[Clock[Name], Mark, datetime] | None:
    """Return the clock whose mark comes first, that mark and its moment; None where no clock runs."""
    armed = [(clock, clock.next_mark, clock.next_mark_at) for clock in clocks]
    complete = [(clock, mark, at) for clock, mark, at in armed if mark is not None and at is not None]
    return min(complete, key=lambda entry: entry[2], default=None)


def left_at(clock: Clock[Name], now: datetime, timing: AnyTiming) -> timedelta:
    """Return what is left at *now*; zero from the due date on."""
    if clock.status is not Status.RUNNING:
        return clock.left
    return max(clock.left - clock.span.between(clock.since, now, timing.calendar), ZERO)


def places(clock: Clock[Name], timing: AnyTiming) -> Iterator[tuple[Mark, timedelta]]:
    """Yield each reminder, with what is left of the whole length at its place."""
    for mark, part in timing.plan.reminders:
        rest = 1 - part
        yield mark, clock.span.amount * rest.numerator / rest.denominator


def rung_mark(clock: Clock[Name], timing: AnyTiming) -> Mark:
    """The mark that follows the reminders or the rung that was told last, as the vacancies are now."""
    rung = timing.plan.next_rung(clock.rung, timing.vacant)
    if rung is None:
        return Mark.REPEAT if timing.plan.repeats else Mark.END
    return RUNG_MARKS[rung - 1] if clock.rung else Mark.DUE


def _reminders(clock: Clock[Name], timing: AnyTiming) -> Iterator[tuple[Mark, datetime]]:
    """The reminders that were not fired yet, with their moments, in order."""
    marks = [mark for mark, _ in timing.plan.reminders]
    done = marks.index(clock.fired) + 1 if clock.fired in marks else 0
    for mark, rest in list(places(clock, timing))[done:]:
        yield mark, clock.span.of(clock.left - rest).after(clock.since, timing.calendar)


def _halt(clock: Clock[Name], status: Status, now: datetime, timing: AnyTiming) -> Clock[Name]:
    left, waited = left_at(clock, now, timing), ZERO
    if clock.rung and clock.next_mark is not None:
        waited = clock.waited + _step(clock.next_mark, timing).between(_told_since(clock), now, timing.calendar)
    return replace(
        clock, status=status, since=now, left=left, waited=waited, due_at=None, next_mark=None, next_mark_at=None
    )


def _step(mark: Mark, timing: AnyTiming) -> Span:
    return timing.repeat if mark is Mark.REPEAT else timing.rung


def _told_since(clock: Clock[Name]) -> datetime:
    """From when the present wait on the ladder counts: the last telling, or the last resumption after it."""
    return max(clock.since, clock.fired_at or clock.since)
