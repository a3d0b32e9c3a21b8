"""Which clocks run in which state, and what a step from one state to another does to them.

Others stop; a paused clock keeps what was left. Source: docs/lifecycle.md, clocks by state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from services.contracts.codes import ClockName, Mark, Priority
from services.contracts.lifecycle import Action, State
from services.contracts.snapshot import Recipient
from services.referral import clocks, moving, policy
from services.referral.actors import Case
from services.referral.clocks import AnyTiming, Clock, Name, Status, Timing
from services.referral.domain import Referral
from services.referral.escalation import Ends, Plan, plan
from services.referral.offices import Offices
from services.referral.policy import Policy
from services.referral.worktime import Calendar, Span

C, S = ClockName, State

RUNS: Mapping[State, tuple[ClockName, ...]] = MappingProxyType(
    {
        S.DRAFT: (),
        S.TRIAGE: (C.TRIAGE,),
        S.OFFERED: (C.ACKNOWLEDGE,),
        S.RECEIVED: (C.DECIDE,),
        S.INFO_NEEDED: (C.ANSWER,),
        S.WAITLISTED: (C.WAITLIST,),
        S.PLACE_OFFERED: (C.PLACE,),
        S.ACCEPTED: (C.CONTACT, C.OUTCOME),
        S.IN_SERVICE: (C.PROGRESS, C.OUTCOME),
        S.ON_HOLD: (C.REVIEW,),
        S.REPORTED: (C.CONFIRM,),
        S.REROUTING: (C.REROUTE,),
        S.CANCELLING: (C.CANCEL,),
        S.STOPPING: (C.STOP,),
        S.CLOSED: (),
        S.CANCELLED: (),
        S.VOID: (),
    }
)
PAUSED: Mapping[State, frozenset[ClockName]] = MappingProxyType(
    {
        S.INFO_NEEDED: frozenset({C.DECIDE}),
        S.ON_HOLD: frozenset({C.CONTACT, C.PROGRESS, C.OUTCOME}),
        S.CANCELLING: frozenset({C.CONTACT, C.PROGRESS, C.OUTCOME, C.REVIEW}),
    }
)
# Started and ended by their own actions, whatever the state does meanwhile.
ALONGSIDE = frozenset({C.VOID, C.OBJECTION})
# From these an `unaccept` may still bring the decision back.
_MAY_COME_BACK = frozenset({S.ACCEPTED, S.ON_HOLD, S.CANCELLING})
# Whoever has a place in an intake is awaited when it begins.
_FROM_THE_BEGINNING = frozenset({C.CONTACT, C.OUTCOME})
_RESETS_PROGRESS = frozenset({Action.NOTE, Action.CONTACT, Action.CONTACT_FAILED})


class Timed(Case, Protocol):
    """A case whose clocks run by a priority."""

    @property
    def priority(self) -> Priority: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """What a step is judged by: the moment, the pinned policy and calendar, the offices as they are now."""

    now: datetime
    policy: Policy
    calendar: Calendar
    offices: Offices

    def under(self, version: str) -> "Scene":
        """Return the same with the policy of *version*. Raises UnknownPolicy, and PolicyInvalid."""
        return replace(self, policy=policy.load(version))

    def timing(self, name: ClockName, referral: Referral) -> Timing:
        """Return how clock *name* of *referral* goes on after its due date."""
        positive = referral.outcome.positive if referral.outcome else None
        return self.by(plan(name, state=referral.state, positive=positive), name, referral)

    def by(self, plan: Plan[Ends], name: StrEnum, case: Timed) -> Timing[Ends]:
        """Return how clock *name* of *case* goes on by *plan*."""
        return Timing.of(
            name,
            plan,
            policy=self.policy,
            priority=case.priority,
            calendar=self.calendar,
            vacant=self.offices.vacant(case.unit_from, case.unit_to),
        )

    def told(self, clock: Clock[Name], mark: Mark, timing: AnyTiming, case: Case) -> tuple[Recipient, ...]:
        """Return whom *mark* of *clock* tells."""
        return tuple(
            recipient
            for each in clocks.told(clock, mark, timing)
            for recipient in self.offices.recipients(each, case.unit_from, case.unit_to)
        )


def running_in(referral: Referral) -> tuple[ClockName, ...]:
    """Return the clocks that run for *referral* as it is."""
    if referral.state is S.DRAFT and referral.progress.returned:
        return (C.ANSWER,)
    if referral.state is S.REPORTED and referral.progress.flagged:
        return (C.RULING,)
    return RUNS[referral.state]


def clocks_after(before: Referral, after: Referral, action: Action, scene: Scene) -> dict[ClockName, Clock]:
    """Return the clock book of *after*, which *action* made of *before*."""
    if action is Action.MOVE_POLICY:
        return _moved(after, scene.under(after.policy_version))
    book = {**_kept(before, after, action, scene), **_alongside(before, after, action, scene)}
    for name in running_in(after):
        if name not in book:
            book[name] = _started(name, before, after, action, scene)
    return book


def _moved(referral: Referral, scene: Scene) -> dict[ClockName, Clock]:
    """The same clocks by another policy. A review date stays: a person chose it; so does the beginning of an intake."""
    stays = {C.REVIEW, *(_FROM_THE_BEGINNING if referral.progress.begins_at else ())}
    return {
        name: clock
        if name in stays
        else moving.under(clock, scene.policy.span(name, referral.priority), scene.now, scene.timing(name, referral))
        for name, clock in referral.clocks.items()
    }


def _kept(before: Referral, after: Referral, action: Action, scene: Scene) -> dict[ClockName, Clock]:
    """The old clocks that go on: running, paused, or stopped with a use for what was left."""
    book: dict[ClockName, Clock] = {}
    for name, clock in before.clocks.items():
        timing = scene.timing(name, after)
        if name in ALONGSIDE or _begins_anew(name, before, after, action):
            continue
        if name in running_in(after) and clock.status is not Status.STOPPED:
            book[name] = clocks.resume(clock, scene.now, timing)
        elif name in PAUSED.get(after.state, ()) and clock.status is not Status.STOPPED:
            book[name] = clocks.pause(clock, scene.now, timing)
        elif name is C.DECIDE and after.state in _MAY_COME_BACK:
            book[name] = clocks.stop(clock, scene.now, timing)  # what was left comes back with `unaccept`
    return book


def _begins_anew(name: ClockName, before: Referral, after: Referral, action: Action) -> bool:
    if name is C.PROGRESS and action in _RESETS_PROGRESS:
        return True
    # The same name in another role: a question of this attempt, a second parking, another ladder.
    return name in {C.ANSWER, C.CONFIRM} and before.state is not after.state


def _started(name: ClockName, before: Referral, after: Referral, action: Action, scene: Scene) -> Clock:
    timing = scene.timing(name, after)
    if name is C.DECIDE and action is Action.UNACCEPT and (old := before.clocks.get(name)):
        return clocks.restart_with(old, scene.policy.unaccept_minimum(after.priority), scene.now, timing)
    return clocks.start(name, _span(name, after, scene), scene.now, timing)


def _span(name: ClockName, referral: Referral, scene: Scene) -> Span:
    until = referral.progress.hold_until
    if name is C.REVIEW and until is not None:
        return Span(max(until - scene.now, scene.policy.rung(referral.priority).amount), working=False)
    span, begins_at = scene.policy.span(name, referral.priority), referral.progress.begins_at
    if name in _FROM_THE_BEGINNING and begins_at is not None and begins_at > scene.now:
        return Span(span.after(begins_at, scene.calendar) - scene.now, working=False)
    return span


def _alongside(before: Referral, after: Referral, action: Action, scene: Scene) -> dict[ClockName, Clock]:
    wanted = {
        C.VOID: after.progress.void_requested_by is not None,
        C.OBJECTION: after.progress.objection_open,
    }
    book: dict[ClockName, Clock] = {}
    for name, runs in wanted.items():
        if not runs or not after.live:
            continue
        old = before.clocks.get(name)
        book[name] = old if old and old.status is Status.RUNNING else _started(name, before, after, action, scene)
    return book
