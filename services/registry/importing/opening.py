"""What people send, made into one kind of text file: UTF-8, one row a line, the separator known.

CSV in UTF-8, UTF-16 or Windows-1252 with `;`, `,`, tab or `|`, and the first sheet of an XLSX workbook.
"""

import codecs
import csv
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from services.contracts.refusals import Refused

_BLOCK = 1 << 20
_SEPARATORS = ";,\t|"
_SAMPLE_ROWS = 50
_WORKBOOK = b"PK\x03\x04"
_LOCKED_OR_OLD = b"\xd0\xcf\x11\xe0"
# A sheet of a million rows and twenty columns unpacks to about this; text packs about twentyfold, nothing honest more.
MOST_UNPACKED_BYTES = 1_500_000_000
MOST_TIMES_PACKED = 150
SMALL_BYTES = 20_000_000
_LARGEST_EXACT = 10**15
_BLANK = b"\0\xff\xfe\r\n\t ;,"
# Signs that no text has, but every picture and program.
_NO_TEXT = re.compile(rb"[\x01-\x08\x0e-\x19]")


@dataclass(frozen=True, slots=True)
class Opened:
    """*path* is UTF-8 text; *headers* its first row and *sample* some of the rows below it."""

    path: Path
    separator: str
    encoding: str
    headers: Sequence[str]
    sample: Sequence[Sequence[str]]


def opened(file: Path, scratch: Path) -> Opened:
    """Return *file* as text that can be read; what has to be rewritten is, in the folder *scratch*.

    Raises Refused: `registry.file_empty`, `registry.file_unreadable`, `registry.file_locked`, `registry.file_macros`,
    `registry.file_too_large_inside`, `registry.file_no_table`.
    """
    with file.open("rb") as source:
        start = source.read(4096)
    if not start.removeprefix(codecs.BOM_UTF8).strip(_BLANK):
        raise Refused("registry.file_empty")
    if start.startswith(_LOCKED_OR_OLD):
        raise Refused("registry.file_locked")
    if start.startswith(_WORKBOOK):
        path, encoding = _from_workbook(file, scratch / "sheet.csv"), "xlsx"
    else:
        path, encoding = _as_utf8(file, _encoding(file, start), scratch / "text.csv")
    return _table(path, encoding)


def _table(path: Path, encoding: str) -> Opened:
    separator = _separator(path)
    rows = list(_rows(path, separator, _SAMPLE_ROWS + 1))
    if len(rows) < 2 or len(rows[0]) < 2:
        raise Refused("registry.file_empty" if len(rows) < 2 else "registry.file_no_table")
    return Opened(path, separator, encoding, [header.strip() for header in rows[0]], rows[1:])


def _encoding(file: Path, start: bytes) -> str:
    """Return how the text is written: by its mark, its zeros, or by whether all of it is UTF-8."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start:
        even, odd = start[::2].count(0), start[1::2].count(0)
        if max(even, odd) < len(start) // 4:  # every second byte of plain letters is a zero
            raise Refused("registry.file_no_table")
        return "utf-16-le" if odd > even else "utf-16-be"
    if _NO_TEXT.search(start):
        raise Refused("registry.file_no_table")
    return "utf-8" if _is_utf8(file) else "cp1252"


def _is_utf8(file: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with file.open("rb") as source:
            while block := source.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _as_utf8(file: Path, encoding: str, to: Path) -> tuple[Path, str]:
    if encoding == "utf-8":
        return file, encoding
    try:
        with (
            file.open(encoding=encoding, errors="replace" if encoding == "cp1252" else "strict", newline="") as source,
            to.open("w", encoding="utf-8", newline="") as written,
        ):
            while block := source.read(_BLOCK):
                written.write(block)
    except UnicodeError:
        raise Refused("registry.file_unreadable") from None
    return to, encoding


def _separator(path: Path) -> str:
    """Return the sign that cuts the first rows into the most columns of one number."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        lines = [line for line in (source.readline(_BLOCK) for _ in range(_SAMPLE_ROWS)) if line.strip()]
    widths = {sign: [len(row) for row in csv.reader(lines, delimiter=sign)] for sign in _SEPARATORS}
    return max(_SEPARATORS, key=lambda sign: (_agreeing(widths[sign]), widths[sign][0]))


def _agreeing(widths: Sequence[int]) -> int:
    """Return how many rows are as wide as the first one, none where that is one column."""
    return sum(width == widths[0] for width in widths) if widths[0] > 1 else 0


def _rows(path: Path, separator: str, most: int) -> Iterable[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        try:
            for number, row in enumerate(csv.reader(source, delimiter=separator)):
                if number == most:
                    return
                yield row
        except csv.Error:
            raise Refused("registry.file_unreadable") from None


def _from_workbook(file: Path, to: Path) -> Path:
    from python_calamine import CalamineError, CalamineWorkbook

    _check_parcel(file)
    try:
        with CalamineWorkbook.from_path(file) as book:
            sheet = book.get_sheet_by_index(0)
            with to.open("w", encoding="utf-8", newline="") as written:
                csv.writer(written).writerows([_cell(cell) for cell in row] for row in sheet.iter_rows())
    except (CalamineError, IndexError, OSError, ValueError):
        raise Refused("registry.file_unreadable") from None
    return to


def _check_parcel(file: Path) -> None:
    """Look into the parcel that a workbook is before anything unpacks it."""
    try:
        with zipfile.ZipFile(file) as parcel:
            members = parcel.infolist()
            if any(member.filename.lower().endswith((".bin", ".vba")) and "vba" in member.filename.lower()
                   for member in members):  # fmt: skip
                raise Refused("registry.file_macros")
            unpacked = sum(member.file_size for member in members)
            if unpacked > MOST_UNPACKED_BYTES or unpacked > max(MOST_TIMES_PACKED * file.stat().st_size, SMALL_BYTES):
                raise Refused("registry.file_too_large_inside")
            if parcel.testzip() is not None:  # a member that is longer than it says fails here, not in the reader
                raise Refused("registry.file_unreadable")
    except (zipfile.BadZipFile, RuntimeError, OSError):  # RuntimeError: a password, or a packing that Python lacks
        raise Refused("registry.file_unreadable") from None


def _cell(value: Any) -> str:
    """Return a cell as the text that a person reads in it; a number of sixteen digits shows what the sheet kept."""
    match value:
        case bool():
            return "1" if value else "0"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < _LARGEST_EXACT else f"{value:.1f}"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date():
            return value.isoformat()
    return "" if value is None else str(value)
