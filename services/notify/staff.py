"""Finding the people behind a desk: pure, from a picture of the units and of who works in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.contracts.codes import Role
from services.contracts.ids import OfficerId, RegionCode, UnitId
from services.kit.auth import Caller
from services.notify.wanted import Wanted

# An operator or a privacy officer may have a desk in a unit, but has no part in its cases.
CASEWORKERS: Final = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR})
_LEADS: Final = (Role.SUPERVISOR, Role.COORDINATOR)


@dataclass(frozen=True, slots=True)
class Officer:
    """*village*: a member of a village team, who sees that village's cases and what is assigned to her."""

    id: OfficerId
    unit: UnitId
    role: Role
    village: RegionCode | None = None

    def sees(self, case: "Case") -> bool:
        return self.village in {None, case.region} or self.id == case.assignee


@dataclass(frozen=True, slots=True)
class Case:
    """What of a referral decides who may hear of it."""

    region: str
    restricted: bool = False
    assignee: OfficerId | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    title: str
    parent: UnitId | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """The people that a message may concern; of the offices above only those who lead. Nobody here has left."""

    officers: tuple[Officer, ...] = ()
    units: Mapping[UnitId, Unit] = field(default_factory=dict)

    def reach(self, wanted: Wanted, case: Case) -> tuple[Officer, ...]:
        """Return whom *wanted* means, or whoever stands in; empty where nobody is there.

        A vacant desk goes to anybody of its unit. Of a restricted case only somebody who leads hears.
        """
        return tuple(self._asked_for(wanted, case)) or tuple(self._stand_ins(wanted, case))

    def title(self, unit: UnitId | None) -> str | None:
        """Return what *unit* is called; its code where that is not known yet."""
        known = self.units.get(unit) if unit else None
        return known.title if known else unit

    def _asked_for(self, wanted: Wanted, case: Case) -> Iterator[Officer]:
        for officer in self.officers:
            if wanted.officer:
                if officer.id == wanted.officer and officer.unit == wanted.unit:
                    yield officer
            elif wanted.unit is None:
                if wanted.role is not None and officer.role is wanted.role:
                    yield officer
            elif officer.unit == wanted.unit and self._plays(officer, wanted.role) and officer.sees(case):
                yield officer

    @staticmethod
    def _plays(officer: Officer, role: Role | None) -> bool:
        return officer.role in CASEWORKERS if role is None else officer.role is role

    def _stand_ins(self, wanted: Wanted, case: Case) -> Iterator[Officer]:
        if wanted.unit is None:
            return
        leads = tuple(self._leads_from(wanted.unit)) if case.restricted or wanted.upward else ()
        if leads or case.restricted:
            yield from leads
        else:
            yield from self._asked_for(Wanted(wanted.unit), case)

    def leads(self, who: Caller, unit: UnitId | None) -> bool:
        """True for whoever leads *unit* or, where nobody does, the nearest office above; and any coordinator above."""
        if who.role not in _LEADS:
            return False
        nearest = any((each.unit, each.role) == (who.unit, who.role) for each in self._leads_from(unit))
        return nearest or (who.role is Role.COORDINATOR and who.unit in self._upward(unit))

    def _upward(self, unit: UnitId | None) -> Iterator[UnitId]:
        while unit is not None:
            yield unit
            unit = self.units[unit].parent if unit in self.units else None

    def _leads_from(self, unit: UnitId | None) -> Iterator[Officer]:
        """Yield who leads *unit*, else the nearest office above. Source: docs/lifecycle.md, roles."""
        for office in self._upward(unit):
            for role in _LEADS:
                if leads := [each for each in self.officers if (each.unit, each.role) == (office, role)]:
                    yield from leads
                    return
