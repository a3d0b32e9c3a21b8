"""Who is told at which mark of a clock, as one table. Source: docs/lifecycle.md, clocks by state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Generic

from typing_extensions import TypeVar

from services.contracts.codes import ClockName, Mark
from services.contracts.lifecycle import Action, State

Ends = TypeVar("Ends", bound=StrEnum, default=Action)
"""The actions of the table that a plan's end is one of."""


class Told(StrEnum):
    """Somebody to be told, seen from one case."""

    SENDING_UNIT = "sending_unit"
    SENDING_SUPERVISOR = "sending_supervisor"
    SENDING_COORDINATOR = "sending_coordinator"
    SENDING_PROVINCE = "sending_province"
    RECEIVING_UNIT = "receiving_unit"
    RECEIVING_SUPERVISOR = "receiving_supervisor"
    RECEIVING_COORDINATOR = "receiving_coordinator"
    RECEIVING_PROVINCE = "receiving_province"
    DPO = "dpo"
    OPERATOR = "operator"

    @property
    def of_the_sender(self) -> bool:
        """True on the side that refers; who stands on neither side counts to the other one."""
        return self.value.startswith("sending")


Reminders = tuple[tuple[Mark, Fraction], ...]

HALF_AND_MOST: Final[Reminders] = ((Mark.HALF, Fraction(1, 2)), (Mark.MOST, Fraction(4, 5)))
RUNG_MARKS: Final = (Mark.DUE, Mark.RUNG_2, Mark.RUNG_3)
NOBODY_VACANT: Final[frozenset[Told]] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan(Generic[Ends]):
    """What a clock does: reminders, then rung by rung, then either an *end* or the last rung again and again.

    Raises ValueError for a plan that would fall silent: one that neither ends nor repeats, or repeats to nobody.
    """

    waits_for: Told
    """Who is to act, and therefore is reminded."""
    rungs: tuple[Told, ...] = ()
    """At most three, told one after the other from the due date on."""
    end: Ends | None = None
    """What the system does when the last rung's time is over too; None: the last rung is told again."""
    told_at_end: tuple[Told, ...] = ()
    beside: tuple[Told, ...] = ()
    """Who hears of it as well, whenever a rung is told."""
    reminders: Reminders = field(default=HALF_AND_MOST)

    def __post_init__(self) -> None:
        if self.end is None and not self.rungs:
            raise ValueError("a plan without an end needs a rung that can be told again")
        if len(self.rungs) > len(RUNG_MARKS):
            raise ValueError(f"a ladder has at most {len(RUNG_MARKS)} rungs")

    @property
    def repeats(self) -> bool:
        return self.end is None

    def next_rung(self, told: int, vacant: frozenset[Told]) -> int | None:
        """Return the next rung, counted from 1, above rung *told* (0: none yet) that is not vacant; None at the top.

        A ladder without an end is never empty: if every rung is vacant its last one counts as filled, so that
        the message goes out and whoever stands in for the vacancy gets it.
        """
        return next((rung for rung in self._filled(vacant) if rung > told), None)

    def told_at(self, mark: Mark, told: int, vacant: frozenset[Told]) -> tuple[Told, ...]:
        """Return who is told at *mark* when rung *told* (0: none yet) was the highest one told before it."""
        if mark in {Mark.HALF, Mark.MOST}:
            return (self.waits_for,)
        if mark is Mark.END:
            return self.told_at_end
        return (self.rungs[self.rung_told(mark, told, vacant) - 1], *self.beside)

    def rung_told(self, mark: Mark, told: int, vacant: frozenset[Told]) -> int:
        """Return the rung, counted from 1, that *mark* tells. Raises ValueError for a mark that tells no rung."""
        if mark is Mark.REPEAT:
            return max((rung for rung in self._filled(vacant) if rung <= told), default=told)
        rung = self.next_rung(0, vacant) if mark is Mark.DUE else RUNG_MARKS.index(mark) + 1
        if rung is None:
            raise ValueError(f"no rung is told at {mark}")
        return rung

    def _filled(self, vacant: frozenset[Told]) -> list[int]:
        filled = [number for number, rung in enumerate(self.rungs, 1) if rung not in vacant]
        return filled or ([len(self.rungs)] if self.repeats else [])


_BOTH_UNITS: Final = (Told.SENDING_UNIT, Told.RECEIVING_UNIT)
_SENDING_SIDE: Final = (Told.SENDING_SUPERVISOR, Told.SENDING_COORDINATOR)
_RECEIVING_SIDE: Final = (Told.RECEIVING_SUPERVISOR, Told.RECEIVING_COORDINATOR)

_LADDER: Final = Plan(
    waits_for=Told.RECEIVING_UNIT,
    rungs=(*_RECEIVING_SIDE, Told.RECEIVING_PROVINCE),
    end=Action.EXPIRE,
    told_at_end=_BOTH_UNITS,
)
_SERVING: Final = Plan(waits_for=Told.RECEIVING_UNIT, rungs=_RECEIVING_SIDE)
_ANSWER: Final = Plan(
    waits_for=Told.SENDING_UNIT,
    rungs=(Told.SENDING_SUPERVISOR,),
    end=Action.LAPSE_QUESTION,
    told_at_end=_BOTH_UNITS,
)
# A returned draft has no question to lapse, and no referral closes by silence: the supervisor hears of it again.
_RETURNED: Final = Plan(waits_for=Told.SENDING_UNIT, rungs=(Told.SENDING_SUPERVISOR,))
_CONFIRM: Final = Plan(waits_for=Told.SENDING_UNIT, rungs=(Told.SENDING_SUPERVISOR,))
_CONFIRM_POSITIVE: Final = Plan(waits_for=Told.SENDING_UNIT, end=Action.AUTO_CONFIRM, told_at_end=_BOTH_UNITS)
# Nobody is late: both sides hear from time to time that it still waits.
_WAITLIST: Final = Plan(
    waits_for=Told.RECEIVING_UNIT, rungs=(Told.RECEIVING_SUPERVISOR,), beside=(Told.SENDING_UNIT,), reminders=()
)
_PLACE: Final = Plan(
    waits_for=Told.SENDING_UNIT,
    rungs=(Told.SENDING_SUPERVISOR,),
    end=Action.LAPSE_PLACE,
    told_at_end=_BOTH_UNITS,
)
_REVIEW: Final = Plan(
    waits_for=Told.RECEIVING_UNIT,
    end=Action.RESUME,
    told_at_end=_BOTH_UNITS,
    reminders=((Mark.MOST, Fraction(4, 5)),),
)
_RULING: Final = Plan(waits_for=Told.SENDING_COORDINATOR, rungs=(Told.SENDING_COORDINATOR, Told.SENDING_PROVINCE))
# The units were told by the withdrawal itself. From 48 of 72 hours on it is the privacy officer who makes them stop;
# at 72 hours it is a breach. Source: UU 27/2022.
_STOP: Final = Plan(waits_for=Told.DPO, rungs=(Told.DPO,), reminders=((Mark.MOST, Fraction(2, 3)),))

PLANS: Final[Mapping[ClockName, Plan]] = MappingProxyType(
    {
        ClockName.TRIAGE: Plan(waits_for=Told.SENDING_SUPERVISOR, rungs=_SENDING_SIDE),
        ClockName.ACKNOWLEDGE: _LADDER,
        ClockName.DECIDE: _LADDER,
        ClockName.ANSWER: _ANSWER,
        ClockName.REROUTE: Plan(waits_for=Told.SENDING_UNIT, rungs=_SENDING_SIDE),
        ClockName.WAITLIST: _WAITLIST,
        ClockName.PLACE: _PLACE,
        ClockName.CONTACT: _SERVING,
        ClockName.PROGRESS: _SERVING,
        ClockName.OUTCOME: _SERVING,
        ClockName.REVIEW: _REVIEW,
        ClockName.CONFIRM: _CONFIRM,
        ClockName.RULING: _RULING,
        ClockName.CANCEL: _SERVING,
        ClockName.STOP: _STOP,
        ClockName.VOID: Plan(waits_for=Told.OPERATOR, end=Action.LAPSE_VOID, told_at_end=_BOTH_UNITS),
        ClockName.OBJECTION: Plan(waits_for=Told.SENDING_SUPERVISOR, rungs=(Told.SENDING_SUPERVISOR, Told.DPO)),
    }
)


def plan(clock: ClockName, *, state: State | None = None, positive: bool | None = None) -> Plan:
    """Return the plan of *clock* for a referral in *state* whose reported outcome is *positive* (None: no outcome).

    Only two clocks depend on more than their name: `answer` in a returned draft never lapses, and `confirm`
    closes by silence only where the family was helped.
    """
    if clock is ClockName.ANSWER and state is State.DRAFT:
        return _RETURNED
    if clock is ClockName.CONFIRM and positive:
        return _CONFIRM_POSITIVE
    return PLANS[clock]
