"""Families as the survey has them, with what the register says of the same people. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from services.contracts.codes import Agency, Service
from services.contracts.ids import RegionCode
from services.registry.nik import Sex
from services.registry.risk.picture import FamilyPicture, Latrine, Person, Water

ASSISTANCE = (Service.PKH, Service.SEMBAKO, Service.PBI_JK)
# The id that a listed family gets when it is recorded: the same from every list that names it, each time.
_LISTED = UUID("6b1f3c1a-3f0e-5a43-9d0a-5b0f6a1f6a57")


@dataclass(slots=True)
class Registered:
    """What the register says of one person: the family there, its rank, and what it receives."""

    family: str
    desil: int | None
    quarter: str | None
    assistance: frozenset[Service]


@dataclass(slots=True)
class Surveyed:
    """One family of the survey, person by person; *registered*: what the register says of those who were joined."""

    code: str
    region: RegionCode
    records: list[Mapping[str, Any]] = field(default_factory=list)
    registered: list[Registered] = field(default_factory=list)

    def picture(self) -> FamilyPicture:
        """Return the family as rules see it. Its newest answer counts, and its newest and poorest rank."""
        newest = sorted(self.records, key=lambda record: record["dated"])
        answers = {name: record[name] for record in newest for name in ("water", "latrine") if name in record}
        ranked = [each for each in self.registered if each.desil is not None and each.quarter is not None]
        rank = max(ranked, key=lambda each: (each.quarter, -(each.desil or 0)), default=None)
        return FamilyPicture(
            persons=[_person(record) for record in self.records],
            region=self.region,
            water=Water(answers["water"]) if "water" in answers else None,
            latrine=Latrine(answers["latrine"]) if "latrine" in answers else None,
            desil=rank.desil if rank else None,
            desil_quarter=rank.quarter if rank else None,
            assistance=frozenset().union(*(each.assistance for each in self.registered)) if self.registered else None,
        )


def family_id(agency: Agency, list_family: str) -> UUID:
    """Return the id under which *agency* records the family that its list calls *list_family*."""
    return uuid5(_LISTED, f"{agency.value}/{list_family}")


def registered(record: Mapping[str, Any], has_allowance: bool) -> Registered:
    """Return what the register says in *record*; *has_allowance*: the PKH list has the person as well."""
    aid = {service for service in ASSISTANCE if record.get(service.value)}
    if has_allowance:
        aid.add(Service.PKH)
    return Registered(record["family"], record.get("desil"), record.get("dated"), frozenset(aid))


def by_family(pages: Iterable[list[dict[str, Any]]]) -> Iterable[Surveyed]:
    """Yield families of *pages*, in which those of one family stand behind each other."""
    family: Surveyed | None = None
    for page in pages:
        for record in page:
            if family is None or family.code != record["family"]:
                if family is not None:
                    yield family
                family = Surveyed(record["family"], RegionCode(record["village"]))
            family.records.append(record)
    if family is not None:
        yield family


def _person(record: Mapping[str, Any]) -> Person:
    return Person(
        sex=Sex(record["sex"]),
        birth_date=date.fromisoformat(record["birth_date"]),
        relation=record.get("relation"),
        pregnant=record.get("pregnant"),
        modern_contraception=record.get("modern_contraception"),
    )
