"""What will be broken, when, and for how long: made from a seed alone, so that a run can be made again."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from types import MappingProxyType

SERVERS = ("postgres", "valkey", "temporal")
PARTS = ("registry", "referral", "notify", "workflows")
SPACING_SECONDS = 5.0
NARROWEST_SECONDS = 3.5
LEAD_SECONDS = 3.0
RECENT = 2


class Kind(StrEnum):
    """The kinds of fault. Source: docs/howto/run-chaos.md."""

    KILL = "kill"
    FREEZE = "freeze"
    FLUSH = "flush"
    RESTART_WITH_DATA = "restart_with_data"
    RESTART_WITHOUT_DATA = "restart_without_data"
    READ_ONLY = "read_only"
    CUT = "cut"
    DELAY = "delay"
    LOST_REPLY = "lost_reply"
    FULL_DISK = "full_disk"
    CLOCK = "clock"
    DUPLICATES = "duplicates"
    SHUFFLED = "shuffled"
    BROKEN = "broken"
    DEPLOYMENT = "deployment"
    TWO_VERSIONS = "two_versions"
    LINK_CUT = "link_cut"


ONE_HOST = tuple(kind for kind in Kind if kind is not Kind.LINK_CUT)
TWO_HOSTS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a kind is done to, for how many seconds (from, to), and how often compared with the others."""

    targets: tuple[str, ...]
    seconds: tuple[float, float] = (0.0, 0.0)
    weight: int = 1


_VALKEY = ("valkey",)
_STREAM = ("referral",)
SHAPES: Mapping[Kind, _Shape] = MappingProxyType(
    {
        Kind.KILL: _Shape((*SERVERS, *PARTS, "mailbox"), weight=5),
        Kind.FREEZE: _Shape((*SERVERS, *PARTS, "mailbox"), (1.5, 4.0), weight=4),
        Kind.FLUSH: _Shape(_VALKEY),
        Kind.RESTART_WITH_DATA: _Shape(_VALKEY),
        Kind.RESTART_WITHOUT_DATA: _Shape(_VALKEY),
        Kind.READ_ONLY: _Shape(("replica", "without_replicas"), (1.5, 3.0)),
        Kind.CUT: _Shape((*SERVERS, "mail", "api"), (1.0, 3.0), weight=2),
        Kind.DELAY: _Shape((*SERVERS, "mail", "api"), (2.0, 4.0), weight=2),
        Kind.LOST_REPLY: _Shape((*SERVERS, "mail", "api"), (1.0, 2.0), weight=3),
        Kind.FULL_DISK: _Shape(("valkey", "postgres"), (1.5, 3.0)),
        Kind.CLOCK: _Shape(("referral", "notify", "registry"), (2.0, 4.0)),
        Kind.DUPLICATES: _Shape(_STREAM),
        Kind.SHUFFLED: _Shape(_STREAM),
        Kind.BROKEN: _Shape(_STREAM),
        Kind.DEPLOYMENT: _Shape(("every part",)),
        Kind.TWO_VERSIONS: _Shape(("workflows",), (1.5, 3.0)),
        Kind.LINK_CUT: _Shape(("link",), (1.0, 4.0), weight=2),
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to be broken, *at_seconds* after the start, for *seconds*; *dice* is the seed of its own chances."""

    number: int
    at_seconds: float
    kind: Kind
    target: str
    seconds: float
    dice: int

    def __str__(self) -> str:
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.kind} {self.target}{lasting}"


def plan(seed: int, seconds: float, kinds: Sequence[Kind] = ONE_HOST) -> tuple[Fault, ...]:
    """Return the faults of a run of *seconds*: each of *kinds* at least once, and as many as fit.

    A short run has every kind once, closer together, and takes as long as that takes. The same arguments give the same
    plan.
    """
    dice = random.Random(seed)
    number = max(len(kinds), int((seconds - LEAD_SECONDS) / SPACING_SECONDS))
    spacing = min(SPACING_SECONDS, max(NARROWEST_SECONDS, (seconds - LEAD_SECONDS) / number))
    targets = {kind: _in_turn(SHAPES[kind].targets, dice) for kind in kinds}
    chosen: list[Fault] = []
    for position, kind in enumerate(_kinds(kinds, number, dice)):
        recent = {fault.target for fault in chosen[-RECENT:]}
        target = _other_than(recent, targets[kind], len(SHAPES[kind].targets))
        lasts = round(dice.uniform(*SHAPES[kind].seconds), 1)
        at_seconds = LEAD_SECONDS + position * spacing
        chosen.append(Fault(position + 1, round(at_seconds, 1), kind, target, lasts, dice.randrange(1 << 30)))
    return tuple(chosen)


def _kinds(kinds: Sequence[Kind], number: int, dice: random.Random) -> list[Kind]:
    """Return *number* kinds in a random order, each of them at least once."""
    weights = [SHAPES[kind].weight for kind in kinds]
    more = dice.choices(kinds, weights, k=number - len(kinds))
    return dice.sample([*kinds, *more], number)


def _in_turn(targets: Sequence[str], dice: random.Random) -> Iterator[str]:
    """Yield every target before any comes again, in an order of its own each time."""
    for _ in count():
        yield from dice.sample(targets, len(targets))


def _other_than(recent: set[str], turn: Iterator[str], tries: int) -> str:
    """Return the next target that was not just hit: what died a moment ago is given longer pauses by the supervisor."""
    target = next(turn)
    for _ in range(tries):
        if target not in recent:
            return target
        target = next(turn)
    return target
