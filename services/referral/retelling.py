"""A referral's story told again under a policy: which marks its clocks would have reached, and when. Pure.

What people did stays at the moments at which they did it. What the clocks did is done anew, and on time, by the rules
that the record itself goes by (`clocks_after`, `fire`): reminders, rungs, repeats, ends, and the offers that the
system makes right after an end. Where the two no longer fit together the ways *part*: nobody knows what people would
have done then, so the story is followed no further.

A review date was chosen by a person, so its marks stay as well. Vacancies are those of the offices that are given.
Source: docs/decisions/0014-a-policy-is-tried-before-it-counts.md.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NoReturn

from services.contracts.codes import ClockName, Mark, WaysPart
from services.contracts.ids import UnitId
from services.contracts.lifecycle import LIVE, Action, State
from services.referral import clocks
from services.referral.clock_rules import Scene, clocks_after
from services.referral.clocks import Status
from services.referral.domain import Referral
from services.referral.rerouting import why_a_person_decides
from services.referral.stories import ACTIONS, Line, Story
from services.referral.transition import fire
from services.referral.whose_move import waits_for

MOST_MARKS: Final = 500
"""Of one referral: a policy that repeats every second is not followed for years."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A mark of *clock* as it ran from the step *since* on (the how-manieth); *unit* is who was to act."""

    clock: ClockName
    since: int
    mark: Mark
    at: datetime
    unit: UnitId | None


@dataclass(frozen=True, slots=True)
class Parting:
    at: datetime
    why: WaysPart
    clock: ClockName | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """It was *unit*'s move from *begins* on, until *ends* (None: still)."""

    unit: UnitId
    begins: datetime
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Retold:
    """*last* is the referral where the telling stopped."""

    marks: tuple[Reached, ...]
    turns: tuple[Turn, ...]
    parted: Parting | None
    last: Referral


def retell(story: Story, scene: Scene, *, until: datetime, own: bool = False) -> Retold:
    """Tell *story* until *until* under the policy of *scene*; with *own* under those that the referral really had.

    *scene* also gives the calendar and the offices. Its moment is not looked at.
    """
    teller = _Teller(story, scene, until, own=own)
    try:
        teller.tell()
    except _Parted as parted:
        return teller.told(parted.parting)
    return teller.told(None)


class _Parted(Exception):
    def __init__(self, parting: Parting) -> None:
        super().__init__(parting.why)
        self.parting = parting


class _Teller:
    def __init__(self, story: Story, scene: Scene, until: datetime, *, own: bool) -> None:
        self._story, self._scene, self._until, self._own = story, scene, until, own
        self._referral = story.beginning()
        self._steps = deque(line for line in story.lines if line.is_a_step and line.at <= until)
        # When the newest mark or step came, when the newest step came, and when it really had.
        self._now = self._stepped = self._really = self._referral.created_at
        self._count = 0
        self._since: dict[ClockName, int] = {}
        self._marks: list[Reached] = []
        self._turns: list[Turn] = []
        self._lapses_to_come = 0

    def tell(self) -> None:
        while self._steps:
            line = self._steps.popleft()
            if line.ends_a_clock and line.clock is ClockName.VOID:
                self._lapses_to_come += 1  # it moves nothing, so it may come between any other steps
            elif line.ends_a_clock:
                self._tell_end(line)
            else:
                self._tell_step(line)
        self._pass_time(self._until)

    def told(self, parting: Parting | None) -> Retold:
        end = parting.at if parting else self._until
        marks = sorted((*self._marks, *self._reviews(end)), key=lambda mark: mark.at)
        turns = [replace(turn, ends=turn.ends or end) for turn in self._turns] if parting else self._turns
        return Retold(tuple(marks), tuple(turns), parting, self._referral)

    def _reviews(self, end: datetime) -> Iterator[Reached]:
        for number, line in enumerate(self._story.lines):
            if line.clock is ClockName.REVIEW and line.mark and line.at <= end:
                yield Reached(line.clock, number, line.mark, line.at, self._story.units.get(line.attempt))

    def _tell_step(self, line: Line) -> None:
        """Go to a step that has its own moment, or that follows the one before as soon as it really did."""
        at = self._stepped + (line.at - self._really) if line.follows else line.at
        if at < self._stepped:
            self._part(line.at, WaysPart.LASTED)
        self._pass_time(min(at, self._until))
        if at > self._until:
            self._steps.clear()
            return
        self._now = max(at, self._now)
        before, after = self._referral, self._story.after(self._referral, line)
        self._take(replace(after, clocks=self._clocks(before, after, ACTIONS.get(line.fact))), line)

    def _clocks(self, before: Referral, after: Referral, action: Action | None) -> dict[ClockName, clocks.Clock]:
        if after.state not in LIVE or action is None:
            return {}  # only `created` is no action, and a draft has no clock
        if action is Action.MOVE_POLICY and not self._own:
            return dict(before.clocks)  # one policy from the first to the last line
        return clocks_after(before, after, action, self._here())

    def _tell_end(self, line: Line) -> None:
        """Let time pass until the clock of *line* ends by itself, but not beyond what was done at its own moment."""
        bounds = (step.at for step in self._steps if not step.follows and not step.ends_a_clock)
        bound = next(bounds, self._until)
        while self._referral.clocks and (due := self._due_until(bound)):
            if self._fire(due, expected=line.clock) is Mark.END and due is line.clock:
                self._take(self._referral, line)
                return
        self._part(bound, WaysPart.LASTED, line.clock)

    def _pass_time(self, until: datetime) -> None:
        while due := self._due_until(until):
            self._fire(due)

    def _due_until(self, until: datetime) -> ClockName | None:
        """Return the clock whose mark comes first, if it comes until *until*."""
        watched = (clock for name, clock in self._referral.clocks.items() if name is not ClockName.REVIEW)
        first = clocks.earliest_mark(watched)
        return first[0].name if first and first[2] <= until else None

    def _fire(self, name: ClockName, expected: ClockName | None = None) -> Mark:
        clock = self._referral.clocks[name]
        assert clock.next_mark_at is not None, "only a clock that runs is due"
        self._now = max(clock.next_mark_at, self._now)
        here = self._here()
        timing = here.timing(name, self._referral)
        mark = clocks.due_now(clock, self._now, timing)
        assert mark is not None, "it is due"
        if len(self._marks) == MOST_MARKS:
            self._part(self._now, WaysPart.TOO_MANY, name)
        if mark is Mark.END and name is not expected and not (name is ClockName.VOID and self._really_lapsed()):
            self._part(self._now, WaysPart.ENDED, name)
        side = self._referral.unit_from if timing.plan.waits_for.of_the_sender else self._referral.unit_to
        self._marks.append(Reached(name, self._since.get(name, 0), mark, self._now, side))
        self._referral = fire(self._referral, name, mark, here).after
        return mark

    def _really_lapsed(self) -> bool:
        """True where the request for voiding really lapsed as well, sooner or later."""
        if self._lapses_to_come:
            self._lapses_to_come -= 1
            return True
        answers = (step for step in self._steps if ACTIONS.get(step.fact) in {Action.LAPSE_VOID, Action.APPROVE_VOID})
        answer = next(answers, None)
        if answer is None or answer.fact == "voided":
            return False
        self._steps.remove(answer)
        return True

    def _take(self, after: Referral, line: Line) -> None:
        """Note the step that *line* tells of, and what begins with it."""
        rerouted = after.state is State.REROUTING and ACTIONS[line.fact] is not Action.PARK
        self._stepped, self._really, self._count = self._now, line.at, self._count + 1
        for name, clock in after.clocks.items():
            if clock.status is Status.RUNNING and clock.since == self._now and clock.left == clock.span.amount:
                self._since[name] = self._count
        self._referral = after
        self._turn_to(waits_for(after))
        if rerouted and line.is_a_step:
            self._check_who_asks_on()

    def _turn_to(self, unit: UnitId | None) -> None:
        last = self._turns[-1] if self._turns else None
        if last and last.ends is None:
            if last.unit == unit:
                return
            self._turns[-1] = replace(last, ends=self._now)
        if unit is not None:
            self._turns.append(Turn(unit, self._now))

    def _check_who_asks_on(self) -> None:
        here, really = self._here(), self._scene.under(self._referral.policy_version)
        if why_a_person_decides(self._referral, here) is not why_a_person_decides(self._referral, really):
            self._part(self._now, WaysPart.ASKED_ON)

    def _here(self) -> Scene:
        scene = self._scene.under(self._referral.policy_version) if self._own else self._scene
        return replace(scene, now=self._now)

    def _part(self, at: datetime, why: WaysPart, clock: ClockName | None = None) -> NoReturn:
        raise _Parted(Parting(at, why, clock))
