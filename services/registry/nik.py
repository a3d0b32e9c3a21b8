"""The rules of the two national numbers, NIK and KK. Pure.

NIK: `PPKKCC DDMMYY SSSS` - the kecamatan of first registration, the birth date with 40 added to a woman's day,
and a serial. There is no check digit, and a NIK is for life: it keeps an old place and even a wrong date. So
only its form is refused here; a disagreement with what else is known is a warning. Source: docs/domain.md.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.contracts.ids import RegionCode, masked

_ADDED_FOR_WOMEN = 40
# A day that both a man's and a woman's NIK may show: 01-31 and 41-71.
_DAYS = frozenset({*range(1, 32), *range(41, 72)})
_SIXTEEN = re.compile(r"[0-9]{16}", re.ASCII)
# What people and files put around and between the digits: blanks, dots, dashes, quotes, and the apostrophe that
# tells a spreadsheet "this is text". None of them costs a digit, so they are taken away without a word.
_SEPARATORS = re.compile(r"[\s.\-'\"`\u2018\u2019\u00b4\u200b-\u200d\u2060\ufeff]")
_AROUND = " \t\r\n\u00a0\ufeff'\"`\u2018\u2019"
# `3.51E+15`, `3,51599E+15`, `3515990101900000.0`: the text of a number that went through a spreadsheet.
_EXPONENT = re.compile(r"[0-9]+(?:[.,][0-9]+)?e\+?[0-9]+", re.IGNORECASE | re.ASCII)
_DECIMAL = re.compile(r"([0-9]{16})[.,]0+", re.ASCII)


class NumberFault(StrEnum):
    """Why a text is no NIK or no KK number."""

    NOT_16_DIGITS = "not_16_digits"
    HAS_LETTERS = "has_letters"
    ROUNDED_BY_SPREADSHEET = "rounded_by_spreadsheet"
    DAY_OR_MONTH = "day_or_month"
    SERIAL_0000 = "serial_0000"


class NikWarning(StrEnum):
    """What disagrees between a NIK and what else is known about the person."""

    REGION_DIFFERS = "region_differs"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    BIRTH_DATE_IMPOSSIBLE = "birth_date_impossible"
    SEX_DIFFERS = "sex_differs"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class NumberInvalid(Exception):
    """The text is not such a number. Carries the reason only: the text may be a person's real number."""

    def __init__(self, reason: NumberFault) -> None:
        super().__init__(reason.value)
        self.reason = reason


class NikInvalid(NumberInvalid):
    pass


class KkInvalid(NumberInvalid):
    pass


@dataclass(frozen=True, slots=True)
class Nik:
    """A well-formed NIK. *birth_date* is a guess (its century is), None where the calendar has no such day.

    Neither `repr` nor `str` shows more than the last four digits, so that none can slip into a log line.
    """

    digits: str = field(repr=False)
    region: RegionCode = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: Sex = field(repr=False)

    def __str__(self) -> str:
        return masked(self.digits)


@dataclass(frozen=True, slots=True)
class Kk:
    """A well-formed family card number: an attribute with a validity period, never a key."""

    digits: str = field(repr=False)

    def __str__(self) -> str:
        return masked(self.digits)


def parse_nik(text: str, today: date) -> Nik:
    """Return the NIK that *text* holds, with blanks, dots, dashes and quotes taken away.

    *today* settles the century: the birth date is the latest possible one, so the age lies in 0..99 years; an
    older person's real date differs by exactly a century, which `warnings` does not count. Raises NikInvalid.
    """
    digits = _sixteen_digits(text, NikInvalid)
    day, month = int(digits[6:8]), int(digits[8:10])
    if day not in _DAYS or not 1 <= month <= 12:
        raise NikInvalid(NumberFault.DAY_OR_MONTH)
    return Nik(
        digits=digits,
        region=RegionCode(f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}"),
        birth_date=_birth_date(day % _ADDED_FOR_WOMEN, month, int(digits[10:12]), today),
        sex=Sex.FEMALE if day > _ADDED_FOR_WOMEN else Sex.MALE,
    )


def parse_kk(text: str) -> Kk:
    """Return the family card number that *text* holds. Raises KkInvalid.

    Its middle is the day of issue, which old cards do not always keep to, so only the form is checked.
    """
    return Kk(_sixteen_digits(text, KkInvalid))


def warnings(nik: Nik, region: RegionCode | None, birth_date: date | None, sex: Sex | None) -> tuple[NikWarning, ...]:
    """Return what disagrees with the family's *region* (of any level), the *birth_date* and the *sex*, if known.

    Never a reason to reject: people move, and Dukcapil does not change a NIK whose date was wrong.
    """
    found = {
        NikWarning.REGION_DIFFERS: region is not None and not _same_place(nik.region, region),
        NikWarning.BIRTH_DATE_DIFFERS: birth_date is not None and _date_block(birth_date) != _date_block_of(nik),
        NikWarning.BIRTH_DATE_IMPOSSIBLE: nik.birth_date is None,
        NikWarning.SEX_DIFFERS: sex is not None and sex is not nik.sex,
    }
    return tuple(warning for warning, holds in found.items() if holds)


def _sixteen_digits(text: str, refused: type[NumberInvalid]) -> str:
    """Return the bare digits of a NIK or KK number; raise *refused* where there are not 16, or the serial is 0000."""
    bare = text.strip(_AROUND)
    if _is_rounded(bare):
        raise refused(NumberFault.ROUNDED_BY_SPREADSHEET)
    whole = _DECIMAL.fullmatch(bare)
    digits = whole[1] if whole else _SEPARATORS.sub("", text)
    if digits and not (digits.isascii() and digits.isdecimal()):
        raise refused(NumberFault.HAS_LETTERS)
    if not _SIXTEEN.fullmatch(digits):
        raise refused(NumberFault.NOT_16_DIGITS)
    if digits.endswith("0000"):
        raise refused(NumberFault.SERIAL_0000)
    return digits


def _is_rounded(text: str) -> bool:
    """A spreadsheet keeps 15 digits: the 16th becomes 0. Where the last digit is not 0, nothing was lost."""
    whole = _DECIMAL.fullmatch(text)
    return bool(_EXPONENT.fullmatch(text)) or (whole is not None and whole[1].endswith("0"))


def _birth_date(day: int, month: int, year_of_century: int, today: date) -> date | None:
    century = today.year - today.year % 100
    for year in (century + year_of_century, century - 100 + year_of_century):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if candidate <= today:
            return candidate
    return None


def _same_place(first: RegionCode, now: RegionCode) -> bool:
    """Compare as far as both codes go: a village lies in its kecamatan, and a kabupaten may be all that is known."""
    return all(one == other for one, other in zip(first.split("."), now.split("."), strict=False))


def _date_block(birth_date: date) -> str:
    return f"{birth_date:%d%m%y}"


def _date_block_of(nik: Nik) -> str:
    """Return DDMMYY without the 40: compared as written, so that a wrongly guessed century warns nobody."""
    return f"{int(nik.digits[6:8]) % _ADDED_FOR_WOMEN:02d}{nik.digits[8:12]}"
