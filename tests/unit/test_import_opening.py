"""Whatever people send becomes one kind of text, or a sentence that says why it cannot."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from services.contracts.refusals import Refused
from services.registry.importing import opening
from services.registry.importing.opening import opened
from tests.integration.list_files import PK_COLUMNS, as_csv, as_workbook, pk_row


def _opened(content: bytes, folder: Path) -> opening.Opened:
    (folder / "file").write_bytes(content)
    return opened(folder / "file", folder)


@pytest.mark.parametrize(
    ("separator", "encoding", "said"),
    [
        (";", "utf-8-sig", "utf-8"),
        (",", "utf-8", "utf-8"),
        (",", "utf-16", "utf-16"),
        ("\t", "utf-16-le", "utf-16-le"),
        ("|", "utf-16-be", "utf-16-be"),
        (";", "cp1252", "cp1252"),
    ],
)
def test_a_text_is_read_however_it_was_saved(tmp_path: Path, separator: str, encoding: str, said: str) -> None:
    found = _opened(as_csv([pk_row(1, nama="Siti Café")], separator=separator, encoding=encoding), tmp_path)
    assert (found.separator, found.encoding, list(found.headers)) == (separator, said, list(PK_COLUMNS))
    assert found.sample[0][PK_COLUMNS.index("nama")] == "Siti Café"
    with found.path.open(encoding="utf-8-sig", newline="") as text:
        assert len(list(csv.reader(text, delimiter=separator))) == 2


def test_a_separator_within_quotes_cuts_nothing(tmp_path: Path) -> None:
    found = _opened(as_csv([pk_row(1, alamat="Jalan Mawar 1; RT 2, RW 3")], separator=","), tmp_path)
    assert (found.separator, len(found.sample[0])) == (",", len(PK_COLUMNS))


def test_the_cells_of_a_workbook_are_read_as_people_read_them(tmp_path: Path) -> None:
    rows = [pk_row(1, nik=3515995501900010.0, rt=7, rw=True)]
    found = _opened(as_workbook(rows), tmp_path)
    row = dict(zip(found.headers, found.sample[0], strict=True))
    assert (found.encoding, row["nik"], row["rt"], row["rw"]) == ("xlsx", "3515995501900010.0", "7", "1")


def _parcel(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, body in members.items():
            parcel.writestr(name.replace("__", "/"), body)
    return content.getvalue()


BAD_FILES = {
    "file_empty": [b"", b"\xef\xbb\xbf", as_csv([])],
    "file_no_table": [b"one column\nand a row\n", bytes(range(1, 255)) * 30],
    "file_unreadable": [as_workbook([pk_row(1)])[:2000], _parcel(readme=b"no sheet"), b"\xff\xfea;b\n\x00\xd8"],
    "file_locked": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)],
    "file_macros": [_parcel(**{"xl__vbaProject.bin": b"x", "xl__workbook.xml": b"<workbook/>"})],
    "file_too_large_inside": [_parcel(**{"xl__worksheets__sheet1.xml": bytes(40_000_000)})],
}


@pytest.mark.parametrize(("code", "content"), [(code, each) for code, files in BAD_FILES.items() for each in files])
def test_a_file_that_is_none_is_refused_by_its_fault(tmp_path: Path, code: str, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        _opened(content, tmp_path)
    assert refused.value.code == f"registry.{code}"
