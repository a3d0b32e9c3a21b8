"""One family assessed: is it one that the survey looks at, and what puts it at risk. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from services.contracts.ids import RegionCode
from services.registry.nik import Sex
from services.registry.risk.picture import FamilyPicture, Person
from services.registry.risk.rule import KrsRule


class Group(StrEnum):
    """Whom the survey looks at; the codes of the survey."""

    PUS = "pus"
    PUS_HAMIL = "pus_hamil"
    BADUTA = "baduta"
    BALITA = "balita"


class Factor(StrEnum):
    """What puts a family at risk; the codes of the survey."""

    WATER = "air_tidak_layak"
    LATRINE = "jamban_tidak_layak"
    TOO_YOUNG = "terlalu_muda"
    TOO_OLD = "terlalu_tua"
    TOO_CLOSE = "terlalu_dekat"
    TOO_MANY = "terlalu_banyak"
    NO_MODERN_CONTRACEPTION = "bukan_peserta_kb_modern"


FOUR_TIMES_TOO = frozenset({Factor.TOO_YOUNG, Factor.TOO_OLD, Factor.TOO_CLOSE, Factor.TOO_MANY})


@dataclass(frozen=True, slots=True)
class Risk:
    """*groups*: empty where the survey does not look at the family. *factors*: those that fired and count; *beside*:
    those that fired and are only reported. *unknown*: factors that an unanswered question leaves open, which never
    count.
    """

    version: str
    region: RegionCode
    groups: frozenset[Group]
    factors: frozenset[Factor]
    beside: frozenset[Factor]
    unknown: frozenset[Factor]
    desil: int | None = None

    @property
    def looked_at(self) -> bool:
        return bool(self.groups)

    @property
    def at_risk(self) -> bool:
        return self.looked_at and bool(self.factors)


def assess(family: FamilyPicture, rule: KrsRule, on: date) -> Risk:
    """Return what *rule* says of *family* on that day."""
    groups = frozenset(_groups(family, rule, on))
    fired, unknown = set[Factor](), set[Factor]()
    if groups:
        for factor, answer in _answers(family, rule, on):
            if answer is not False:
                (unknown if answer is None else fired).add(factor)
    beside = frozenset() if rule.no_modern_contraception_counts else fired & {Factor.NO_MODERN_CONTRACEPTION}
    return Risk(
        version=rule.version,
        region=family.region,
        groups=groups,
        factors=frozenset(fired - beside),
        beside=frozenset(beside),
        unknown=frozenset(unknown),
        desil=family.desil,
    )


def couple_woman(family: FamilyPicture, rule: KrsRule, on: date) -> Person | None:
    """Return the wife, if she is of the age that the rule looks at."""
    youngest, oldest = rule.wife_years
    wives = (each for each in family.persons if each.relation == "wife" and each.sex is Sex.FEMALE)
    return next((wife for wife in wives if youngest <= wife.age(on) <= oldest), None)


def children(family: FamilyPicture) -> Sequence[Person]:
    """Return the children of the family, the oldest first."""
    return sorted((each for each in family.persons if each.relation == "child"), key=lambda each: each.birth_date)


def _groups(family: FamilyPicture, rule: KrsRule, on: date) -> Iterator[Group]:
    if couple_woman(family, rule, on) is not None:
        yield Group.PUS
    if any(each.pregnant for each in family.persons):
        yield Group.PUS_HAMIL
    ages = [each.months(on) for each in family.persons]
    for group, (youngest, oldest) in ((Group.BADUTA, rule.baduta_months), (Group.BALITA, rule.balita_months)):
        if any(youngest <= age <= oldest for age in ages):
            yield group


def _answers(family: FamilyPicture, rule: KrsRule, on: date) -> Iterator[tuple[Factor, bool | None]]:
    """Yield whether each factor holds; None where that is not known."""
    yield Factor.WATER, None if family.water is None else family.water not in rule.safe_water
    yield Factor.LATRINE, None if family.latrine is None else family.latrine not in rule.safe_latrine
    woman, born = couple_woman(family, rule, on), children(family)
    if woman is not None:
        age = woman.age(on)
        yield Factor.TOO_YOUNG, age < rule.too_young_under_years
        yield Factor.TOO_OLD, rule.too_old_years[0] <= age <= rule.too_old_years[1]
        if not woman.pregnant:
            uses = woman.modern_contraception
            yield Factor.NO_MODERN_CONTRACEPTION, None if uses is None else not uses
    apart = [older.months(younger.birth_date) for older, younger in pairwise(born)]
    yield Factor.TOO_CLOSE, any(0 < months < rule.too_close_under_months for months in apart)  # twins are one birth
    yield Factor.TOO_MANY, len(born) >= rule.too_many_children
