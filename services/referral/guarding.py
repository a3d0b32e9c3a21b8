"""Rules by which a case forbids an action by itself, whatever an order says: how they are kept and asked.

They are asked before the effect, and by the view, so that what is allowed names nothing that would be refused anyway.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Generic, TypeVar

from services.contracts.refusals import Refused
from services.referral.clock_rules import Scene

Case = TypeVar("Case")
Who = TypeVar("Who")
Step = TypeVar("Step", bound=StrEnum)
Rule = Callable[[Case, Who, Scene], None]


class Guards(Generic[Step, Case, Who]):
    """At most one rule for each action. A rule raises Refused where the case as it is forbids the action."""

    def __init__(self) -> None:
        self.rules: dict[Step, Rule[Case, Who]] = {}

    def __call__(self, *actions: Step) -> Callable[[Rule[Case, Who]], Rule[Case, Who]]:
        def register(rule: Rule[Case, Who]) -> Rule[Case, Who]:
            self.rules.update(dict.fromkeys(actions, rule))
            return rule

        return register

    def check(self, case: Case, action: Step, who: Who, scene: Scene) -> None:
        """Raise Refused where *case* as it is forbids *action*."""
        if (rule := self.rules.get(action)) is not None:
            rule(case, who, scene)

    def forbid(self, case: Case, action: Step, who: Who, scene: Scene) -> bool:
        try:
            self.check(case, action, who, scene)
        except Refused:
            return True
        return False
