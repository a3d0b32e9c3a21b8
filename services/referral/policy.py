"""The clock policy: how long each clock runs, per priority. A version is pinned by each case.

The files of a family stand in one folder; one with a gap is refused whole. Source: docs/domain.md, clocks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Final

import yaml

from services.contracts.codes import ClockName, Priority
from services.referral.worktime import CALENDAR_DAY, WORKING_DAY, ZERO, Span

_WAITS: Final = ("rung", "repeat")
_OWN_RHYTHM: Final[Mapping[StrEnum | None, str]] = {
    ClockName.STOP: "stop_repeat",
    ClockName.WAITLIST: "waitlist_repeat",
}
_HEAD: Final = ("version", "attempts")
# Nobody waits for longer, and a moment beyond the year 9999 is none.
_LONGEST_DAYS: Final = 3660

Row = Mapping[Priority, Span]


@dataclass(frozen=True, slots=True)
class Family:
    """Policies that answer the same questions: which rows of spans by priority, and which single spans beside them."""

    folder: Traversable
    clocks: tuple[str, ...]
    waits: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()

    @property
    def rows(self) -> tuple[str, ...]:
        return (*self.clocks, *_WAITS, *self.waits)


OF_REFERRALS: Final = Family(
    files("services.referral") / "policies",
    tuple(clock.value for clock in ClockName),
    waits=("stop_repeat", "waitlist_repeat", "unaccept_minimum"),
)


class PolicyInvalid(Exception):
    """The text is no usable policy; *gaps* names everything that is wrong with it, not only the first."""

    def __init__(self, version: str, gaps: tuple[str, ...]) -> None:
        super().__init__(f"Policy {version!r} cannot be used: {'; '.join(gaps)}.")
        self.version = version
        self.gaps = gaps


class UnknownPolicy(Exception):
    """No file of this version comes with the product; *known* lists those that do."""

    def __init__(self, version: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no policy {version!r}; known are: {', '.join(known) or 'none'}.")
        self.version = version
        self.known = known


@dataclass(frozen=True, slots=True)
class Policy:
    """A complete policy: every clock and every wait has a positive span for every priority."""

    version: str
    attempts: int
    """How many units the system asks by itself before a person decides."""
    rows: Mapping[str, Row]
    spans: Mapping[str, Span] = field(default_factory=dict)
    """What does not depend on a priority."""

    def span(self, clock: StrEnum, priority: Priority) -> Span:
        """Return how long *clock* runs. For `review` this is the longest hold, not the date that was chosen."""
        return self.rows[clock.value][priority]

    def rung(self, priority: Priority) -> Span:
        """Return the time from one rung of a ladder to the next, and from the last rung to the end."""
        return self.rows["rung"][priority]

    def repeat(self, priority: Priority, clock: StrEnum | None = None) -> Span:
        """Return after how long the last rung is told again.

        A withdrawal (`stop`) has its own, shorter rhythm, and a waiting list a longer one.
        """
        return self.rows[_OWN_RHYTHM.get(clock, "repeat")][priority]

    def unaccept_minimum(self, priority: Priority) -> Span:
        """Return what a unit that gave a referral back has at least to decide again."""
        return self.rows["unaccept_minimum"][priority]


def versions(family: Family = OF_REFERRALS) -> tuple[str, ...]:
    """Return the versions that come with the product, by name."""
    names = (file.name for file in family.folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


@cache
def load(version: str, family: Family = OF_REFERRALS) -> Policy:
    """Return the policy of *version*. Raises UnknownPolicy, and PolicyInvalid where its file has a gap."""
    policy = from_text(text_of(version, family), family)
    if policy.version != version:
        raise PolicyInvalid(version, (f"the file says that it is version {policy.version!r}",))
    return policy


def text_of(version: str, family: Family = OF_REFERRALS) -> str:
    """Return the file of *version* as it was written. Raises UnknownPolicy."""
    if version not in versions(family):
        raise UnknownPolicy(version, versions(family))
    return (family.folder / f"{version}.yaml").read_text(encoding="utf-8")


def from_text(text: str, family: Family = OF_REFERRALS) -> Policy:
    """Read a policy from YAML: `version`, `attempts`, and a row `{normal, high, urgent}` for each clock and wait.

    Raises PolicyInvalid, naming every gap at once.
    """
    content = _mapping(text)
    version = str(content.get("version", "without a version"))
    if gaps := tuple(_gaps(content, family)):
        raise PolicyInvalid(version, gaps)
    rows = {name: _row(content[name]) for name in family.rows}
    spans = {name: Span.parse(content[name]) for name in family.spans}
    return Policy(version, content["attempts"], MappingProxyType(rows), MappingProxyType(spans))


def _mapping(text: str) -> dict[Any, Any]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" (line {where.line + 1})" if where else ""
        raise PolicyInvalid("unread", (f"it is not YAML{line}",)) from None
    if not isinstance(content, dict):
        raise PolicyInvalid("unread", ("it is not a table of clocks",))
    return content


def _row(row: Mapping[str, str]) -> Row:
    return MappingProxyType({priority: Span.parse(row[priority.value]) for priority in Priority})


def _gaps(content: Mapping[Any, Any], family: Family) -> Iterator[str]:
    known = {*_HEAD, *family.rows, *family.spans}
    yield from _head_gaps(content)
    yield from (f"{key!r} is not a clock or a setting" for key in content if key not in known)
    for name in (*family.rows, *family.spans):
        if name not in content:
            yield f"{name!r} is missing"
        elif name in family.rows:
            yield from _row_gaps(name, content[name])
        elif gap := _span_gap(content[name]):
            yield f"{name!r}: {gap}"


def _head_gaps(content: Mapping[Any, Any]) -> Iterator[str]:
    version, attempts = content.get("version"), content.get("attempts")
    if not isinstance(version, str) or not version.strip():
        yield "'version' is missing"
    if type(attempts) is not int or attempts < 1:
        yield "'attempts' must be a whole number of at least 1"


def _row_gaps(name: str, row: object) -> Iterator[str]:
    known = {priority.value for priority in Priority}
    if not isinstance(row, dict):
        yield f"{name!r} must give a span for {', '.join(Priority)}"
        return
    yield from (f"{name!r} has an unknown priority {key!r}" for key in row if key not in known)
    yield from (f"{name!r} has no {priority.value!r}" for priority in Priority if priority.value not in row)
    given = [key for key in Priority if key.value in row]
    yield from (f"{name!r} {key.value}: {gap}" for key in given if (gap := _span_gap(row[key.value])))


def _span_gap(text: object) -> str | None:
    try:
        span = Span.parse(text) if isinstance(text, str) else None
    except ValueError as error:
        return str(error)
    if span is None:
        return f"not a span: {text!r}"
    if span.amount / (WORKING_DAY if span.working else CALENDAR_DAY) > _LONGEST_DAYS:
        return f"{text!r} is longer than {_LONGEST_DAYS} days"
    return None if span.amount > ZERO else f"{text!r} must be longer than nothing"
