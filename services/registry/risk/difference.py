"""What another version of the rule would change, before it counts. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
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

    def add(self, family: UUID, old: Risk, new: Risk) -> None:
        """Compare what the old and the new version say of one family."""
        self.families += 1
        kecamatan = RegionCode(new.region[:8])
        if old.at_risk != new.at_risk:
            (self.newly if new.at_risk else self.no_longer).append(family)
            (self.newly_by_kecamatan if new.at_risk else self.no_longer_by_kecamatan)[kecamatan] += 1
        elif new.at_risk:
            self.gained.update(new.factors - old.factors)
            self.lost.update(old.factors - new.factors)
        if (old.at_risk, old.factors) != (new.at_risk, new.factors):
            self.by_kecamatan[kecamatan] += 1

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON has them; of the families themselves only how many."""
        lists = {"newly": len(self.newly), "no_longer": len(self.no_longer), "families": self.families}
        counters = {name: dict(value) for name, value in vars(self).items() if isinstance(value, Counter)}
        return {**lists, **counters}


def difference(families: Iterable[tuple[UUID, Risk, Risk]]) -> Difference:
    """Compare what the old and the new version say of each family."""
    found = Difference()
    for family, old, new in families:
        found.add(family, old, new)
    return found
