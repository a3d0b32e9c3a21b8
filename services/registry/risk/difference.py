"""What another version of the rule would change, before it counts. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from services.contracts.ids import RegionCode
from services.registry.risk.krs import Factor, Risk


@dataclass
class Difference:
    """*newly*: families at risk by the new version alone; *no_longer*: by the old one alone; each also counted by
    kecamatan. *gained*, *lost*: factors that fire, or fire no more, in families that are at risk by both.
    *by_kecamatan*: how many changed at all.
    """

    families: int = 0
    newly: list[UUID] = field(default_factory=list)
    no_longer: list[UUID] = field(default_factory=list)
    gained: Counter[Factor] = field(default_factory=Counter)
    lost: Counter[Factor] = field(default_factory=Counter)
    by_kecamatan: Counter[RegionCode] = field(default_factory=Counter)
    newly_by_kecamatan: Counter[RegionCode] = field(default_factory=Counter)
    no_longer_by_kecamatan: Counter[RegionCode] = field(default_factory=Counter)


def difference(families: Iterable[tuple[UUID, Risk, Risk]]) -> Difference:
    """Compare what the old and the new version say of each family."""
    found = Difference()
    for family, old, new in families:
        found.families += 1
        kecamatan = RegionCode(new.region[:8])
        if old.at_risk != new.at_risk:
            (found.newly if new.at_risk else found.no_longer).append(family)
            (found.newly_by_kecamatan if new.at_risk else found.no_longer_by_kecamatan)[kecamatan] += 1
        elif new.at_risk:
            found.gained.update(new.factors - old.factors)
            found.lost.update(old.factors - new.factors)
        if (old.at_risk, old.factors) != (new.at_risk, new.factors):
            found.by_kecamatan[kecamatan] += 1
    return found
