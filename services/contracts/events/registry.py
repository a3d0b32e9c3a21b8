"""Facts of the registry: offices, the people who work in them, and which families are known where."""

from typing import ClassVar

from pydantic import Field

from services.contracts.codes import Agency, Level, Role, Service
from services.contracts.events.envelope import Event
from services.contracts.ids import FamilyId, OfficerId, ReferralId, RegionCode, UnitId


class RegistryEvent(Event):
    stream: ClassVar[str] = "registry"
    name: ClassVar[str]

    version: int

    @property
    def type(self) -> str:
        return f"registry.{self.name}.v1"

    @property
    def subject_version(self) -> int:
        return self.version


class UnitChanged(RegistryEvent):
    """An office was opened or changed: where it stands, what it offers, how many places it has.

    *places* maps a service to its limit; a service without an entry has no limit.
    """

    name: ClassVar[str] = "unit_changed"

    unit: UnitId
    agency: Agency
    level: Level
    region: RegionCode
    parent: UnitId | None = None
    title: str
    services: tuple[Service, ...]
    places: dict[Service, int] = Field(default_factory=dict)
    active: bool = True

    @property
    def subject(self) -> str:
        return self.unit


class OfficerChanged(RegistryEvent):
    """Somebody works in a unit. *contact* is sealed: only `notify` opens it."""

    name: ClassVar[str] = "officer_changed"

    officer: OfficerId
    staff_no: str
    unit: UnitId
    role: Role
    language: str
    village: RegionCode | None = None
    contact: str

    @property
    def subject(self) -> str:
        return str(self.officer)


class OfficerLeft(RegistryEvent):
    """The person's tokens are refused from now on, and the work goes back to the unit's queue."""

    name: ClassVar[str] = "officer_left"

    officer: OfficerId
    unit: UnitId

    @property
    def subject(self) -> str:
        return str(self.officer)


class FamilyRecorded(RegistryEvent):
    """A family is known: where it lives and who recorded it, nothing about its people."""

    name: ClassVar[str] = "family_recorded"

    family: FamilyId
    region: RegionCode
    agency: Agency
    unit: UnitId
    restricted: bool

    @property
    def subject(self) -> str:
        return str(self.family)


class RegistryStopped(RegistryEvent):
    """After a withdrawal of consent: no unit reads the family any more because of this referral."""

    name: ClassVar[str] = "stopped"

    referral: ReferralId

    @property
    def subject(self) -> str:
        return str(self.referral)


REGISTRY_TYPES: dict[str, type[Event]] = {
    f"registry.{event.name}.v1": event
    for event in (UnitChanged, OfficerChanged, OfficerLeft, FamilyRecorded, RegistryStopped)
}
