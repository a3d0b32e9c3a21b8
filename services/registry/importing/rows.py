"""One row of a list: what stands in it, what keeps it out, and what only looks odd. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from services.contracts.ids import RegionCode
from services.contracts.reading import covers
from services.registry.importing.dates import first_day, read_date, read_quarter
from services.registry.importing.profile import Column, Kind, Profile, plain
from services.registry.nik import KkInvalid, NikInvalid, Sex, parse_kk, parse_nik, warnings

MOST_CHARACTERS = {Kind.ID: 40, Kind.NAME: 120}
_TEXT_CHARACTERS = 300
_YES = frozenset({"1", "ya", "y", "true", "iya"})
_NO = frozenset({"0", "tidak", "t", "false", "tdk"})
_DOTS = (2, 4, 6)


class Fault(StrEnum):
    """Why a row cannot come in."""

    WRONG_SHAPE = "wrong_shape"
    MISSING = "missing"
    TOO_LONG = "too_long"
    DATE_UNREADABLE = "date_unreadable"
    DATE_IN_FUTURE = "date_in_future"
    QUARTER_UNREADABLE = "quarter_unreadable"
    CODE_UNKNOWN = "code_unknown"
    VILLAGE_UNKNOWN = "village_unknown"
    OUTSIDE_AREA = "outside_area"
    TWICE = "twice"
    ROUNDED = "rounded"
    FORMULA = "formula"
    NOT_YOURS = "not_yours"
    UNIT_UNKNOWN = "unit_unknown"
    UNIT_CLOSED = "unit_closed"
    REGION_UNKNOWN = "region_unknown"
    SERVICE_UNKNOWN = "service_unknown"
    OTHER_AGENCYS_SERVICE = "other_agencys_service"
    NOT_GIVEN = "not_given"
    PLACES_UNREADABLE = "places_unreadable"
    HOURS_UNREADABLE = "hours_unreadable"
    OFFICER_UNKNOWN = "officer_unknown"
    HAS_LEFT = "has_left"
    ROLE_TOO_HIGH = "role_too_high"
    EMAIL_UNREADABLE = "email_unreadable"
    NOT_IN_UNIT = "not_in_unit"


class Oddity(StrEnum):
    """What looks odd in a row that comes in all the same. A NIK or KK number that is none is left out of it."""

    DATE_SWAPPED = "date_swapped"
    ANSWER_UNKNOWN = "answer_unknown"
    REPEATED = "repeated"
    NOT_16_DIGITS = "not_16_digits"
    HAS_LETTERS = "has_letters"
    ROUNDED_BY_SPREADSHEET = "rounded_by_spreadsheet"
    DAY_OR_MONTH = "day_or_month"
    SERIAL_0000 = "serial_0000"
    REGION_DIFFERS = "region_differs"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    BIRTH_DATE_IMPOSSIBLE = "birth_date_impossible"
    SEX_DIFFERS = "sex_differs"
    VILLAGE_RENUMBERED = "village_renumbered"


@dataclass(slots=True)
class Row:
    """*record*: each field that was understood, as JSON has it; *dated*: the day from which the row's word counts."""

    record: dict[str, Any] = field(default_factory=dict)
    dated: date | None = None
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    odd: list[tuple[str, Oddity]] = field(default_factory=list)


class Checker:
    """Reads rows of one profile whose cells stand in the order of its fields.

    *villages*: the codes that are valid today; *area*: where the sender of the file works; *renumbered*: today's code
    for each that a decree replaced.
    """

    def __init__(
        self,
        profile: Profile,
        villages: frozenset[str],
        area: RegionCode,
        today: date,
        renumbered: Mapping[RegionCode, RegionCode] = MappingProxyType({}),
    ) -> None:
        self._renumbered = renumbered
        self._villages, self._area, self._today = villages, area, today
        self._meanings = {name: column.meanings for name, column in profile.fields.items()}
        self._readers = [(name, column, self._reader(column.kind)) for name, column in profile.fields.items()]

    def __call__(self, cells: Sequence[str | None]) -> Row:
        row = Row()
        for (name, column, read), cell in zip(self._readers, cells, strict=True):
            text = cell.strip() if cell else ""
            if text:
                read(row, name, column, text)
            elif column.required:
                row.faults.append((name, Fault.MISSING))
        self._compare(row)
        return row

    def _reader(self, kind: Kind) -> Callable[[Row, str, Column, str], None]:
        readers: Mapping[Kind, Callable[[Row, str, Column, str], None]] = {
            Kind.NIK: self._nik, Kind.KK: self._kk, Kind.DATE: self._date, Kind.QUARTER: self._quarter,
            Kind.CODE: self._code, Kind.FLAG: self._flag, Kind.DESIL: self._desil, Kind.VILLAGE: self._village,
        }  # fmt: skip
        return readers.get(kind, self._text)

    def _text(self, row: Row, name: str, column: Column, text: str) -> None:
        if len(text) > MOST_CHARACTERS.get(column.kind, _TEXT_CHARACTERS):
            row.faults.append((name, Fault.TOO_LONG))
        row.record[name] = " ".join(text.split())

    def _nik(self, row: Row, name: str, column: Column, text: str) -> None:
        try:
            row.record[name] = parse_nik(text, self._today)
        except NikInvalid as error:
            row.odd.append((name, Oddity(error.reason.value)))

    def _kk(self, row: Row, name: str, column: Column, text: str) -> None:
        try:
            row.record[name] = parse_kk(text).digits
        except KkInvalid as error:
            row.odd.append((name, Oddity(error.reason.value)))

    def _date(self, row: Row, name: str, column: Column, text: str) -> None:
        day, swapped = read_date(text)
        if day is None:
            row.faults.append((name, Fault.DATE_UNREADABLE))
            return
        if swapped:
            row.odd.append((name, Oddity.DATE_SWAPPED))
        if day > self._today:
            row.faults.append((name, Fault.DATE_IN_FUTURE))
        row.record[name] = day.isoformat()
        if name == "dated":
            row.dated = day

    def _quarter(self, row: Row, name: str, column: Column, text: str) -> None:
        quarter = read_quarter(text)
        if quarter is None:
            row.faults.append((name, Fault.QUARTER_UNREADABLE))
            return
        row.record[name] = quarter
        row.dated = first_day(quarter)
        if row.dated > self._today:
            row.faults.append((name, Fault.DATE_IN_FUTURE))

    def _code(self, row: Row, name: str, column: Column, text: str) -> None:
        code = self._meanings[name].get(plain(text), column.otherwise)
        if code is not None:
            row.record[name] = code
        elif column.required:
            row.faults.append((name, Fault.CODE_UNKNOWN))
        else:
            row.odd.append((name, Oddity.ANSWER_UNKNOWN))

    def _flag(self, row: Row, name: str, column: Column, text: str) -> None:
        answer = text.casefold()
        if answer in _YES or answer in _NO:
            row.record[name] = answer in _YES
        else:
            row.odd.append((name, Oddity.ANSWER_UNKNOWN))

    def _desil(self, row: Row, name: str, column: Column, text: str) -> None:
        digits = text.removesuffix(".0")
        if digits.isascii() and digits.isdigit() and 1 <= int(digits) <= 10:
            row.record[name] = int(digits)
        else:
            row.odd.append((name, Oddity.ANSWER_UNKNOWN))

    def _village(self, row: Row, name: str, column: Column, text: str) -> None:
        code = RegionCode(_dotted(text))
        if code in self._renumbered:
            row.odd.append((name, Oddity.VILLAGE_RENUMBERED))
            code = self._renumbered[code]
        row.record[name] = code
        if code not in self._villages:
            row.faults.append((name, Fault.VILLAGE_UNKNOWN))
        elif not covers(self._area, code):
            row.faults.append((name, Fault.OUTSIDE_AREA))

    def _compare(self, row: Row) -> None:
        """Compare the NIK with what else the row says, and leave its digits in its place."""
        nik = row.record.get("nik")
        if nik is None:
            return
        born, sex = row.record.get("birth_date"), row.record.get("sex")
        found = warnings(nik, row.record.get("village"), date.fromisoformat(born) if born else None, sex and Sex(sex))
        row.odd += [("nik", Oddity(each.value)) for each in found]
        row.record["nik"] = nik.digits


def _dotted(text: str) -> str:
    """Return `3515082001` as `35.15.08.2001`; all else as it is."""
    if len(text) == 10 and text.isascii() and text.isdigit():
        return ".".join((text[: _DOTS[0]], text[_DOTS[0] : _DOTS[1]], text[_DOTS[1] : _DOTS[2]], text[_DOTS[2] :]))
    return text
