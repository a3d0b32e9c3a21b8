"""Whether somebody may be let into an institution, by rules that are dated data. Pure.

The files stand in `rules/`; the newest that is valid on a day counts. Source: docs/decisions, 0030.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from services.contracts.codes import EntryRule, MaritalStatus, Schooling, Service
from services.referral.orders import Applicant

_FOLDER: Final = files("services.referral.placement") / "rules"
_HEAD: Final = frozenset({"version", "valid_from"})


class Conditions(BaseModel):
    """What one service asks. Ages in whole years, both counted; None does not ask."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    youngest: int | None = None
    oldest: int | None = None
    marital: tuple[MaritalStatus, ...] | None = None
    schooling: tuple[Schooling, ...] | None = None
    recommendation: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    version: str
    valid_from: date
    of: dict[Service, Conditions]


def rules_on(day: date) -> Rules:
    """Return the rules that count on *day*; before the first of them the oldest."""
    return next((rules for rules in reversed(_all()) if rules.valid_from <= day), _all()[0])


def unmet(service: Service, applicant: Applicant | None, earliest: date, latest: date) -> tuple[EntryRule, ...]:
    """Return the rules of *service* that *applicant* does not meet.

    The stay would begin between *earliest* and *latest*: whoever has the age on one of these days is let in. None for a
    service that asks nothing.
    """
    conditions = rules_on(earliest).of.get(service)
    if conditions is None:
        return ()
    if applicant is None:
        return (EntryRule.APPLICANT_MISSING,)
    return tuple(_unmet(conditions, applicant, earliest, latest))


def _unmet(asked: Conditions, applicant: Applicant, earliest: date, latest: date) -> Iterator[EntryRule]:
    if asked.youngest is not None and _age(applicant.birth_date, latest) < asked.youngest:
        yield EntryRule.TOO_YOUNG
    if asked.oldest is not None and _age(applicant.birth_date, earliest) > asked.oldest:
        yield EntryRule.TOO_OLD
    if asked.marital is not None and applicant.marital_status not in asked.marital:
        yield EntryRule.MARITAL_STATUS
    if asked.schooling is not None and applicant.schooling not in asked.schooling:
        yield EntryRule.SCHOOLING
    if asked.recommendation and not (applicant.recommendation_number and applicant.recommendation_on):
        yield EntryRule.RECOMMENDATION


def _age(born: date, day: date) -> int:
    """Whole years on *day*; whoever was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@cache
def _all() -> tuple[Rules, ...]:
    """Every file, oldest first. Raises ValueError where one has a service or a condition that is unknown."""
    texts = (file.read_text(encoding="utf-8") for file in _FOLDER.iterdir() if file.name.endswith(".yaml"))
    return tuple(sorted(map(read, texts), key=lambda rules: rules.valid_from))


def read(text: str) -> Rules:
    """Read a file of rules. Raises ValueError, and KeyError without `version` and `valid_from`."""
    content = yaml.safe_load(text)
    asked = {Service(name): Conditions.model_validate(each) for name, each in content.items() if name not in _HEAD}
    return Rules(content["version"], content["valid_from"], asked)
