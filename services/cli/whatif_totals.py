"""The pages of a what-if added up: what is kept grows with units and weeks, not with referrals."""

from collections import defaultdict
from typing import Any, Final

SIDES: Final = ("own", "would")
_COUNTED: Final = ("told", "own", "would", "apart")

Week = dict[str, dict[str, int]]


def _pair() -> dict[str, int]:
    return dict.fromkeys(SIDES, 0)


class Totals:
    """*most*: so many of the referrals that differ are kept; all are counted."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.policy: str | None = None
        self.until: str | None = None
        self.referrals = self.differing = self.parted = 0
        self._marks: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COUNTED, 0))
        self._weeks: defaultdict[str, dict[str, Week]] = defaultdict(dict)
        self._open: defaultdict[str, defaultdict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(_pair))
        self._kept: list[dict[str, Any]] = []

    def add(self, page: dict[str, Any]) -> None:
        """Add one answer of `POST /policies/what-if`."""
        self.policy, self.until = page["policy"], page["until"]
        self.referrals += page["referrals"]
        self.differing += len(page["differing"])
        self.parted += sum(each["parted"] is not None for each in page["differing"])
        self._kept += page["differing"][: max(self._most - len(self._kept), 0)]
        for each in page["marks"]:
            _add(self._marks[each["clock"], each["mark"]], each)
        for each in page["weeks"]:
            week = self._weeks[each["unit"]].setdefault(each["week"], {"marks": _pair(), "breaches": _pair()})
            for what, pair in week.items():
                _add(pair, each[what])
        for each in page["days"]:
            change = {side: each["came"][side] - each["left"][side] for side in SIDES}
            _add(self._open[each["unit"]][each["day"]], change)

    def report(self) -> dict[str, Any]:
        """Return what `nyekrup whatif --json` prints, but for the period."""
        return {
            "policy": self.policy,
            "until": self.until,
            "referrals": self.referrals,
            "differing": self.differing,
            "parted": self.parted,
            "marks": [{"clock": clock, "mark": mark, **row} for (clock, mark), row in sorted(self._marks.items())],
            "units": [self._unit(unit) for unit in sorted({*self._weeks, *self._open})],
            "referrals_differing": self._kept,
            "left_out": self.differing - len(self._kept),
        }

    def _unit(self, unit: str) -> dict[str, Any]:
        weeks = sorted(self._weeks.get(unit, {}).items())
        return {
            "unit": unit,
            "marks": {side: sum(row["marks"][side] for _, row in weeks) for side in SIDES},
            "breaches": {side: sum(row["breaches"][side] for _, row in weeks) for side in SIDES},
            "most_open": {side: self._most_open(unit, side) for side in SIDES},
            "weeks": [{"week": week, **row} for week, row in weeks],
        }

    def _most_open(self, unit: str, side: str) -> int:
        """Return how many lay on the unit's desk at the end of its fullest day."""
        most = lying = 0
        for _, change in sorted(self._open[unit].items()):
            lying += change[side]
            most = max(most, lying)
        return most


def _add(into: dict[str, int], row: dict[str, int]) -> None:
    for name in into:
        into[name] += row[name]
