"""A lifecycle as one total table of (state, action): how such a table is written down, and how it is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)
P = TypeVar("P", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Cell(Generic[P, T]):
    """One cell of a table: who may do it, where it leads, and the event type's past-tense name."""

    by: frozenset[P]
    to: T
    fact: str


Row = tuple[frozenset[S] | S, A, frozenset[P], T, str]


def tabled(rows: Iterable[Row[S, A, P, T]]) -> Mapping[tuple[S, A], Cell[P, T]]:
    """Return the table that *rows* write down. Raises ValueError where two of them speak of the same cell."""
    table: dict[tuple[S, A], Cell[P, T]] = {}
    for states, action, by, to, fact in rows:
        for state in states if isinstance(states, frozenset) else (states,):
            if (state, action) in table:
                raise ValueError(f"two rules for {action} in {state}")
            table[state, action] = Cell(by, to, fact)
    return MappingProxyType(table)
