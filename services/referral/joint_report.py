"""What both agencies did together in one quarter, by kabupaten and kota: counts only, for the heads and their staff.

Each kind of work counts its own; here they are laid side by side and added up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from services.contracts.wib import WIB
from services.kit.database import Tx
from services.referral.directions import Direction, Way, directions
from services.referral.placement.figures import came_home, placed
from services.referral.quarters import Quarter
from services.referral.speaking.reach import spoken

_KINDS: Final = {
    "speaking": ("asked", "held", "not_held", "open", "sessions"),
    "placements": ("applied", "entered", "waiting"),
    "after_care": ("opened", "contacted", "in_time", "overdue"),
}
Counted = Mapping[str, Mapping[str, Any]]


async def joint_report(tx: Tx, under: str, quarter: Quarter, *, now: datetime) -> dict[str, Any]:
    """Return JointReportView of the area *under*, a province, kabupaten or kota."""
    days = (under, quarter.first, quarter.last)
    ways = await directions(tx, *days, now=now)
    counted: dict[str, Counted] = {
        "speaking": await spoken(tx, *days),
        "placements": await placed(tx, *days),
        "after_care": await came_home(tx, *days),
    }
    areas = sorted({*ways, *(area for kind in counted.values() for area in kind)})
    return {
        "under": under,
        "quarter": str(quarter),
        "first": quarter.first,
        "last": quarter.last,
        "up_to": min(quarter.last, now.astimezone(WIB).date()),
        "all": _told(under, areas, ways, counted),
        "areas": [_told(each, [each], ways, counted) for each in areas],
    }


def _told(
    area: str, of: Iterable[str], ways: Mapping[str, Mapping[Direction, Way]], counted: Mapping[str, Counted]
) -> dict[str, Any]:
    """Return ReportedAreaView of *area*: the sum *of* these."""
    of = list(of)
    sums = {kind: _sum(names, [counted[kind].get(each, {}) for each in of]) for kind, names in _KINDS.items()}
    people: Counter[str] = Counter()
    for each in of:
        people.update(counted["speaking"].get(each, {}).get("people", {}))
    sums["speaking"] |= {"people": dict(people), "reached": people.total()}
    return {"area": area, "ways": [_way(*each) for each in _ways([ways.get(each, {}) for each in of])], **sums}


def _sum(names: Iterable[str], of: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    of = list(of)
    return {name: sum(each.get(name, 0) for each in of) for name in names}


def _ways(of: Iterable[Mapping[Direction, Way]]) -> list[tuple[Direction, Way]]:
    sums: dict[Direction, Way] = {}
    for ways in of:
        for direction, way in ways.items():
            sums[direction] = sums.get(direction, Way()) + way
    return sorted(sums.items(), key=lambda each: each[0])


def _way(direction: Direction, way: Way) -> dict[str, Any]:
    agency_from, agency_to = direction
    return {
        "agency_from": agency_from,
        "agency_to": agency_to,
        "sent": way.sent,
        "answered": way.answered,
        "in_time": way.in_time,
        "median_seconds": way.median_seconds,
    }
