"""Quarters of a year, by which agencies report. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

PATTERN: Final = r"^\d{4}-Q[1-4]$"
_MONTHS: Final = 3


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """*number*: 1 to 4. Written like `2026-Q4`."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month - 1) // _MONTHS + 1)

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the quarter that *text* names. Raises ValueError for anything else."""
        if not re.fullmatch(PATTERN, text):
            raise ValueError(f"not a quarter: {text!r}")
        return cls(int(text[:4]), int(text[-1]))

    @property
    def first(self) -> date:
        return date(self.year, (self.number - 1) * _MONTHS + 1, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Self:
        return type(self)(self.year, self.number + 1) if self.number < 4 else type(self)(self.year + 1, 1)

    @property
    def before(self) -> Self:
        return self.of(self.first - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"
