"""What both agencies did together in one quarter, by kabupaten and kota: counts only, for the heads and their staff.

Each kind of work counts its own; here they are laid side by side and added up.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from typing import Any

from services.contracts.wib import WIB
from services.kit.database import Tx
from services.referral.directions import Direction, Way, directions
from services.referral.quarters import Quarter


async def joint_report(tx: Tx, under: str, quarter: Quarter, *, now: datetime) -> dict[str, Any]:
    """Return JointReportView of the area *under*, a province, kabupaten or kota."""
    ways = await directions(tx, under, quarter.first, quarter.last, now=now)
    areas = sorted(ways)
    return {
        "under": under,
        "quarter": str(quarter),
        "first": quarter.first,
        "last": quarter.last,
        "up_to": min(quarter.last, now.astimezone(WIB).date()),
        "all": _area(under, [ways[each] for each in areas]),
        "areas": [_area(each, [ways[each]]) for each in areas],
    }


def _area(area: str, ways: Iterable[Mapping[Direction, Way]]) -> dict[str, Any]:
    return {"area": area, "ways": [_way(direction, way) for direction, way in sorted(_added(ways).items())]}


def _added(ways: Iterable[Mapping[Direction, Way]]) -> Mapping[Direction, Way]:
    def add(sum_: Mapping[Direction, Way], more: Mapping[Direction, Way]) -> Mapping[Direction, Way]:
        return {each: sum_.get(each, Way()) + more.get(each, Way()) for each in sum_.keys() | more.keys()}

    return reduce(add, ways, {})


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
