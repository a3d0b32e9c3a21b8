"""Stunting risk that may be shown to everybody: no names, small numbers hidden so that nobody can compute them."""

from typing import Any, Final

from services.contracts.codes import Role
from services.contracts.hiding import SMALL, TOTAL, Cell, Table, protected
from services.contracts.ids import RegionCode
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import rights
from services.registry.figures import areas_below, counted_below, in_force
from services.registry.risk.krs import Factor

_COLUMNS: Final = ("at_risk", "not_at_risk")
_READERS: Final = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.DPO})


async def publishable(tx: Tx, area: RegionCode, caller: Caller) -> dict[str, Any]:
    """Return PublishableRiskView of the areas right below *area*. Raises Refused for others than those who lead,
    operate or watch, and for an area outside the caller's."""
    if caller.role not in _READERS:
        raise Refused("auth.forbidden")
    rights.must_cover(caller, area)
    rows, version = await areas_below(tx, area), await in_force(tx)
    table = await _table(tx, area)
    return {
        "area": area,
        "rule_version": version and version["rule_version"],
        "assessed_on": version and version["assessed_on"],
        "all": _line(table.shown(), TOTAL),
        "areas": [_line(table.shown(), row["area"]) for row in rows],
        "factors": factors({each: sum(row[each] for row in rows) for each in Factor}, table),
    }


async def _table(tx: Tx, area: RegionCode) -> Table:
    """Return the table of *area*; what is hidden of it among its neighbours is hidden here too."""
    rows = await counted_below(tx, area)
    above = RegionCode(area.rpartition(".")[0])
    hidden = (await _table(tx, above)).hidden_of(area) if above else frozenset[Cell]()
    return protected(
        Table.of({(row.area, column): getattr(row, column) for row in rows for column in _COLUMNS}), hidden
    )


def factors(counted: dict[Factor, int], table: Table) -> dict[Factor, int | None]:
    """Return how many families at risk have each factor; hidden where they, or those at risk without it, are few."""
    at_risk = table.numbers.get((TOTAL, "at_risk"), 0)
    if (TOTAL, "at_risk") in table.hidden:
        return dict.fromkeys(counted)
    few = range(1, SMALL)
    return {each: None if number in few or at_risk - number in few else number for each, number in counted.items()}


def _line(shown: dict[Cell, int | None], area: str) -> dict[str, Any]:
    names = {"looked_at": TOTAL, "at_risk": "at_risk", "not_at_risk": "not_at_risk"}
    return {"of": area, **{name: shown.get((area, column), 0) for name, column in names.items()}}
