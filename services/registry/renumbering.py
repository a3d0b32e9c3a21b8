"""What areas are called whose codes were changed by decree: now, and first of all. Pure but for reading the changes.

The programs of the large lists load it, so it loads no database library.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from services.contracts.ids import RegionCode

if TYPE_CHECKING:
    from services.kit.database import Tx

CHANGES = "SELECT old, new FROM region_change ORDER BY id"

Change = tuple[RegionCode | None, RegionCode]
"""What an area was called (None: it is a new one), and what it is called from then on."""
Renumbered = Mapping[RegionCode, RegionCode]


def newest(changes: Iterable[Change]) -> dict[RegionCode, RegionCode]:
    """Return today's code for each one that was replaced. *changes* stand in the order in which they were decided."""
    now: dict[RegionCode, RegionCode] = {}
    for old, new in changes:
        if old is not None:
            now = {code: new if later == old else later for code, later in now.items()} | {old: new}
        now.pop(new, None)  # a code that is in use again stands for itself
    return now


def first(changes: Iterable[Change]) -> dict[RegionCode, RegionCode]:
    """Return the code with which each renumbered area began."""
    earlier: dict[RegionCode, RegionCode] = {}
    for old, new in changes:
        if old is not None:
            earlier[new] = earlier.pop(old, old)
    return earlier


def before(changes: Iterable[Mapping[str, Any]], code: RegionCode) -> list[Mapping[str, Any]]:
    """Return the changes that led to *code*, the newest first."""
    led: list[Mapping[str, Any]] = []
    for change in reversed(list(changes)):
        if change["new"] == code and change["old"] is not None:
            led.append(change)
            code = change["old"]
    return led


async def all_changes(tx: "Tx") -> list[Change]:
    return [(row.old, row.new) for row in await tx.exec_driver_sql(CHANGES)]


async def now_called(tx: "Tx", code: RegionCode) -> RegionCode:
    """Return today's code of the area that *code* stands, or stood, for."""
    return newest(await all_changes(tx)).get(code, code)
