"""A letter as one sheet of A4 (PDF). The page's address stands on it as a QR code, drawn as squares."""

import unicodedata
from typing import Final

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from services.console.letter.text import Letter

_MARGIN: Final = 20.0
_FONT: Final = "Helvetica"
_LABEL: Final = 46.0
_QR: Final = 28.0
_FOOT: Final = 252.0
_SIGNATURES: Final = 212.0
"""Where the place for signatures begins at the latest, in mm from the top."""
_MOST_CHARACTERS: Final = (1_000, 600, 400, 200, 100)
"""Of one fact. Where the longest would need a second sheet the next is taken: all of it stands on the page."""
_PLAIN: Final = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "•": "-"})


def plain(text: str) -> str:
    """Return *text* in the characters that every PDF reader has a font for; others lose marks, or become `?`."""
    said = text.translate(_PLAIN)
    kept = (each if each.encode("latin-1", "ignore") else _without_marks(each) for each in said)
    return "".join(kept)


def _without_marks(character: str) -> str:
    return unicodedata.normalize("NFKD", character).encode("latin-1", "ignore").decode("latin-1") or "?"


def pdf(letter: Letter) -> bytes:
    """Return *letter* as a PDF of one page."""
    sheet = next((each for most in _MOST_CHARACTERS if (each := _written(letter, most)).get_y() <= _SIGNATURES), None)
    sheet = sheet or _written(letter, _MOST_CHARACTERS[-1])
    _signatures(sheet, letter)
    _qr(sheet, letter)
    return bytes(sheet.output())


def _written(letter: Letter, most: int) -> FPDF:
    """Return the sheet down to the last paragraph, with at most *most* characters of each fact."""
    sheet = FPDF(format="A4")
    sheet.set_margins(_MARGIN, _MARGIN)
    sheet.c_margin = 0
    sheet.set_auto_page_break(auto=False)
    sheet.set_title(plain(f"{letter.title} {letter.number}"))
    sheet.set_lang("id")
    sheet.add_page()
    _head(sheet, letter)
    _facts(sheet, letter, most)
    return sheet


def _line(sheet: FPDF, text: str, *, size: float = 11, bold: bool = False, align: str = "L") -> None:
    sheet.set_font(_FONT, "B" if bold else "", size)
    sheet.multi_cell(0, size * 0.5, plain(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _head(sheet: FPDF, letter: Letter) -> None:
    agency, unit = letter.head
    _line(sheet, agency.upper(), size=13, bold=True, align="C")
    _line(sheet, unit, size=12, align="C")
    at = sheet.get_y() + 2
    sheet.set_line_width(0.6)
    sheet.line(_MARGIN, at, sheet.w - _MARGIN, at)
    sheet.set_y(at + 5)
    _line(sheet, letter.title, size=14, bold=True, align="C")
    _line(sheet, letter.number, align="C")
    sheet.ln(3)
    _line(sheet, letter.place_and_day, align="R")
    for line in letter.addressed:
        _line(sheet, line)
    sheet.ln(3)
    _line(sheet, letter.opening)
    sheet.ln(2)


def _facts(sheet: FPDF, letter: Letter, most: int) -> None:
    for name, fact in letter.facts:
        sheet.set_font(_FONT, "B", 11)
        sheet.cell(_LABEL, 5.5, plain(name))
        sheet.set_font(_FONT, "", 11)
        sheet.multi_cell(0, 5.5, plain(_shortened(fact, most)), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.ln(2)
    for paragraph in letter.paragraphs:
        _line(sheet, paragraph)
        sheet.ln(1)


def _shortened(fact: str, most: int) -> str:
    fact = " ".join(fact.split())
    return fact if len(fact) <= most else f"{fact[:most]} ..."


def _signatures(sheet: FPDF, letter: Letter) -> None:
    width, top = (sheet.w - 2 * _MARGIN) / 2, _SIGNATURES + 2
    for at, (who, line) in enumerate(letter.signatures):
        left = _MARGIN + at * width
        sheet.set_font(_FONT, "", 10)
        sheet.set_xy(left, top)
        sheet.multi_cell(width - 6, 5, plain(who))
        sheet.set_xy(left, top + 29)
        sheet.line(left, top + 28, left + width - 10, top + 28)
        sheet.cell(width - 6, 5, plain(line))


def _qr(sheet: FPDF, letter: Letter) -> None:
    matrix = segno.make(letter.address, error="m", micro=False).matrix
    size = _QR / len(matrix)
    for down, row in enumerate(matrix):
        for along, dark in enumerate(row):
            if dark:
                sheet.rect(_MARGIN + along * size, _FOOT + down * size, size, size, style="F")
    sheet.set_font(_FONT, "", 9)
    sheet.set_xy(_MARGIN + _QR + 5, _FOOT + 6)
    sheet.multi_cell(0, 4.5, plain(f"{letter.scan}\n{letter.address}"))
