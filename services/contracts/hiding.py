"""Counts that may be shown to everybody: small numbers are hidden, and others with them, so that nobody can compute
what is hidden from what is shown. Pure; whoever gives such figures uses this rule. Decision 0026 says why.

A table with its totals is a flow: from everything to each row, from there to each column, and back to everything.
What is shown is fixed. A hidden number can be anything else only if something can be moved around a circle of hidden
numbers, none of which falls below one: zeros are never hidden. Where there is no such circle, one more is hidden.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Final

SMALL: Final = 5
"""Numbers of families or referrals below it, but not zero, are hidden."""

TOTAL: Final = ""
"""The name of the row or the column that is the sum of the others."""

Cell = tuple[str, str]
"""Row and column; (TOTAL, TOTAL) is everything."""
_Node = tuple[str, str]
_DEAR: Final = 1_000_000_000
_SOURCE: Final = ("all", "rows")
_SINK: Final = ("all", "columns")


@dataclass(frozen=True, slots=True)
class Table:
    """*numbers* with all totals; *hidden*: which of them nobody may see."""

    numbers: Mapping[Cell, int]
    hidden: frozenset[Cell] = frozenset()

    @classmethod
    def of(cls, cells: Mapping[Cell, int]) -> "Table":
        """Return the table of *cells* with the totals of its rows and columns."""
        numbers = dict(cells)
        for (row, column), number in cells.items():
            for total in ((row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
                numbers[total] = numbers.get(total, 0) + number
        return cls(numbers)

    def shown(self) -> dict[Cell, int | None]:
        return {cell: None if cell in self.hidden else number for cell, number in self.numbers.items()}

    @property
    def hidden_totals(self) -> frozenset[Cell]:
        """What of the last row is hidden: another table with the same columns has to hide it as well."""
        return frozenset(cell for cell in self.hidden if cell[0] == TOTAL)

    def hidden_of(self, row: str) -> frozenset[Cell]:
        """Return what the table of *row* itself has to hide of its totals, which are this row's numbers."""
        return frozenset((TOTAL, column) for each, column in self.hidden if each == row)


def protected(table: Table, also: Iterable[Cell] = ()) -> Table:
    """Return *table* with its small numbers hidden, those in *also*, and as few others as it takes."""
    small = {cell for cell, number in table.numbers.items() if 0 < number < SMALL}
    table = replace(table, hidden=table.hidden | small | {each for each in also if table.numbers.get(each)})
    while (known := next(recoverable(table), None)) is not None:
        table = replace(table, hidden=table.hidden | _circle(table, known))
    return table


def together(first: Table, second: Table, also: frozenset[Cell] = frozenset()) -> tuple[Table, Table]:
    """Return both protected; they have the columns and their totals in common, so what one hides of these both hide.

    *also*: what of these totals is hidden elsewhere.
    """
    while True:
        common = first.hidden_totals | second.hidden_totals | also
        first, second = protected(first, common), protected(second, common)
        if first.hidden_totals == second.hidden_totals:
            return first, second


def recoverable(table: Table) -> Iterator[Cell]:
    """Yield every hidden number that follows from what is shown."""
    arcs = {cell: _arc(cell) for cell in sorted(table.hidden)}
    ways: dict[_Node, set[tuple[_Node, Cell]]] = {}
    for cell, (start, end) in arcs.items():
        ways.setdefault(start, set()).add((end, cell))
        if table.numbers[cell] > 1:
            ways.setdefault(end, set()).add((start, cell))
    for cell, (start, end) in arcs.items():
        more = _reaches(ways, end, start, without=cell)
        fewer = table.numbers[cell] > 1 and _reaches(ways, start, end, without=cell)
        if not more and not fewer:
            yield cell


def _arc(cell: Cell) -> tuple[_Node, _Node]:
    """Return from where to where the number of *cell* flows."""
    row, column = cell
    if cell == (TOTAL, TOTAL):
        return _SINK, _SOURCE
    if column == TOTAL:
        return _SOURCE, ("row", row)
    return (("row", row), ("column", column)) if row != TOTAL else (("column", column), _SINK)


def _reaches(ways: Mapping[_Node, set[tuple[_Node, Cell]]], start: _Node, end: _Node, *, without: Cell) -> bool:
    seen, waiting = {start}, deque([start])
    while waiting:
        for there, by in ways.get(waiting.popleft(), ()):
            if by != without and there not in seen:
                seen.add(there)
                waiting.append(there)
    return end in seen


def _circle(table: Table, known: Cell) -> frozenset[Cell]:
    """Return what to hide beside *known*, so that it lies on a circle: the smallest numbers that do, totals last."""
    ways: dict[_Node, list[tuple[int, _Node, Cell]]] = {}
    for cell, number in table.numbers.items():
        if number and cell != known:
            start, end = _arc(cell)
            price = 0 if cell in table.hidden else number + (_DEAR if TOTAL in cell else 0)
            ways.setdefault(start, []).append((price, end, cell))
            if number > 1:
                ways.setdefault(end, []).append((price, start, cell))
    start, end = _arc(known)
    return _cheapest(ways, end, start) - table.hidden


def _cheapest(ways: Mapping[_Node, list[tuple[int, _Node, Cell]]], start: _Node, end: _Node) -> frozenset[Cell]:
    """Return the cells of the cheapest way; there is one, for every number flows around some circle."""
    waiting: list[tuple[int, _Node, frozenset[Cell]]] = [(0, start, frozenset())]
    seen: set[_Node] = set()
    while waiting:
        price, here, cells = heappop(waiting)
        if here == end:
            return cells
        if here not in seen:
            seen.add(here)
            for more, there, cell in ways.get(here, ()):
                heappush(waiting, (price + more, there, cells | {cell}))
    return frozenset()
