"""The letter of referral: one sheet, readable text, and a QR code that is the page's address."""

import re
import zlib
from dataclasses import replace
from datetime import date
from typing import Any

import segno

from services.console.letter.sheet import pdf, plain
from services.console.letter.text import Letter, Source, letter

ADDRESS = "https://rujukan.example/referrals/01a2065d-2f60-7d02-b5a4-1e9c7f3b8412"
REFERRAL: dict[str, Any] = {
    "id": "01a2065d-2f60-7d02-b5a4-1e9c7f3b8412", "number": "26-000412-9", "agency_from": "dinsos",
    "unit_from": "dinsos-35.15.08", "unit_to": "bkkbn-35.15.08", "service": "TPK-DAMPING", "priority": "high",
    "basis": "public_task", "region": "35.15.08.2001", "submitted_at": "2026-11-23T02:14:00Z",
    "draft": {"finding": "Ibu hamil, belum pernah didampingi."},
    "clocks": [{"clock": "acknowledge", "due_at": "2026-11-25T03:09:01Z"}],
}  # fmt: skip
FAMILY: dict[str, Any] = {
    "address": "Jalan Contoh 1", "no_kk": "************0007",
    "members": [{"name": "Contoh Ibu", "relation": "wife", "nik": None},
                {"name": "Contoh Warga", "relation": "head", "nik": "************0001"}],
}  # fmt: skip
UNITS = {"dinsos-35.15.08": "TKSK Kecamatan Sidoarjo", "bkkbn-35.15.08": "Balai Penyuluhan KB Sidoarjo"}


def _letter(**changes: Any) -> Letter:
    return letter(Source({**REFERRAL, **changes}, FAMILY, UNITS, "Lebo", ADDRESS, date(2026, 11, 24)))


def _pages(sheet: bytes) -> list[str]:
    """Return the drawing of each page."""
    found = [zlib.decompress(each) for each in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", sheet, re.DOTALL)]
    return [each.decode("latin-1") for each in found if b" Tj" in each]


def test_the_letter_is_one_sheet_of_a4_with_everything_that_the_unit_has_to_know() -> None:
    sheet = pdf(_letter())
    assert sheet.startswith(b"%PDF-")
    assert b"/Count 1\n" in sheet
    assert b"/MediaBox [0 0 595.28 841.89]" in sheet
    (page,) = _pages(sheet)
    text = " ".join(re.findall(r"\((.*?)(?<!\\)\) Tj", page)).replace("\\", "")
    for said in (
        "DINAS SOSIAL", "TKSK Kecamatan Sidoarjo", "Nomor: 26-000412-9", "23 November 2026", "Contoh Warga",
        "Balai Penyuluhan KB Sidoarjo", "************0001", "Jalan Contoh 1", "belum pernah didampingi",
        "25 November 2026 pukul 10.09 WIB", "Penting", ADDRESS,
    ):  # fmt: skip
        assert said in text, said


def test_the_squares_on_the_sheet_are_the_code_of_the_pages_address() -> None:
    (page,) = _pages(pdf(_letter()))
    drawn = [tuple(map(float, each)) for each in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) -?[\d.]+ re f", page)]
    left, top, size = min(each[0] for each in drawn), max(each[1] for each in drawn), drawn[0][2]
    squares = {(round((top - y) / size), round((x - left) / size)) for x, y, _ in drawn}
    code = segno.make(ADDRESS, error="m", micro=False).matrix
    assert squares == {(down, along) for down, row in enumerate(code) for along, dark in enumerate(row) if dark}


def test_letters_that_no_font_has_lose_their_marks_and_a_long_finding_stays_on_the_sheet() -> None:
    assert plain("Ṣālih “x” – 李") == 'Salih "x" - ?'
    long = _letter(draft={"finding": "Panjang sekali. " * 120 + "Ṣ"})
    assert len(_pages(pdf(long))) == 1


def test_where_the_family_may_not_be_read_any_more_and_no_unit_is_asked_the_letter_says_so() -> None:
    source = Source({**REFERRAL, "unit_to": None, "clocks": []}, None, UNITS, "Lebo", ADDRESS, date(2026, 11, 24))
    written = letter(source)
    assert "Contoh Warga" not in str(written)
    assert "unit penerima yang sedang ditentukan" in written.addressed
    assert pdf(replace(written, scan="")).startswith(b"%PDF-")
