"""What becomes of a clock when its referral is moved to another policy: it is counted anew from its start.

Pure. Marks that then lie in the past are not skipped and not fired here: `clocks.due_now` names the one to fire, as
after an outage. Source: docs/decisions/0014-a-policy-is-tried-before-it-counts.md.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from services.contracts.codes import Mark
from services.referral import clocks
from services.referral.clocks import Clock, Timing
from services.referral.worktime import CALENDAR_DAY, WORKING_DAY, ZERO, Span


def under(clock: Clock, span: Span, now: datetime, timing: Timing) -> Clock:
    """Return *clock* with the whole length *span*, less what has passed of it; *timing* is the new policy's.

    One that is late by the new length as well goes on up its ladder. One that is not is no longer late: reminders
    whose place lies ahead come again, and so does the ladder.
    """
    if span == clock.span:
        return clocks.rearm(clock, timing)
    passed = max(clock.span.amount - clock.left, ZERO)
    anew = replace(clock, span=span, left=max(span.amount - _counted_as(span, passed, clock.span), ZERO))
    rest = clocks.left_at(anew, now, timing)
    if rest:
        anew = replace(anew, fired=_still_told(clock, anew, rest, timing), rung=0, waited=ZERO)
    return clocks.rearm(anew, timing)


def _counted_as(new: Span, passed: timedelta, old: Span) -> timedelta:
    """What passed before the last pause, in the new kind of time: a day of eight office hours counts as a day."""
    if new.working is old.working:
        return passed
    return passed * (WORKING_DAY / CALENDAR_DAY if new.working else CALENDAR_DAY / WORKING_DAY)


def _still_told(old: Clock, new: Clock, rest: timedelta, timing: Timing) -> Mark | None:
    """The newest reminder that was sent and whose place in *new*, of which *rest* is left, is behind."""
    places = list(clocks.places(new, timing))
    marks = [mark for mark, _ in places]
    if old.fired is None:
        return None
    told = marks[: marks.index(old.fired) + 1] if old.fired in marks else marks
    behind = [mark for mark, ahead in places if ahead >= rest and mark in told]
    return behind[-1] if behind else None
