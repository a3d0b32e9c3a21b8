"""The books of speaker requests: all that was asked for is open, held, or not held for a reason. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.contracts.codes import Agency
from services.contracts.ids import RegionCode
from services.contracts.speaking.codes import NotHeld
from services.contracts.speaking.lifecycle import SpeakerState


class Whose(NamedTuple):
    """Who asked: an agency, in a kabupaten or kota (the province, for an office of the province)."""

    agency: Agency
    area: RegionCode


@dataclass(frozen=True, slots=True)
class BookStep:
    """A request came (*state* None) or ended at *at*, as its timeline says."""

    whose: Whose
    at: datetime
    state: SpeakerState | None = None
    reason: NotHeld | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What came and went between two moments; what was open before, and after."""

    open_before: int = 0
    requested: int = 0
    held: int = 0
    not_held: Mapping[NotHeld, int] = field(default_factory=dict)

    @property
    def open_after(self) -> int:
        return self.open_before + self.requested - self.held - sum(self.not_held.values())

    @property
    def sound(self) -> bool:
        """False where more ended than was asked for: a line of the timeline is missing."""
        return self.open_before >= 0 and self.open_after >= 0


def counted(steps: Iterable[BookStep], since: datetime) -> dict[Whose, Figures]:
    """Return the figures of each who asked from *since* on; *steps* begin with the first that ever was."""
    figures: dict[Whose, Figures] = {}
    for step in steps:
        figures[step.whose] = _with(figures.get(step.whose, Figures()), step, since)
    return figures


def _with(figures: Figures, step: BookStep, since: datetime) -> Figures:
    before, came, held, missed = figures.open_before, figures.requested, figures.held, dict(figures.not_held)
    if step.at < since:
        before += 1 if step.state is None else -1
    elif step.state is None:
        came += 1
    elif step.state is SpeakerState.HELD:
        held += 1
    else:
        reason = step.reason or NotHeld.NOT_HELD_OTHERWISE
        missed[reason] = missed.get(reason, 0) + 1
    return Figures(before, came, held, missed)
