"""What a dry run found: counts by kind, with the numbers of the first rows of each. No word of what stands in them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.registry.importing.rows import Fault, Row
from services.registry.importing.words import WORDS

EXAMPLES = 10

Found = tuple[str, StrEnum]
"""A field, and what is wrong or odd in it."""


@dataclass
class Tally:
    """What is known of some rows. *first*: the lowest row numbers of each kind; *reasons*: why each rejected row is."""

    rows: int = 0
    counts: Counter[Found] = field(default_factory=Counter)
    first: dict[Found, list[int]] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)

    def add(self, number: int, row: Row) -> None:
        self.rows += 1
        for found in {*row.faults, *row.odd}:
            self.note(found, [number])
        if row.faults:
            self.reasons[number] = "; ".join(f"{name}: {WORDS[fault].id}" for name, fault in row.faults)

    def note(self, found: Found, numbers: Iterable[int], times: int = 1) -> None:
        self.counts[found] += times
        self.first[found] = sorted([*self.first.get(found, ()), *numbers])[:EXAMPLES]

    def merge(self, other: "Tally") -> None:
        self.rows += other.rows
        self.reasons |= other.reasons
        for found, times in other.counts.items():
            self.note(found, other.first[found], times)

    def kinds(self) -> list[dict[str, Any]]:
        """Return each kind that occurs, those that keep rows out first, the most frequent first."""
        order = sorted(self.counts, key=lambda found: (not isinstance(found[1], Fault), -self.counts[found], found))
        return [
            {"field": name, "code": code.value, "rejects": isinstance(code, Fault), "count": self.counts[name, code],
             "rows": self.first[name, code], "words": {"id": WORDS[code].id, "en": WORDS[code].en}}
            for name, code in order
        ]  # fmt: skip
