"""Recorded transactions made into a pattern for other referrals.

The same chain of actions is recorded for two referrals. What is equal in both stays as it is; the referral's own id is
replaced by the next one's; any other id that differs was made for the occasion and is made anew.
"""

import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from services.cli.bench.figures import BenchFailed
from services.contracts.ids import new_id

Statement = tuple[str, Any]
Transaction = list[Statement]
Value = Callable[[UUID], Any]


def recorded_for(recording: Path, referral: UUID) -> list[Transaction]:
    """Return the transactions that mention *referral*, oldest first."""
    return [transaction for transaction in _all(recording) if _mentions(transaction, referral)]


def _all(recording: Path) -> Iterator[Transaction]:
    with recording.open("rb") as file:
        while True:
            try:
                yield pickle.load(file)  # made by our own child in a folder that only we can write to
            except EOFError:
                return


def _mentions(transaction: Transaction, referral: UUID) -> bool:
    return any(referral in each.values() for _, parameters in transaction for each in _rows(parameters))


def _rows(parameters: Any) -> Sequence[dict[str, Any]]:
    rows = parameters if isinstance(parameters, list) else [parameters]
    return [row for row in rows if isinstance(row, dict)]


class Chain:
    """The statements of a chain of actions, to be filled in for any referral in the same state."""

    def __init__(self, recording: Path, models: tuple[UUID, UUID]) -> None:
        one, other = (recorded_for(recording, model) for model in models)
        if [[sql for sql, _ in each] for each in one] != [[sql for sql, _ in each] for each in other]:
            raise BenchFailed("the same actions made other statements the second time")
        self._models = models
        self._transactions = [
            [(sql, self._pattern(first, second)) for (sql, first), (_, second) in zip(*pair, strict=True)]
            for pair in zip(one, other, strict=True)
        ]

    @property
    def statements(self) -> list[int]:
        """How many statements each transaction has, COMMIT not counted."""
        return [len(each) for each in self._transactions]

    def of(self, referral: UUID) -> Iterator[Transaction]:
        for transaction in self._transactions:
            yield [(sql, _filled(pattern, referral)) for sql, pattern in transaction]

    def _pattern(self, one: Any, other: Any) -> Any:
        if isinstance(other, list):
            return [self._pattern(*pair) for pair in zip(one, other, strict=True)]
        if isinstance(other, dict):
            return {name: self._value(one[name], value) for name, value in other.items()}
        return other

    def _value(self, one: Any, other: Any) -> Value:
        model = self._models[1]
        if other == model:
            return lambda referral: referral
        if isinstance(other, str) and str(model) in other:
            return lambda referral: other.replace(str(model), str(referral))
        if isinstance(other, UUID) and one != other:
            return lambda _: new_id()
        return lambda _: other


def _filled(pattern: Any, referral: UUID) -> Any:
    if isinstance(pattern, list):
        return [_filled(each, referral) for each in pattern]
    if isinstance(pattern, dict):
        return {name: value(referral) for name, value in pattern.items()}
    return pattern
