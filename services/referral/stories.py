"""A referral's timeline as facts with their moments, and the referral that each of its lines left behind. Pure.

Only what the clocks go by is put together again: state, attempt, unit, outcome, and the few things of `Progress` that
they ask for. No text and no name is needed for it. Source: docs/decisions/0014-a-policy-is-tried-before-it-counts.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from services.contracts.codes import ClockName, Mark, Outcome, StopParty
from services.contracts.ids import OfficerId, UnitId
from services.contracts.lifecycle import RULES, Action, State
from services.referral.domain import Progress, Referral

ACTIONS: Final[Mapping[str, Action]] = MappingProxyType({cell.fact: action for (_, action), cell in RULES.items()})
_NO_UNIT: Final = frozenset({State.DRAFT, State.TRIAGE, State.REROUTING})
# The system offers or parks because of what happened before, at no moment of its own.
_FOLLOWS: Final = frozenset({"offered", "parked"})
_ONLY_MARKS: Final = frozenset({"reminded", "escalated"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline, without what was said. *officer* None: the system, or another part."""

    fact: str
    at: datetime
    state: State
    attempt: int
    officer: OfficerId | None = None
    reason: str | None = None
    outcome: Outcome | None = None
    clock: ClockName | None = None
    mark: Mark | None = None
    policy_from: str | None = None
    policy_to: str | None = None

    @property
    def is_a_step(self) -> bool:
        """False for a reminder or a rung, which leave the referral where it is."""
        return self.fact not in _ONLY_MARKS

    @property
    def ends_a_clock(self) -> bool:
        """True where a clock's end made it, at its own time.

        A review date was chosen by a person, and so was the moment of an end that an operator brought about.
        """
        return self.mark is Mark.END and self.clock is not ClockName.REVIEW and self.officer is None

    @property
    def follows(self) -> bool:
        """True where the system did it because of the step before."""
        return self.officer is None and self.fact in _FOLLOWS


@dataclass(frozen=True, slots=True)
class Story:
    """*referral* as it is now, its lines, oldest first, and the unit that each attempt asked."""

    referral: Referral
    lines: tuple[Line, ...]
    units: Mapping[int, UnitId]

    def beginning(self) -> Referral:
        """Return the referral before its first line, with the policy that it pinned then."""
        moved_from = (line.policy_from for line in self.lines if line.policy_from)
        return replace(
            self.referral,
            policy_version=next(moved_from, self.referral.policy_version),
            state=State.DRAFT,
            attempt=0,
            unit_to=None,
            outcome=None,
            progress=Progress(),
            clocks={},
        )

    def after(self, before: Referral, line: Line) -> Referral:
        """Return what *line* made of *before*, but for its clocks."""
        return replace(
            before,
            state=line.state,
            attempt=line.attempt,
            outcome=line.outcome,
            unit_to=self._unit_after(before, line),
            policy_version=line.policy_to or before.policy_version,
            progress=replace(_remembered(before, line), begins_at=self.referral.progress.begins_at),
        )

    def _unit_after(self, before: Referral, line: Line) -> UnitId | None:
        if line.fact == "offered":
            return self.units.get(line.attempt)
        return None if line.state in _NO_UNIT else before.unit_to


def _remembered(before: Referral, line: Line) -> Progress:
    progress = replace(before.progress, reason=line.reason)
    match ACTIONS.get(line.fact):
        case Action.OFFER:
            offers = progress.system_offers + (line.officer is None)
            return replace(progress.new_attempt(), system_offers=offers)
        case Action.REOPEN:
            return replace(progress.new_attempt(), system_offers=0)
        case Action.STOP_RECEIPT if line.officer is not None:
            return replace(progress, stops_awaited=())
        case Action.WITHDRAW_CONSENT:
            awaited = (StopParty.RECEIVING_UNIT,) if before.unit_to else ()
            return replace(progress, stops_awaited=awaited, objection_open=False)
        case Action.REQUEST_VOID:
            return replace(progress, void_requested_by=line.officer)
        case action:
            return replace(progress, **_CHANGES.get(action, lambda _: {})(line)) if action else progress


_CHANGES: Final[Mapping[Action, Any]] = MappingProxyType(
    {
        Action.RETURN: lambda _: {"returned": True},
        Action.SUBMIT: lambda _: {"returned": False},
        Action.DISPUTE: lambda line: {"flagged": line.state is State.REPORTED},
        Action.RULE_BACK: lambda _: {"flagged": False},
        Action.RULE_UPHOLD: lambda _: {"flagged": False},
        Action.OBJECT: lambda _: {"objection_open": True},
        Action.ANSWER_OBJECTION: lambda _: {"objection_open": False},
        Action.APPROVE_VOID: lambda _: {"void_requested_by": None, "objection_open": False},
        Action.LAPSE_VOID: lambda _: {"void_requested_by": None},
    }
)
