"""Referrals whose every line is written down as they go, each mark on its moment: stories for tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.contracts.codes import ClockName, Mark
from services.contracts.ids import UnitId
from services.contracts.lifecycle import Action
from services.referral import clocks, orders
from services.referral.actors import SYSTEM, Actor
from services.referral.domain import Referral
from services.referral.stories import Line, Story
from services.referral.transition import Step, act, act_by_system, fire
from tests.unit.scenes import MONDAY_10, PKB, PKB_UNIT, TKSK, a_draft, scene


@dataclass
class Written:
    """A referral and its timeline. Marks are fired on their moments, or *late* by so much."""

    referral: Referral
    now: datetime = MONDAY_10
    late: timedelta = timedelta()
    lines: list[Line] = field(default_factory=list)
    units: dict[int, UnitId] = field(default_factory=dict)

    @property
    def story(self) -> Story:
        return Story(self.referral, tuple(self.lines), self.units)

    @property
    def marks(self) -> list[tuple[ClockName | None, Mark | None, datetime]]:
        return [(line.clock, line.mark, line.at) for line in self.lines if line.mark]

    def wait(self, **amount: float) -> "Written":
        """Let time pass; every mark on the way is fired."""
        until = self.now + timedelta(**amount)
        while (mark := self.referral.next_mark) and max(mark.at + self.late, self.now) <= until:
            self.now = max(mark.at + self.late, self.now)
            here = scene(self.now, policy_version=self.referral.policy_version)
            due = clocks.due_now(self.referral.clocks[mark.clock], self.now, here.timing(mark.clock, self.referral))
            assert due is not None
            self.write(fire(self.referral, mark.clock, due, here), SYSTEM)
        self.now = until
        return self

    def until(self, fact: str) -> "Written":
        """Let time pass until the clock has brought *fact* about."""
        while self.lines[-1].fact != fact:
            assert self.referral.next_mark is not None, f"nothing brings {fact} about"
            self.wait(seconds=max(self.referral.next_mark.at - self.now, timedelta()).total_seconds())
        return self

    def write(self, step: Step, by: Actor) -> None:
        after = step.after
        moved = step.before.policy_version != after.policy_version
        line = Line(
            fact=step.fact,
            at=self.now,
            state=after.state,
            attempt=after.attempt,
            officer=by.officer,
            reason=after.progress.reason,
            outcome=after.outcome,
            clock=step.clock,
            mark=step.mark,
            policy_from=step.before.policy_version if moved else None,
            policy_to=after.policy_version if moved else None,
        )
        if step.action is Action.OFFER and after.unit_to:
            self.units[after.attempt] = after.unit_to
        self.lines.append(line)
        self.referral = after

    def by(self, actor: Actor, order: orders.Order) -> "Written":
        here = scene(self.now, policy_version=self.referral.policy_version)
        self.write(act(self.referral, order, actor, here, expected_version=self.referral.acted_version), actor)
        return self

    def offered(self, unit: UnitId = PKB_UNIT) -> "Written":
        here = scene(self.now, policy_version=self.referral.policy_version)
        self.write(act_by_system(self.referral, Action.OFFER, here, orders.Offer(unit=unit)), SYSTEM)
        return self


def drafted(**changes: Any) -> Written:
    draft = a_draft(**changes)
    return Written(draft, lines=[Line("created", draft.created_at, draft.state, 0, draft.created_by)])


WAY: tuple[Callable[[Written], Written], ...] = (
    lambda told: told.by(TKSK, orders.Submit()),
    lambda told: told.offered(),
    lambda told: told.by(PKB, orders.Claim()),
    lambda told: told.by(PKB, orders.Accept()),
    lambda told: told.by(PKB, orders.Contact(on=MONDAY_10.date())),
    lambda told: told.by(PKB, orders.Report(outcome="served_full", on=MONDAY_10.date(), provider="TPK")),
)


def on_its_way(steps: int, **changes: Any) -> Written:
    """Return a referral after so many steps of the straight way: submitted, offered, claimed, accepted, ..."""
    told = drafted(**changes)
    for step in WAY[:steps]:
        step(told)
    return told
