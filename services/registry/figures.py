"""Stunting risk by area, for those who lead, and what a rule that is to come would change."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from services.contracts.codes import Role
from services.contracts.ids import RegionCode
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import rights
from services.registry.risk.aggregates import RANKS
from services.registry.risk.krs import Factor, Group

_LEVELS = (2, 5, 8, 13)
"""How many signs the code of a province, kabupaten, kecamatan and village has."""
_RANK = "CASE WHEN desil IS NULL THEN 'unknown' WHEN desil <= 4 THEN desil::text ELSE '>4' END"
_LOOKED_AT = "cardinality(groups) > 0"
_FIGURES = ", ".join([
    "count(*) AS families",
    f"count(*) FILTER (WHERE {_LOOKED_AT}) AS looked_at",
    "count(*) FILTER (WHERE at_risk) AS at_risk",
    f"count(*) FILTER (WHERE {_LOOKED_AT} AND NOT at_risk) AS not_at_risk",
    *(f"count(*) FILTER (WHERE '{each}' = ANY(groups)) AS \"{each}\"" for each in Group),
    *(f"count(*) FILTER (WHERE at_risk AND '{each}' = ANY(factors || beside)) AS \"{each}\"" for each in Factor),
    *(f"count(*) FILTER (WHERE at_risk AND {_RANK} = '{rank}') AS \"{rank}\"" for rank in RANKS),
])  # fmt: skip
_AREAS = text(
    f"SELECT left(region, :signs) AS area, {_FIGURES} FROM family_risk"
    " WHERE region = :area OR region LIKE :area || '.%' GROUP BY 1 ORDER BY 1"
)
_COUNTED = text(
    "SELECT left(region, :signs) AS area, count(*) FILTER (WHERE at_risk) AS at_risk,"
    f" count(*) FILTER (WHERE {_LOOKED_AT} AND NOT at_risk) AS not_at_risk FROM family_risk"
    " WHERE region = :area OR region LIKE :area || '.%' GROUP BY 1"
)
_VERSIONS = text("SELECT version, valid_from, compared_with, report FROM risk_difference ORDER BY valid_from")
_IN_FORCE = text("SELECT rule_version, assessed_on FROM family_risk LIMIT 1")


async def figures(tx: Tx, area: RegionCode, caller: Caller) -> dict[str, Any]:
    """Return FiguresOfView as a dict: the figures of the areas right below *area*, and the rules to come.

    Raises Refused for who leads nobody, and for an area outside the caller's.
    """
    if caller.role not in {Role.SUPERVISOR, Role.COORDINATOR}:
        raise Refused("auth.forbidden")
    rights.must_cover(caller, area)
    rows = await areas_below(tx, area)
    version = await in_force(tx)
    return {
        "area": area,
        "rule_version": version and version["rule_version"],
        "assessed_on": version and version["assessed_on"],
        "areas": {row["area"]: _grouped(row) for row in rows},
        "coming": [dict(row) for row in (await tx.execute(_VERSIONS)).mappings()],
    }


async def counted_below(tx: Tx, area: RegionCode) -> Sequence[Any]:
    """Return how many are at risk and not in each area right below *area*, and nothing else: that is quicker."""
    return (await tx.execute(_COUNTED, {"area": area, "signs": _signs(area)})).all()


async def areas_below(tx: Tx, area: RegionCode) -> Sequence[Any]:
    """Return one row with all figures for each area right below *area*; of a village its own."""
    return (await tx.execute(_AREAS, {"area": area, "signs": _signs(area)})).mappings().all()


async def in_force(tx: Tx) -> Any:
    """Return the rule by which families were assessed, and when; None before the first list."""
    return (await tx.execute(_IN_FORCE)).mappings().one_or_none()


def _signs(area: RegionCode) -> int:
    return next((level for level in _LEVELS if level > len(area)), len(area))


def _grouped(row: Any) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("families", "looked_at", "at_risk", "not_at_risk")},
        "groups": {each: row[each] for each in Group},
        "factors": {each: row[each] for each in Factor},
        "ranks": {rank: row[rank] for rank in RANKS},
    }
