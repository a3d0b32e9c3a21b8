"""The calendars of closed days that come with the product, one file per version in this folder.

A file is made by `make` and from then on corrected by decree: a correction is a new file with a higher version.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from services.referral.worktime import Calendar

_FOLDER: Final = files(__name__)
_JOINT_LEAVE: Final = "Cuti Bersama"


class UnknownCalendar(Exception):
    """No file of this version comes with the product; *known* lists those that do."""

    def __init__(self, version: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no calendar {version!r}; known are: {', '.join(known) or 'none'}.")
        self.version = version
        self.known = known


def versions() -> tuple[str, ...]:
    """Return the versions that come with the product, oldest first: 2026.10 is newer than 2026.9."""
    names = (entry.name.removesuffix(".yaml") for entry in _FOLDER.iterdir() if entry.name.endswith(".yaml"))
    return tuple(sorted(names, key=_by_number))


@cache
def newest() -> str:
    """Return the newest version: what a referral that is submitted now pins."""
    return versions()[-1]


@cache
def load(version: str) -> Calendar:
    """Return the calendar of *version*. Raises UnknownCalendar."""
    content = read(version)
    shut = {"public", "joint_leave"} if content["joint_leave"] == "closed" else {"public"}
    return Calendar(version, frozenset(day["date"] for day in content["days"] if day["kind"] in shut))


@cache
def covers(version: str) -> tuple[date, date]:
    """Return the first and the last day that *version* knows about; outside them only weekends are closed.

    Raises UnknownCalendar.
    """
    years = read(version)["years"]
    return date(min(years), 1, 1), date(max(years), 12, 31)


def read(version: str) -> dict[str, Any]:
    """Return the file's content, in the shape that `make` returns. Raises UnknownCalendar."""
    if version not in versions():
        raise UnknownCalendar(version, versions())
    content = yaml.safe_load((_FOLDER / f"{version}.yaml").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def make(years: Iterable[int]) -> dict[str, Any]:
    """Return the content of a calendar file for *years*, from the `holidays` package.

    `{years, joint_leave, days: [{date, name, kind, status}]}`, days in order. *kind* is `public` or
    `joint_leave` (cuti bersama: offices count as open on them unless the file says `joint_leave: closed`).
    *status* is `estimated` where the package says so, and for every year whose decree it does not know.
    """
    wanted = sorted(set(years))
    days = sorted(_days(wanted), key=lambda day: (day.date, day.kind))
    decreed = {day.date.year for day in days if day.kind == "joint_leave"}
    return {
        "years": wanted,
        "joint_leave": "open",
        "days": [day.row(decreed=day.date.year in decreed) for day in days],
    }


def to_text(content: dict[str, Any]) -> str:
    """Return *content* as the text of a calendar file, one day a line."""
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)


@dataclass(frozen=True, slots=True)
class _Day:
    date: date
    label: str

    @property
    def kind(self) -> str:
        return "joint_leave" if self.label.startswith(_JOINT_LEAVE) else "public"

    def row(self, *, decreed: bool) -> dict[str, Any]:
        """*decreed*: the year has joint leave, which one yearly decree of three ministers fixes with the holidays."""
        name = self.label.removesuffix(" (perkiraan)")
        sure = decreed and name == self.label
        return {"date": self.date, "name": name, "kind": self.kind, "status": "decreed" if sure else "estimated"}


def _days(years: list[int]) -> Iterator[_Day]:
    # Only the maintainer's command and a test come here: no service pays for importing every country's holidays.
    from holidays import GOVERNMENT, PUBLIC, country_holidays

    for category in (PUBLIC, GOVERNMENT):
        found = country_holidays("ID", years=years, categories=(category,), language="id")
        for day in found:
            yield from (_Day(day, label) for label in found.get_list(day))


def _by_number(version: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", version))
