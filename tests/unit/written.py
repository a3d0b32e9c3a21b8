"""The tables of the documents, as tests compare them with the code."""

import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from services.contracts.lifecycle import Party
from services.contracts.table import Cell

DOCS = Path(__file__).parents[2] / "docs"
Rows = list[dict[str, str]]
_CODE = re.compile(r"`([^`]+)`")


def rows(page: str, *columns: str) -> Rows:
    """Return the rows of all tables of *page* whose head begins with *columns*, by column."""
    found: Rows = []
    head: list[str] | None = None
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if head is None:
            head = cells
        elif tuple(head[: len(columns)]) == columns and not set(line) <= set("|-"):
            found.append(dict(zip(head, cells, strict=True)))
    assert found, f"{page} has no table with {columns}"
    return found


def codes_of(cell: str) -> list[str]:
    return _CODE.findall(cell)


def transitions(page: str, first: str, states: Callable[[str], set[Any]], targets: set[StrEnum]) -> Any:
    """Return the cells of the table of *page* whose head begins with *first*, as the code has them."""
    written: dict[tuple[Any, str], Cell[Any, Any]] = {}
    for row in rows(page, first, "Action", "By", "To", "Event"):
        (action,), (target,), (fact,) = (codes_of(row[name]) for name in ("Action", "To", "Event"))
        by = frozenset(Party(code) for code in codes_of(row["By"]))
        to = next(each for each in targets if each.value == target)
        for state in states(row[first]):
            assert (state, action) not in written, f"two rows for {action} in {state}"
            written[state, action] = Cell(by, to, fact)
    return written
