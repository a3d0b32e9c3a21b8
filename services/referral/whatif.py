"""What another policy would have made of stories that really happened: counted, and one by one. Pure.

Three tellings are counted: what was *told* by the record, what the referrals' *own* policies would have told on time,
and what the other policy *would* have. The last two are compared, until the ways part: lateness is no difference of
policies. Source: docs/decisions/0014-a-policy-is-tried-before-it-counts.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Final

from services.contracts.codes import ClockName, Mark
from services.contracts.ids import ReferralId, UnitId
from services.contracts.wib import WIB
from services.referral.clock_rules import Scene
from services.referral.retelling import Parting, Reached, Retold, Turn, retell
from services.referral.stories import Story

MOST_DIFFERENCES: Final = 20
"""Named of one referral; all are counted."""

_Kind = tuple[ClockName, Mark]


@dataclass(frozen=True, slots=True)
class Difference:
    """A mark that comes at another moment; None: not at all."""

    clock: ClockName
    mark: Mark
    was: datetime | None
    would: datetime | None


@dataclass(frozen=True, slots=True)
class Differing:
    """A referral of which something differs. *parted*: where it is followed no further, if it is the policy's doing."""

    id: ReferralId
    number: str
    differences: tuple[Difference, ...]
    parted: Parting | None


@dataclass(slots=True)
class Marks:
    """*apart*: what was told after the ways had parted, and is not compared."""

    told: int = 0
    own: int = 0
    would: int = 0
    apart: int = 0


@dataclass(slots=True)
class Pair:
    own: int = 0
    would: int = 0


@dataclass(slots=True)
class Week:
    """The load of one unit in the week that begins on that Monday (WIB): marks against it, and due dates it missed."""

    marks: Pair = field(default_factory=Pair)
    breaches: Pair = field(default_factory=Pair)


@dataclass(slots=True)
class Day:
    """How many referrals came to one unit's desk on that day (WIB), and how many left it."""

    came: Pair = field(default_factory=Pair)
    left: Pair = field(default_factory=Pair)


@dataclass(slots=True)
class Figures:
    """What many stories come to. Sums only, so pages of them can be added up."""

    referrals: int = 0
    marks: defaultdict[_Kind, Marks] = field(default_factory=lambda: defaultdict(Marks))
    weeks: defaultdict[tuple[UnitId, date], Week] = field(default_factory=lambda: defaultdict(Week))
    days: defaultdict[tuple[UnitId, date], Day] = field(default_factory=lambda: defaultdict(Day))
    differing: list[Differing] = field(default_factory=list)

    def add(self, story: Story, scene: Scene, *, until: datetime) -> None:
        """Tell *story* under its own policies and under that of *scene*, and count both until the ways part."""
        own, would = retell(story, scene, until=until, own=True), retell(story, scene, until=until)
        end = min((retold.parted.at for retold in (own, would) if retold.parted), default=until)
        self.referrals += 1
        self._count_told(story, end, until)
        for side, retold in (("own", own), ("would", would)):
            self._count_marks(side, (mark for mark in retold.marks if mark.at <= end))
            self._count_turns(side, retold.turns, end, until)
        self._compare(story, own, would, end)

    def _count_told(self, story: Story, end: datetime, until: datetime) -> None:
        for line in story.lines:
            if line.clock and line.mark and line.at <= until:
                kind = self.marks[line.clock, line.mark]
                kind.told += 1
                kind.apart += line.at > end

    def _count_marks(self, side: str, marks: Iterable[Reached]) -> None:
        for mark in marks:
            _add(self.marks[mark.clock, mark.mark], side)
            if mark.unit is not None:
                week = self.weeks[mark.unit, _monday(mark.at)]
                _add(week.marks, side)
                if mark.mark is Mark.DUE:
                    _add(week.breaches, side)

    def _count_turns(self, side: str, turns: Iterable[Turn], end: datetime, until: datetime) -> None:
        for turn in turns:
            if turn.begins >= end:
                continue
            left = min(turn.ends or until, end)
            _add(self.days[turn.unit, _day(turn.begins)].came, side)
            if left < until:
                _add(self.days[turn.unit, _day(left)].left, side)

    def _compare(self, story: Story, own: Retold, would: Retold, end: datetime) -> None:
        differences = tuple(_differences(_until(own, end), _until(would, end)))
        parted = would.parted if would.parted != own.parted and would.parted and would.parted.at == end else None
        if differences or parted:
            referral = story.referral
            self.differing.append(Differing(referral.id, referral.number, differences[:MOST_DIFFERENCES], parted))


def _add(figures: Marks | Pair, side: str) -> None:
    setattr(figures, side, getattr(figures, side) + 1)


def _until(retold: Retold, end: datetime) -> list[Reached]:
    return [mark for mark in retold.marks if mark.at <= end]


def _differences(own: list[Reached], would: list[Reached]) -> Iterator[Difference]:
    """Pair the marks of each run of each clock, in their order, and yield the pairs that differ."""
    was, becomes = _by_run(own), _by_run(would)
    for clock, since, mark in dict.fromkeys((*was, *becomes)):
        run = (clock, since, mark)
        for before, after in zip_longest(was.get(run, ()), becomes.get(run, ())):
            if before != after:
                yield Difference(clock, mark, before, after)


def _by_run(marks: list[Reached]) -> dict[tuple[ClockName, int, Mark], list[datetime]]:
    found: dict[tuple[ClockName, int, Mark], list[datetime]] = {}
    for mark in marks:
        found.setdefault((mark.clock, mark.since, mark.mark), []).append(mark.at)
    return found


def _day(moment: datetime) -> date:
    return moment.astimezone(WIB).date()


def _monday(moment: datetime) -> date:
    day = _day(moment)
    return day - timedelta(days=day.weekday())
