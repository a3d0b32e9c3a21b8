"""What the simulated caseworkers do next with a referral: pure, from what they last saw of it."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from services.contracts.lifecycle import Action, State


class Plot(StrEnum):
    """How a referral's story is meant to go."""

    SERVED = "served"
    ASKED = "asked"
    DECLINED = "declined"
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    """It is left in service: at the end it has to be found live, in a queue, and with a running workflow."""


WEIGHTS: Mapping[Plot, int] = {
    Plot.SERVED: 10, Plot.ASKED: 3, Plot.DECLINED: 2, Plot.RECALLED: 2, Plot.WITHDRAWN: 2, Plot.LEFT: 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does: the sender, or whoever works in the unit that is asked."""

    action: Action
    sender: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)


class Wait:
    """The system is to act: look again in a moment."""


WAIT = Wait()
Next = Step | Wait | None


@dataclass
class Story:
    """One referral's way through *plot*; *did* counts the actions that were answered as done."""

    plot: Plot
    notes: int
    did: Counter[Action] = field(default_factory=Counter)

    @classmethod
    def draw(cls, dice: random.Random) -> "Story":
        plot = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        return cls(plot, dice.randint(1, 3))

    def next(self, seen: Mapping[str, Any]) -> Next:
        """Return what to do on seeing *seen*; None where nothing is left to do."""
        act = _BY_STATE.get(State(seen["state"]))
        return act(self, seen) if act else None


def a_day_ago() -> str:
    """Return a day that is past in every time zone, and on a clock that is a minute off."""
    return (date.today() - timedelta(days=2)).isoformat()


_RECALL = Step(Action.RECALL, sender=True, body={"text": "Keluarga sudah didampingi."})


def _to_be_routed(story: Story, seen: Mapping[str, Any]) -> Next:
    return _RECALL if seen["parked"] else WAIT


def _offered(story: Story, seen: Mapping[str, Any]) -> Next:
    return _RECALL if story.plot is Plot.RECALLED else Step(Action.CLAIM)


def _received(story: Story, seen: Mapping[str, Any]) -> Next:
    if story.plot is Plot.ASKED and not story.did[Action.ASK]:
        return Step(Action.ASK, body={"text": "Apakah kartu keluarga sudah diperbarui?"})
    if story.plot is Plot.DECLINED and not story.did[Action.DECLINE]:
        return Step(Action.DECLINE, body={"reason": "no_capacity"})
    return Step(Action.ACCEPT)


def _in_service(story: Story, seen: Mapping[str, Any]) -> Next:
    if story.did[Action.NOTE] < story.notes:
        return Step(Action.NOTE, body={"text": "Keluarga dikunjungi di rumah."})
    if story.plot is Plot.WITHDRAWN:
        return Step(Action.WITHDRAW_CONSENT, sender=True)
    if story.plot is Plot.LEFT:
        return None
    return Step(Action.REPORT, body={"outcome": "served_full", "on": a_day_ago(), "provider": "TPK"})


def _stopping(story: Story, seen: Mapping[str, Any]) -> Next:
    return WAIT if story.did[Action.STOP_RECEIPT] else Step(Action.STOP_RECEIPT)


_BY_STATE: Mapping[State, Callable[[Story, Mapping[str, Any]], Next]] = {
    State.DRAFT: lambda story, seen: Step(Action.SUBMIT, sender=True),
    State.TRIAGE: _to_be_routed,
    State.REROUTING: _to_be_routed,
    State.OFFERED: _offered,
    State.RECEIVED: _received,
    State.INFO_NEEDED: lambda story, seen: Step(Action.ANSWER, sender=True, body={"text": "Sudah, bulan lalu."}),
    State.ACCEPTED: lambda story, seen: Step(Action.CONTACT, body={"on": a_day_ago()}),
    State.IN_SERVICE: _in_service,
    State.REPORTED: lambda story, seen: Step(Action.CONFIRM, sender=True),
    State.STOPPING: _stopping,
}
