"""What the page of the books shows of the day lines: sums that balance, and whether the lines can be trusted. Pure."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from services.contracts.books import BookLine, BrokenLine, Reader
from services.contracts.speaking.codes import NotHeld
from services.kit.signing import PublicKeys

MOVES: Final = ("submitted", "reopened", "closed", "cancelled", "void", "closed_voided", "cancelled_voided")
COLUMNS: Final = ("live_before", "submitted", "reopened", "closed", "cancelled", "void", "live_after")
_SIGNATURES_REMEMBERED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Sum:
    """The figures of several lines of one book together: *of* is their day, or their agency and area.

    *reasons*: of requests, why so many were not held.
    """

    of: tuple[str, ...]
    figures: Mapping[str, int]
    reasons: Mapping[NotHeld, int] = field(default_factory=dict)

    @property
    def came(self) -> int:
        return sum(self.figures[each] for each in ("live_before", "submitted", "reopened"))

    @property
    def went(self) -> int:
        return sum(self.figures[each] for each in ("closed", "cancelled", "void", "live_after"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """*count*: how many lines were found sound, up to the first that is not."""

    count: int
    broken: BrokenLine | None

    def of(self, line: BookLine) -> str:
        """Return `sound`, `broken`, or `unread`: whoever reads a chain stops at the first broken line."""
        if self.broken is None or line.position < self.broken.line.position:
            return "sound"
        return "broken" if line.position == self.broken.line.position else "unread"


def verdict(lines: Iterable[BookLine], jwks: Mapping[str, Any]) -> Verdict:
    """Check the chain, the signatures and the sums of *lines*, which follow each other."""
    keys = json.dumps(jwks, sort_keys=True)
    reader = Reader(lambda line: _signed(keys, line.key, line.hash, line.signature))
    broken = reader.first_fault(lines)
    return Verdict(reader.count, broken)


@lru_cache(4)
def _public(jwks: str) -> PublicKeys:
    return PublicKeys(json.loads(jwks))


@lru_cache(_SIGNATURES_REMEMBERED)
def _signed(jwks: str, key: str, digest: str, signature: str) -> bool:
    return _public(jwks).signed(digest, signature, kid=key)


def by_day(lines: Sequence[BookLine]) -> list[Sum]:
    """Return the sum of each day, the newest first."""
    return _grouped(lines, lambda line: (line.day.isoformat(),))[::-1]


def by_account(lines: Sequence[BookLine]) -> list[Sum]:
    """Return what each agency had in each kabupaten or kota, from the first morning to the last evening."""
    return _grouped(lines, lambda line: (line.agency.value, line.area))


def whole(lines: Sequence[BookLine]) -> Sum:
    """Return everything together, from the first morning to the last evening."""
    return _sum((), lines)


def _grouped(lines: Sequence[BookLine], of: Callable[[BookLine], tuple[str, ...]]) -> list[Sum]:
    groups: dict[tuple[str, ...], list[BookLine]] = {}
    for line in lines:
        groups.setdefault(of(line), []).append(line)
    return [_sum(each, groups[each]) for each in sorted(groups)]


def _sum(of: tuple[str, ...], lines: Sequence[BookLine]) -> Sum:
    """An account that has its first line later had nothing live before, so the first day's lines are the morning."""
    figures = {each: sum(getattr(line, each) for line in lines) for each in MOVES}
    first, last = (edge(line.day for line in lines) if lines else None for edge in (min, max))
    figures["live_before"] = sum(line.live_before for line in lines if line.day == first)
    figures["live_after"] = sum(line.live_after for line in lines if line.day == last)
    reasons: Counter[NotHeld] = Counter()
    for line in lines:
        reasons.update(line.reasons)
    return Sum(of, figures, reasons)
