"""Both lists in one shape, in DuckDB: one row a person, made comparable."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from services.contracts.ids import RegionCode
from services.contracts.refusals import Refused
from services.registry.importing.headers import guess
from services.registry.importing.opening import opened
from services.registry.importing.profile import profile
from services.registry.importing.reading import Rows
from services.registry.importing.rows import Checker, Fault, Row
from services.registry.linking.spelling import words
from services.registry.regions import east_java

MEMORY = "1500MB"
PAGE = 4_000
# What a pair is looked at by stands beside what it is compared by.
_TABLE = """
CREATE TABLE {list} (
    unique_id VARCHAR, family VARCHAR, nik VARCHAR, kk VARCHAR, spelled VARCHAR, words VARCHAR[], first VARCHAR,
    sex VARCHAR, birth DATE, born_year SMALLINT, born_day VARCHAR, relation VARCHAR, village VARCHAR, kecamatan VARCHAR,
    regency VARCHAR, rt_rw VARCHAR, address VARCHAR, name VARCHAR
)
"""
# A row that lacks one of these can still be found by the rest of it.
_HARMLESS = frozenset({Fault.VILLAGE_UNKNOWN, Fault.OUTSIDE_AREA, Fault.DATE_IN_FUTURE, Fault.QUARTER_UNREADABLE})
_SPARED = frozenset({"dated", "family"})
_RELATIONS = {"husband": "head"}
_RT_RW = re.compile(r"rt\W*0*(\d+)\W*rw\W*0*(\d+)", re.IGNORECASE)


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
    duck.execute(_TABLE.format(list=name))
    total = len(rows)
    for page in rows.by_id(PAGE):
        known = [row for row in (checker(cells) for _, *cells in page) if _comparable(row)]
        read, left_out = read + len(known), left_out + len(page) - len(known)
        if known:
            _append(duck, name, [_shaped(row.record) for row in known])
        tell(step=f"reading_{name}", done=read + left_out, of=total)
    rows.close()
    return read, left_out


def _append(duck: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    """Append *rows* by column, which DuckDB takes a thousand times faster than one by one."""
    kinds = {"words": pa.list_(pa.string()), "birth": pa.date32(), "born_year": pa.int16()}
    columns = {column: pa.array([row[column] for row in rows], kinds.get(column, pa.string())) for column in rows[0]}
    duck.register("page", pa.table(columns))
    duck.execute(f"INSERT INTO {name} BY NAME SELECT * FROM page")
    duck.unregister("page")


def _comparable(row: Row) -> bool:
    """Whether there is enough in *row* to tell who it is about."""
    faults = [(field, fault) for field, fault in row.faults if fault not in _HARMLESS and field not in _SPARED]
    return not any(field in {"id", "name"} or fault is Fault.WRONG_SHAPE for field, fault in faults)


def _shaped(record: dict[str, Any]) -> dict[str, Any]:
    """Return what of a person is compared. What is not known is None."""
    parts, born, village = words(record["name"]), record.get("birth_date"), record.get("village")
    return {
        "unique_id": record["id"],
        "family": record.get("family", record["id"]),
        "nik": record.get("nik"),
        "kk": record.get("no_kk"),
        "spelled": "".join(parts) or None,
        "words": list(parts),
        "first": parts[0] if parts else None,
        "sex": record.get("sex"),
        "birth": date.fromisoformat(born) if born else None,
        "born_year": int(born[:4]) if born else None,
        "born_day": born[5:] if born else None,
        "relation": _RELATIONS.get(record.get("relation", ""), record.get("relation")),
        "village": village,
        "kecamatan": village and village[:8],
        "regency": village and village[:5],
        "rt_rw": _rt_rw(record),
        "address": record.get("address"),
        "name": record["name"],
    }


def _rt_rw(record: dict[str, Any]) -> str | None:
    """Return `3/5` for RT 3 RW 5, from columns of their own or from the address."""
    rt, rw = record.get("rt"), record.get("rw")
    if not (rt and rw):
        found = _RT_RW.search(record.get("address", ""))
        rt, rw = found.groups() if found else (None, None)
    digits = [text.lstrip("0") for text in (rt, rw) if text and text.isdigit()]
    return "/".join(digits) if len(digits) == 2 else None
