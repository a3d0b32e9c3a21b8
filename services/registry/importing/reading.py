"""The rows of an opened file in DuckDB, on disk: counted, ordered, and handed on by the thousand."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from services.contracts.refusals import Refused
from services.registry.importing.opening import Opened
from services.registry.importing.profile import Profile

MEMORY = "256MB"
MOST_COLUMNS = 200
ID_AT = 1
"""Where a row has its id: behind its number, the first of every profile's fields."""
_LONGEST_LINE_BYTES = 1 << 20

Cells = tuple[str | None, ...]
"""The number of the row in the file, the header being 1, and then the profile's fields in their order."""


class Rows:
    """The rows of one file. *columns*: which column holds which field, see `headers.guess`."""

    def __init__(self, opened: Opened, profile: Profile, columns: Mapping[str, int], scratch: Path) -> None:
        if len(opened.headers) > MOST_COLUMNS:
            raise Refused("registry.file_no_table")
        self._width = len(opened.headers)
        self._fields = [f"c{columns[name]}" if name in columns else "NULL" for name in profile.fields]
        together = "family" if "family" in columns else "id"
        self._key, self._family = (f"trim(c{columns[name]})" for name in ("id", together))
        self._family_at = 1 + list(profile.fields).index(together)
        (scratch / "spill").mkdir(exist_ok=True)
        settings: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": str(scratch / "spill"), "threads": "2"}
        self._duck = duckdb.connect(str(scratch / "rows.duckdb"), config=settings)
        self._load(opened)

    def close(self) -> None:
        self._duck.close()

    def __len__(self) -> int:
        return self._number("SELECT count(*) FROM file")

    @property
    def repeated(self) -> int:
        """How many rows carry an id that another row carries as well."""
        return self._number(
            f"SELECT coalesce(sum(times), 0) FROM (SELECT count(*) AS times FROM file WHERE {self._key} <> ''"
            f" GROUP BY {self._key} HAVING count(*) > 1)"
        )

    @property
    def misshapen(self) -> list[tuple[int, str]]:
        """The rows that are longer or shorter than the header, with their line as it stands in the file."""
        found = self._duck.execute("SELECT DISTINCT line, csv_line FROM reject_errors ORDER BY line").fetchall()
        return [(int(line), str(text).strip("\r\n")) for line, text in found]

    def by_family(self, most: int) -> Iterator[list[Any]]:
        """Yield all rows, about *most* at a time, those of one family on the same page; without families, of one id."""
        return _whole(self._pages(f"ORDER BY {self._family}, {self._key}, row", most), self._family_at)

    def by_id(self, most: int, *, after: str | None = None) -> Iterator[list[Any]]:
        """Yield the rows that have an id, in its order, those of one id on one page; *after*: those behind that."""
        where = f"WHERE {self._key} <> '' AND encode({self._key}) > encode(?)"
        return _whole(self._pages(f"{where} ORDER BY encode({self._key}), row", most, [after or ""]), ID_AT)

    def raw(self, numbers: Sequence[int]) -> Iterator[Sequence[str | None]]:
        """Yield the rows with these *numbers* as they stand in the file, in its order."""
        columns = ", ".join(f"c{at}" for at in range(self._width))
        cursor = self._duck.execute(
            f"SELECT {columns} FROM file WHERE row IN (SELECT unnest(?)) ORDER BY row", [list(numbers)]
        )
        while page := cursor.fetchmany(1000):
            yield from page

    def _pages(self, rest: str, most: int, values: Sequence[Any] = ()) -> Iterator[list[Any]]:
        cursor = self._duck.cursor().execute(f"SELECT row, {', '.join(self._fields)} FROM file {rest}", list(values))
        while page := cursor.fetchmany(most):
            yield page

    def _number(self, query: str) -> int:
        found = self._duck.execute(query).fetchone()
        return int(found[0]) if found else 0

    def _load(self, opened: Opened) -> None:
        columns = {f"c{at}": "VARCHAR" for at in range(self._width)}
        try:
            self._duck.execute(
                "CREATE OR REPLACE TABLE file AS SELECT 1 + row_number() OVER () AS row, * FROM read_csv($path,"
                " columns = $columns, delim = $separator, header = false, skip = 1, quote = '\"', escape = '\"',"
                " auto_detect = false, store_rejects = true, rejects_limit = 0, max_line_size = $longest)",
                {"path": str(opened.path), "columns": columns, "separator": opened.separator,
                 "longest": _LONGEST_LINE_BYTES},
            )  # fmt: skip
        except duckdb.Error:
            raise Refused("registry.file_unreadable") from None


def _whole(pages: Iterable[list[Any]], at: int) -> Iterator[list[Any]]:
    """Yield *pages* cut so that all rows with the same text in the column *at* are on one."""
    rest: list[Any] = []
    for page in pages:
        rest += page
        cut = len(rest) - 1
        while cut > 0 and text_of(rest[cut - 1][at]) == text_of(rest[-1][at]):
            cut -= 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def text_of(cell: str | None) -> str:
    """Return what stands in a cell, without the blanks around it."""
    return (cell or "").strip()


def write_rejected(to: Path, opened: Opened, rows: Rows, reasons: Mapping[int, str], misshapen: str) -> None:
    """Write the rows that cannot come in to *to*: the file's own shape, and a last column that says why.

    A row that has another shape stands whole in the first column; *misshapen* is said of it.
    """
    with to.open("w", encoding="utf-8-sig", newline="") as written:
        writer = csv.writer(written, delimiter=opened.separator)
        writer.writerow([*opened.headers, "alasan"])
        numbers = sorted(reasons)
        for number, row in zip(numbers, rows.raw(numbers), strict=True):
            writer.writerow([*row, reasons[number]])
        for _, text in rows.misshapen:
            writer.writerow([text, *[""] * (len(opened.headers) - 1), misshapen])
