"""Both lists in one shape, in DuckDB: one row a person, made comparable."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from services.contracts.ids import RegionCode
from services.contracts.refusals import Refused
from services.registry.importing.headers import guess
from services.registry.importing.opening import opened
from services.registry.importing.profile import profile
from services.registry.importing.reading import Rows
from services.registry.importing.rows import Checker, Fault, Row
from services.registry.linking.shape import append, create
from services.registry.regions import east_java

MEMORY = "1500MB"
PAGE = 4_000
# A row that lacks one of these can still be found by the rest of it.
_HARMLESS = frozenset({Fault.VILLAGE_UNKNOWN, Fault.OUTSIDE_AREA, Fault.DATE_IN_FUTURE, Fault.QUARTER_UNREADABLE})
_SPARED = frozenset({"dated", "family"})


@dataclass(frozen=True, slots=True)
class Lists:
    """Tables `pk` and `dtsen` on one connection; *rows* and *left_out*: how many there are, and could not be read."""

    duck: duckdb.DuckDBPyConnection
    rows: dict[str, int]
    left_out: dict[str, int]


@contextmanager
def read_lists(pk: Path, dtsen: Path, scratch: Path, today: date, tell: Callable[..., None]) -> Iterator[Lists]:
    """Read both files. Raises Refused where one is no such list."""
    settings: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": str(scratch / "spill"), "threads": "2"}
    with duckdb.connect(str(scratch / "lists.duckdb"), config=settings) as duck:
        lists = Lists(duck, {}, {})
        for name, file in (("pk", pk), ("dtsen", dtsen)):
            folder = scratch / name
            folder.mkdir()
            lists.rows[name], lists.left_out[name] = _read(duck, name, file, folder, today, tell)
        yield lists


def _read(
    duck: duckdb.DuckDBPyConnection, name: str, file: Path, scratch: Path, today: date, tell: Callable[..., None]
) -> tuple[int, int]:
    chosen, text = profile(name), opened(file, scratch)
    found = guess(chosen, text.headers, text.sample)
    if missing := [field for field in found.missing if field not in _SPARED]:
        raise Refused("registry.file_wrong_list", list=name, columns=", ".join(missing))
    columns = {"family": found.columns["id"], **found.columns}  # without families everybody is one alone
    rows = Rows(text, chosen, columns, scratch)
    villages = frozenset(region.code for region in east_java() if region.level.is_village)
    checker, read, left_out = Checker(chosen, villages, RegionCode("35"), today), 0, len(rows.misshapen)
    create(duck, name)
    total = len(rows)
    for page in rows.by_id(PAGE):
        known = [row for row in (checker(cells) for _, *cells in page) if _comparable(row)]
        read, left_out = read + len(known), left_out + len(page) - len(known)
        if known:
            append(duck, name, [row.record for row in known])
        tell(step=f"reading_{name}", done=read + left_out, of=total)
    rows.close()
    return read, left_out


def _comparable(row: Row) -> bool:
    """Whether there is enough in *row* to tell who it is about."""
    faults = [(field, fault) for field, fault in row.faults if fault not in _HARMLESS and field not in _SPARED]
    return not any(field in {"id", "name"} or fault is Fault.WRONG_SHAPE for field, fault in faults)
