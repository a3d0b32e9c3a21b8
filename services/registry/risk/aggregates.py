"""Families counted by area, in the figures that the survey publishes, and what must hold among them. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.contracts.ids import RegionCode
from services.registry.regions import parents
from services.registry.risk.krs import Factor, Group, Risk

RANKS = ("1", "2", "3", "4", ">4", "unknown")


@dataclass
class Figures:
    """*looked_at*: the sasaran. *factors*: families at risk by factor, which overlap: never add them up. *ranks*: those
    at risk by welfare rank."""

    families: int = 0
    looked_at: int = 0
    at_risk: int = 0
    not_at_risk: int = 0
    groups: Counter[Group] = field(default_factory=Counter)
    factors: Counter[Factor] = field(default_factory=Counter)
    ranks: Counter[str] = field(default_factory=Counter)

    def add(self, risk: Risk) -> None:
        self.families += 1
        if not risk.looked_at:
            return
        self.looked_at += 1
        self.groups.update(risk.groups)
        if risk.at_risk:
            self.at_risk += 1
            self.factors.update(risk.factors | risk.beside)
            self.ranks[rank_of(risk.desil)] += 1
        else:
            self.not_at_risk += 1

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON has them. Not `asdict`: it makes a Counter of a Counter's pairs."""
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()}

    def merge(self, other: "Figures") -> None:
        """Add what *other* counted of other families."""
        self.families += other.families
        self.looked_at += other.looked_at
        self.at_risk += other.at_risk
        self.not_at_risk += other.not_at_risk
        self.groups += other.groups
        self.factors += other.factors
        self.ranks += other.ranks


def rank_of(desil: int | None) -> str:
    """Return the class of a welfare rank in which the survey publishes it."""
    if desil is None:
        return "unknown"
    return str(desil) if desil <= 4 else ">4"


def aggregate(risks: Iterable[Risk]) -> dict[RegionCode, Figures]:
    """Return the figures of every desa, kecamatan, kabupaten/kota and province that a family lives in."""
    found: dict[RegionCode, Figures] = {}
    for risk in risks:
        for area in (risk.region, *parents(risk.region)):
            found.setdefault(area, Figures()).add(risk)
    return found


def with_areas_above(villages: Mapping[RegionCode, Figures]) -> dict[RegionCode, Figures]:
    """Return the figures of *villages* and of every area that they lie in."""
    found: dict[RegionCode, Figures] = {}
    for village, figures in villages.items():
        for area in (village, *parents(village)):
            found.setdefault(area, Figures()).merge(figures)
    return found


def broken(figures: Mapping[RegionCode, Figures]) -> Iterator[str]:
    """Yield what does not hold, a sentence each: nothing where the figures fit together. Source: docs/domain.md."""
    below: dict[RegionCode, Counter[str]] = {}
    for area, each in figures.items():
        for above in parents(area)[:1]:
            below.setdefault(above, Counter()).update(_columns(each))
    for area, each in figures.items():
        if each.at_risk + each.not_at_risk != each.looked_at:
            yield f"{area}: at risk and not at risk are not all that were looked at"
        if each.ranks.total() != each.at_risk:
            yield f"{area}: the welfare ranks do not sum to those at risk"
        if any(count > each.at_risk for count in each.factors.values()):
            yield f"{area}: a factor has more families than are at risk"
        if area in below and below[area] != _columns(each):
            wrong = sorted(name for name in below[area] | _columns(each) if below[area][name] != _columns(each)[name])
            yield f"{area}: it is not the sum of the areas in it: {', '.join(wrong)}"


def _columns(figures: Figures) -> Counter[str]:
    """Return every figure by its name: what sums from the desa to the province, factor by factor."""
    named = Counter(families=figures.families, looked_at=figures.looked_at)
    named.update(at_risk=figures.at_risk, not_at_risk=figures.not_at_risk)
    named.update({f"rank {rank}": count for rank, count in figures.ranks.items()})
    named.update({group.value: count for group, count in figures.groups.items()})
    named.update({factor.value: count for factor, count in figures.factors.items()})
    return named
