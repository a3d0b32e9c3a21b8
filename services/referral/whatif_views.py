"""What a page of a what-if says, as JSON. Every figure is a sum: pages are added up by whoever reads them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.contracts.codes import ClockName, Mark, WaysPart
from services.contracts.ids import UnitId
from services.kit.http import Answered
from services.referral.whatif import Figures


class PairView(Answered):
    """*own*: under the policies that the referrals have. *would*: under the one that is tried."""

    own: int
    would: int


class MarksView(PairView):
    """*told*: by the record. *apart*: of these, after the ways had parted."""

    clock: ClockName
    mark: Mark
    told: int
    apart: int


class DifferenceView(Answered):
    clock: ClockName
    mark: Mark
    was: datetime | None
    would: datetime | None


class PartingView(Answered):
    at: datetime
    why: WaysPart
    clock: ClockName | None


class DifferingView(Answered):
    id: UUID
    number: str
    differences: list[DifferenceView]
    parted: PartingView | None


class WeekView(Answered):
    unit: UnitId
    week: date
    marks: PairView
    breaches: PairView


class DayView(Answered):
    unit: UnitId
    day: date
    came: PairView
    left: PairView


class WhatIfView(Answered):
    """*until*: up to when the stories were told. *next*: where the next page begins."""

    policy: str
    until: datetime
    referrals: int
    marks: list[MarksView]
    differing: list[DifferingView]
    weeks: list[WeekView]
    days: list[DayView]
    next: str | None


def figures_as_view(figures: Figures) -> dict[str, Any]:
    """Return what WhatIfView says of *figures*."""
    return {
        "referrals": figures.referrals,
        "marks": [
            {"clock": clock, "mark": mark, "told": each.told, "own": each.own, "would": each.would, "apart": each.apart}
            for (clock, mark), each in sorted(figures.marks.items())
        ],
        "differing": list(_differing(figures)),
        "weeks": [
            {"unit": unit, "week": week, "marks": _pair(each.marks), "breaches": _pair(each.breaches)}
            for (unit, week), each in sorted(figures.weeks.items())
        ],
        "days": [
            {"unit": unit, "day": day, "came": _pair(each.came), "left": _pair(each.left)}
            for (unit, day), each in sorted(figures.days.items())
        ],
    }


def _pair(pair: Any) -> dict[str, int]:
    return {"own": pair.own, "would": pair.would}


def _differing(figures: Figures) -> Iterator[dict[str, Any]]:
    for each in figures.differing:
        parted = each.parted
        yield {
            "id": each.id,
            "number": each.number,
            "differences": [
                {"clock": one.clock, "mark": one.mark, "was": one.was, "would": one.would} for one in each.differences
            ],
            "parted": parted and {"at": parted.at, "why": parted.why, "clock": parted.clock},
        }
