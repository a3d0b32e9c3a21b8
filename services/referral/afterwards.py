"""What happens when the time of the earliest clock passes and nobody has acted: who is told, and when. Pure."""

from datetime import datetime
from typing import Any

from services.contracts.codes import ClockName, Mark, Role
from services.contracts.ids import UnitId
from services.kit.http import Answered
from services.referral import clocks
from services.referral.clock_rules import Scene
from services.referral.clocks import Clock, Timing
from services.referral.domain import Referral


class ToldThenView(Answered):
    """A desk. *role* None: whoever works in the unit."""

    unit: UnitId
    role: Role | None


class AfterwardsView(Answered):
    """At *at* the time of *clock* is over, or its next rung is: *told* hear of it. *ends*: and the system goes on."""

    clock: ClockName
    at: datetime
    told: tuple[ToldThenView, ...]
    ends: bool


def afterwards(referral: Referral, scene: Scene) -> dict[str, Any] | None:
    """Return AfterwardsView as a dict; None where nothing runs."""
    running = [clock for clock in referral.clocks.values() if clock.due_at is not None and clock.next_mark is not None]
    clock = min(running, key=lambda each: each.next_mark_at or each.since, default=None)
    if clock is None:
        return None
    timing = scene.timing(clock.name, referral)
    mark, at = _beyond_reminders(clock, timing)
    told = [
        recipient.model_dump()
        for each in clocks.told(clock, mark, timing)
        for recipient in scene.offices.recipients(each, referral.unit_from, referral.unit_to)
    ]
    return {"clock": clock.name, "at": at, "told": told, "ends": mark is Mark.END}


def _beyond_reminders(clock: Clock, timing: Timing) -> tuple[Mark, datetime | None]:
    """Reminders go to whoever acts now; what counts is what comes when the time is over."""
    mark = clock.next_mark
    if mark is None or mark in {Mark.HALF, Mark.MOST}:
        return clocks.rung_mark(clock, timing), clock.due_at
    return mark, clock.next_mark_at
