"""Files with lists, small and made up, as agencies send them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

PK_COLUMNS = (
    "id_anggota", "kode_keluarga", "no_kk", "nik", "nama", "jenis_kelamin", "tanggal_lahir", "hubungan", "status_hamil",
    "ikut_kb_modern", "desa_kode", "alamat", "rt", "rw", "sumber_air", "jamban", "tanggal_data",
)  # fmt: skip


def pk_row(number: int, **fields: Any) -> dict[str, Any]:
    """Return one woman of the survey, the head of a family of her own, *fields* on top."""
    return {
        "id_anggota": f"PK{number:09d}", "kode_keluarga": f"KLG{number:08d}", "no_kk": f"351599010120{number:04d}",
        "nik": f"351599550190{number:04d}", "nama": "Sulastri Contoh", "jenis_kelamin": "P",
        "tanggal_lahir": "15/01/1990", "hubungan": "KEPALA KELUARGA", "status_hamil": "0", "ikut_kb_modern": "1",
        "desa_kode": "35.15.08.2001", "alamat": "Dusun Krajan", "rt": "1", "rw": "2", "sumber_air": "2", "jamban": "1",
        "tanggal_data": "01/08/2026", **fields,
    }  # fmt: skip


def as_csv(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str] = PK_COLUMNS,
    *,
    separator: str = ";",
    encoding: str = "utf-8-sig",
) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_workbook(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = PK_COLUMNS) -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Data")
        for at, row in enumerate([dict(zip(columns, columns, strict=True)), *rows]):
            sheet.write_row(at, 0, [row[name] for name in columns])
    return content.getvalue()
