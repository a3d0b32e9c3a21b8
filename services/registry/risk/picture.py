"""One family as risk and need see it: everything that both lists say of it, as codes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.contracts.codes import Service
from services.contracts.ids import RegionCode
from services.registry.nik import Sex


class Water(StrEnum):
    """Where the family's drinking water mostly comes from."""

    BOTTLED = "bottled"
    PIPED = "piped"
    PUMP_WELL = "pump_well"
    PROTECTED_WELL = "protected_well"
    PROTECTED_SPRING = "protected_spring"
    UNPROTECTED = "unprotected"
    SURFACE = "surface"


class Latrine(StrEnum):
    """`own` and `communal`: with a water seal and a septic tank."""

    OWN = "own"
    COMMUNAL = "communal"
    OTHER = "other"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Person:
    """*relation*: to the head of the family. What was not asked or not answered is None."""

    sex: Sex
    birth_date: date
    relation: str | None = None
    pregnant: bool | None = None
    modern_contraception: bool | None = None

    def age(self, on: date) -> int:
        """Return the whole years of age *on* that day; a birthday of 29 February is kept on 1 March."""
        return on.year - self.birth_date.year - ((on.month, on.day) < (self.birth_date.month, self.birth_date.day))

    def months(self, on: date) -> int:
        """Return the whole months of age *on* that day."""
        born = self.birth_date
        return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)


@dataclass(frozen=True, slots=True)
class FamilyPicture:
    """*desil*: the welfare rank, 1 the poorest, and *desil_quarter* (`2026-Q3`) when it was given. *assistance*: what
    the register says that the family receives; None where there is no register beside it. *referred_for*: live
    referrals.
    """

    persons: Sequence[Person]
    region: RegionCode
    water: Water | None = None
    latrine: Latrine | None = None
    desil: int | None = None
    desil_quarter: str | None = None
    assistance: frozenset[Service] | None = None
    referred_for: frozenset[Service] = frozenset()


def quarter_of(day: date) -> str:
    """Return the quarter of *day* as `2026-Q3`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"
