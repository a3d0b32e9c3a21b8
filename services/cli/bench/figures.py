"""What is measured, and how a figure compares with its floor: the same work on bare servers, without the product."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class BenchFailed(Exception):
    """A measurement could not be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. *less_is_better*: times and memory, whose ratio is floor by value instead of value by floor."""

    name: str
    value: float | None
    unit: str
    floor: float | None = None
    less_is_better: bool = False
    by_process: Mapping[str, float] | None = None
    floor_by: Mapping[str, float] | None = None
    digits: int = 2

    @property
    def ratio(self) -> float | None:
        """1.0 is as good as bare servers; None where there is no floor."""
        if not self.value or not self.floor:
            return None
        return self.floor / self.value if self.less_is_better else self.value / self.floor

    def as_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "name": self.name,
            "value": _rounded(self.value, self.digits),
            "unit": self.unit,
            "floor": _rounded(self.floor, self.digits),
            "ratio": _rounded(self.ratio),
        }
        if self.by_process is not None:
            plain["by_process"] = {name: _rounded(value) for name, value in self.by_process.items()}
        if self.floor_by is not None:
            plain["floor_by_process"] = {name: _rounded(value) for name, value in self.floor_by.items()}
        return plain


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)


def percentile(values: list[float], part: float) -> float:
    """Return the value below which *part* (0 to 1) of *values* lie. Raises BenchFailed where there are none."""
    if not values:
        raise BenchFailed("nothing was measured")
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]
