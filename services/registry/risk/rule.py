"""The versions of the risk rule, each a file in `rules`; one with a gap or a range the wrong way is refused whole."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.registry.risk.picture import Latrine, Water

_FOLDER = files("services.registry.risk") / "rules"


def _rising(bounds: tuple[int, int]) -> tuple[int, int]:
    if bounds[0] > bounds[1]:
        raise ValueError("from is more than to")
    return bounds


Bounds = Annotated[tuple[int, int], AfterValidator(_rising)]
"""From and to, both counted."""


class UnknownRule(Exception):
    """There is no rule of that version; *known* lists those that there are."""

    def __init__(self, version: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no risk rule {version!r}; known are: {', '.join(known)}.")
        self.known = known


class KrsRule(BaseModel):
    """One version. Ages in whole years or months on the day of the assessment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    valid_from: date
    wife_years: Bounds
    baduta_months: Bounds
    balita_months: Bounds
    safe_water: frozenset[Water]
    safe_latrine: frozenset[Latrine]
    too_young_under_years: Annotated[int, Field(ge=10, le=30)]
    too_old_years: Bounds
    too_close_under_months: Annotated[int, Field(ge=9, le=120)]
    too_many_children: Annotated[int, Field(ge=1)]
    no_modern_contraception_counts: bool


def versions() -> Sequence[str]:
    """Return all versions, the oldest first."""
    return sorted(_names(), key=lambda name: rule(name).valid_from)


@cache
def rule(version: str) -> KrsRule:
    """Return the rule of that *version*. Raises UnknownRule, and ValidationError that names what is wrong in a file."""
    if version not in _names():
        raise UnknownRule(version, _names())
    found = from_text((_FOLDER / f"{version}.yaml").read_text(encoding="utf-8"))
    if found.version != version:
        raise ValueError(f"{version}.yaml says that it is version {found.version!r}")
    return found


def from_text(text: str) -> KrsRule:
    """Read a rule from YAML. Raises ValidationError, which names every field that is missing, wrong or unknown."""
    return KrsRule.model_validate(yaml.safe_load(text))


def _names() -> Sequence[str]:
    return sorted(file.name.removesuffix(".yaml") for file in _FOLDER.iterdir() if file.name.endswith(".yaml"))


def in_force(day: date) -> KrsRule:
    """Return the version that counts on *day*: the newest that had begun. Raises LookupError where none had."""
    begun = [rule(each) for each in versions() if rule(each).valid_from <= day]
    if not begun:
        raise LookupError(f"no version had begun on {day}")
    return begun[-1]


def coming(day: date) -> Sequence[KrsRule]:
    """Return the versions that do not count yet on *day*, the next one first."""
    return [rule(each) for each in versions() if rule(each).valid_from > day]
