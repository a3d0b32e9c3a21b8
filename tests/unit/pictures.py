"""Families to assess, in a few words."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from services.contracts.codes import Service
from services.contracts.ids import RegionCode
from services.registry.nik import Sex
from services.registry.risk.picture import FamilyPicture, Latrine, Person, Water
from services.registry.risk.rule import rule

ON = date(2026, 11, 26)
RULE, STRICTER = rule("krs-2021.1"), rule("krs-draft.1")
VILLAGE = RegionCode("35.15.08.2001")


def wife(born: date = date(1998, 1, 1), **fields: Any) -> Person:
    return Person(Sex.FEMALE, born, "wife", **{"pregnant": False, "modern_contraception": True, **fields})


def child(born: date) -> Person:
    return Person(Sex.MALE, born, "child")


def family(*persons: Person, **fields: Any) -> FamilyPicture:
    safe = {"water": Water.PIPED, "latrine": Latrine.OWN}
    return FamilyPicture(persons, **{"region": VILLAGE, **safe, **fields})


PERSONS = st.builds(
    Person,
    sex=st.sampled_from(Sex),
    birth_date=st.dates(date(1940, 1, 1), ON),
    relation=st.sampled_from(["head", "wife", "child", "parent", None]),
    pregnant=st.none() | st.booleans(),
    modern_contraception=st.none() | st.booleans(),
)
AID = st.frozensets(st.sampled_from([Service.PKH, Service.SEMBAKO, Service.PBI_JK]))
PICTURES = st.builds(
    FamilyPicture,
    persons=st.lists(PERSONS, max_size=7),
    region=st.sampled_from(
        [RegionCode(f"35.{kab}.0{kec}.200{desa}") for kab in (15, 16) for kec in (1, 2) for desa in (1, 2)]
    ),
    water=st.none() | st.sampled_from(Water),
    latrine=st.none() | st.sampled_from(Latrine),
    desil=st.none() | st.integers(1, 10),
    desil_quarter=st.sampled_from([None, "2026-Q3", "2026-Q4"]),
    assistance=st.none() | AID,
    referred_for=st.frozensets(st.sampled_from(Service), max_size=3),
)
