"""The versions of the triage map, each a file in `maps`; one with an unknown word in it is refused whole."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.contracts.codes import Level, Priority, Service
from services.registry.risk.krs import Factor
from services.registry.risk.rule import Bounds

_FOLDER = files("services.registry.triage") / "maps"


class Someone(StrEnum):
    """Who may be in a family."""

    PREGNANT = "pregnant"
    BADUTA = "baduta"
    CHILD = "child"
    COUPLE = "couple"


class Rank(StrEnum):
    """Whether the welfare rank is of the quarter that runs."""

    CURRENT = "current"
    STALE = "stale"


class Sentence(BaseModel):
    """The rule as people read it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(min_length=20)]
    en: Annotated[str, Field(min_length=20)]


class TriageRule(BaseModel):
    """*someone*: any of them is in the family. *without* and *with_any*: assistance; nothing fires on assistance that
    is not known. *level*: where the unit stands that is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    service: Service
    priority: Priority
    level: Level
    words: Sentence
    at_risk: bool | None = None
    desil_up_to: Annotated[int, Field(ge=1, le=10)] | None = None
    rank: Rank | None = None
    someone: frozenset[Someone] = frozenset()
    without: frozenset[Service] = frozenset()
    with_any: frozenset[Service] = frozenset()
    factors_any: frozenset[Factor] = frozenset()


class TriageMap(BaseModel):
    """One version. *child_years*: who is a child for the rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    valid_from: date
    child_years: Bounds
    rules: tuple[TriageRule, ...]

    @model_validator(mode="after")
    def _one_name_each(self) -> Self:
        names = [rule.id for rule in self.rules]
        if len(names) != len(set(names)):
            raise ValueError("two rules with one id")
        return self


def versions() -> Sequence[str]:
    """Return all versions, the oldest first."""
    return sorted(_names(), key=lambda name: triage_map(name).valid_from)


@cache
def triage_map(version: str) -> TriageMap:
    """Return the map of that *version*. Raises KeyError where there is none, and ValidationError that names what is
    wrong in a file."""
    if version not in _names():
        raise KeyError(version)
    found = TriageMap.model_validate(yaml.safe_load((_FOLDER / f"{version}.yaml").read_text(encoding="utf-8")))
    if found.version != version:
        raise ValueError(f"{version}.yaml says that it is version {found.version!r}")
    return found


def in_force(day: date) -> TriageMap:
    """Return the version that counts on *day*: the newest that had begun. Raises LookupError where none had."""
    begun = [triage_map(each) for each in versions() if triage_map(each).valid_from <= day]
    if not begun:
        raise LookupError(f"no version had begun on {day}")
    return begun[-1]


def _names() -> Sequence[str]:
    return sorted(file.name.removesuffix(".yaml") for file in _FOLDER.iterdir() if file.name.endswith(".yaml"))
