"""Small numbers are hidden, and nobody can compute them from what is shown."""

from collections.abc import Iterator
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.contracts.hiding import SMALL, TOTAL, Cell, Table, protected, recoverable, together

ROWS, COLUMNS = ("a", "b", "c"), ("x", "y")


@st.composite
def tables(draw: st.DrawFn, most_rows: int = 3) -> Table:
    rows = ROWS[: draw(st.integers(1, most_rows))]
    number = st.one_of(st.integers(0, 6), st.integers(0, 60))
    return Table.of({(row, column): draw(number) for row in rows for column in COLUMNS})


def _sums(cells: list[Cell]) -> Iterator[list[tuple[int, Cell]]]:
    """Yield every sum that holds in a table: all but the total, and the total taken away."""
    for row in {row for row, _ in cells}:
        yield [(-1 if column == TOTAL else 1, (row, column)) for each, column in cells if each == row]
    for column in {column for _, column in cells}:
        yield [(-1 if row == TOTAL else 1, (row, column)) for row, each in cells if each == column]


def _could_be_another(table: Table, cell: Cell) -> bool:
    """Try every way to add or take one here and there: True where all sums still hold and *cell* is another number."""
    hidden, sums = sorted(table.hidden), list(_sums(list(table.numbers)))
    for steps in product((-1, 0, 1), repeat=len(hidden)):
        change = dict(zip(hidden, steps, strict=True))
        possible = all(table.numbers[each] + step >= 1 for each, step in change.items())
        adds_up = all(sum(sign * change.get(each, 0) for sign, each in line) == 0 for line in sums)
        if change[cell] and possible and adds_up:
            return True
    return False


@given(tables())
def test_no_number_from_one_to_four_is_shown_and_no_zero_is_hidden(table: Table) -> None:
    shown = protected(table).shown()
    assert all(number is None or number == 0 or number >= SMALL for number in shown.values())
    assert all(shown[cell] == 0 for cell, number in table.numbers.items() if number == 0)


@settings(max_examples=60, deadline=None)
@given(tables())
def test_every_hidden_number_could_be_another_one(table: Table) -> None:
    table = protected(table)
    assume(0 < len(table.hidden) <= 8)
    assert all(_could_be_another(table, cell) for cell in table.hidden)


@settings(max_examples=60, deadline=None)
@given(tables(most_rows=2), st.sets(st.sampled_from([(row, column) for row in ROWS[:2] for column in COLUMNS])))
def test_what_can_be_computed_is_found_whatever_is_hidden(table: Table, hidden: set[Cell]) -> None:
    known = Table(table.numbers, frozenset(cell for cell in hidden if table.numbers.get(cell)))
    assert {cell for cell in known.hidden if not _could_be_another(known, cell)} == set(recoverable(known))


@given(tables(), tables())
def test_two_tables_with_the_same_totals_hide_the_same_totals(one: Table, other: Table) -> None:
    first, second = together(one, Table.of({("d", column): one.numbers[TOTAL, column] for column in COLUMNS}))
    assert first.hidden_totals == second.hidden_totals
    assert not [*recoverable(first), *recoverable(second)]


@given(tables())
def test_what_a_table_hides_of_an_area_the_areas_own_table_hides_as_well(table: Table) -> None:
    above = protected(table)
    third = {("p", column): table.numbers["a", column] // 3 for column in COLUMNS}
    rest = {("q", column): table.numbers["a", column] - third["p", column] for column in COLUMNS}
    own = protected(Table.of(third | rest), above.hidden_of("a"))
    assert {column for row, column in above.hidden if row == "a"} <= {column for _, column in own.hidden_totals}
    assert not list(recoverable(own))


@given(tables())
def test_protecting_again_changes_nothing(table: Table) -> None:
    assert protected(protected(table)) == protected(table)


def test_one_hidden_alone_takes_the_smallest_other_of_its_row_and_column_with_it() -> None:
    cells = {("a", "x"): 3, ("a", "y"): 20, ("b", "x"): 7, ("b", "y"): 30, ("c", "x"): 90, ("c", "y"): 90}
    table = protected(Table.of(cells))
    assert table.hidden == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


def test_two_ones_that_must_be_two_take_another_with_them() -> None:
    table = protected(Table.of({("a", "x"): 1, ("b", "x"): 1, ("c", "x"): 50}))
    assert ("c", "x") in table.hidden


def test_where_nothing_is_small_nothing_is_hidden() -> None:
    assert protected(Table.of({("a", "x"): 5, ("b", "x"): 0})).hidden == frozenset()
