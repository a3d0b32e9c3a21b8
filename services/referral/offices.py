"""The referral service's own picture of the offices: who stands above whom, and where somebody is there to be told.

Fed by registry events, immutable once built. Source: docs/lifecycle.md, the ladder and the roles.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.contracts.codes import Agency, Level, Role, Service
from services.contracts.ids import RegionCode, UnitId
from services.contracts.reading import covers
from services.contracts.snapshot import Recipient
from services.referral.escalation import Told

_LEADS = (Role.SUPERVISOR, Role.COORDINATOR)


@dataclass(frozen=True, slots=True)
class Office:
    unit: UnitId
    agency: Agency
    level: Level
    region: RegionCode
    parent: UnitId | None
    services: frozenset[Service]
    active: bool = True

    def covers(self, region: RegionCode) -> bool:
        """True where *region* lies in this office's area."""
        return covers(self.region, region)


@dataclass(frozen=True, slots=True)
class Offices:
    """All offices by id, and the (unit, role) pairs that at least one person fills."""

    by_id: Mapping[UnitId, Office]
    staffed: frozenset[tuple[UnitId, Role]]
    _vacant: dict[tuple[UnitId, UnitId | None], frozenset[Told]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def upward(self, unit: UnitId | None) -> Iterator[Office]:
        """Yield *unit* and the offices above it, nearest first."""
        while unit is not None and (office := self.by_id.get(unit)):
            yield office
            unit = office.parent

    def is_above(self, higher: UnitId, lower: UnitId | None) -> bool:
        """True where *higher* is *lower* or stands above it."""
        return any(office.unit == higher for office in self.upward(lower))

    def supervising(self, unit: UnitId | None) -> Recipient | None:
        """Return who supervises *unit*: its own supervisor, else whoever leads the nearest office above."""
        for office in self.upward(unit):
            for role in _LEADS:
                if (office.unit, role) in self.staffed:
                    return Recipient(unit=office.unit, role=role)
        return None

    def everyone_with(self, role: Role) -> tuple[Recipient, ...]:
        return tuple(Recipient(unit=unit, role=each) for unit, each in sorted(self.staffed) if each is role)

    def rung(self, told: Told, unit: UnitId | None) -> Recipient | None:
        """Return who stands on that rung of *unit*'s ladder, or None where it is vacant or not above the unit."""
        if told in {Told.SENDING_SUPERVISOR, Told.RECEIVING_SUPERVISOR}:
            own = (unit, Role.SUPERVISOR)
            return Recipient(unit=unit, role=Role.SUPERVISOR) if unit and own in self.staffed else None
        level = Level.KABKOTA if told in {Told.SENDING_COORDINATOR, Told.RECEIVING_COORDINATOR} else Level.PROVINSI
        for office in self.upward(unit):
            if office.level is level and office.unit != unit:
                return self._leader(office.unit)
        return None

    def _leader(self, unit: UnitId) -> Recipient | None:
        for role in reversed(_LEADS):
            if (unit, role) in self.staffed:
                return Recipient(unit=unit, role=role)
        return None

    def vacant(self, unit_from: UnitId, unit_to: UnitId | None) -> frozenset[Told]:
        """Return the rungs of both sides on which nobody stands. Looked up once: each clock of a step asks for it."""
        if (found := self._vacant.get((unit_from, unit_to))) is None:
            found = frozenset(told for told in _RUNGS if self.rung(told, _side(told, unit_from, unit_to)) is None)
            self._vacant[unit_from, unit_to] = found
        return found

    def recipients(self, told: Told, unit_from: UnitId, unit_to: UnitId | None) -> tuple[Recipient, ...]:
        """Return whom to tell. Where nobody stands, whoever is nearest above; at last the operators."""
        unit = _side(told, unit_from, unit_to)
        if told in {Told.SENDING_UNIT, Told.RECEIVING_UNIT}:
            return (Recipient(unit=unit),) if unit else ()
        if told is Told.DPO:
            return self.everyone_with(Role.DPO) or self.everyone_with(Role.OPERATOR)
        if told is Told.OPERATOR:
            return self.everyone_with(Role.OPERATOR)
        found = self.rung(told, unit) or self.supervising(unit)
        return (found,) if found else self.everyone_with(Role.OPERATOR)


_RUNGS = (
    Told.SENDING_SUPERVISOR,
    Told.SENDING_COORDINATOR,
    Told.SENDING_PROVINCE,
    Told.RECEIVING_SUPERVISOR,
    Told.RECEIVING_COORDINATOR,
    Told.RECEIVING_PROVINCE,
)


def _side(told: Told, unit_from: UnitId, unit_to: UnitId | None) -> UnitId | None:
    return unit_from if told.of_the_sender else unit_to
