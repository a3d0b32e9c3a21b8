"""NIK and KK. All numbers here are made up: kecamatan block 99 is assigned to nobody."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.ids import RegionCode
from services.registry.nik import (
    KkInvalid,
    Nik,
    NikInvalid,
    NikWarning,
    NumberFault,
    Sex,
    parse_kk,
    parse_nik,
    warnings,
)

TODAY = date(2026, 11, 24)
MAN, WOMAN = "3515991708950001", "3515995708950001"

kabkota = st.integers(1, 79).map(lambda block: f"35{block:02d}99")
serials = st.integers(1, 9999).map(lambda serial: f"{serial:04d}")
birth_dates = st.dates(TODAY - timedelta(days=99 * 365), TODAY)


@st.composite
def made_up(draw: st.DrawFn) -> tuple[str, str, date, Sex]:
    prefix, born, sex = draw(kabkota), draw(birth_dates), draw(st.sampled_from(Sex))
    day = born.day + (40 if sex is Sex.FEMALE else 0)
    return f"{prefix}{day:02d}{born:%m%y}{draw(serials)}", prefix, born, sex


def _fault(text: str) -> NumberFault:
    with pytest.raises(NikInvalid) as refused:
        parse_nik(text, TODAY)
    return refused.value.reason


@given(made_up())
def test_a_nik_gives_back_the_place_date_and_sex_it_was_made_from(
    person: tuple[str, str, date, Sex],
) -> None:
    digits, prefix, born, sex = person
    nik = parse_nik(digits, TODAY)
    assert (nik.digits, nik.birth_date, nik.sex) == (digits, born, sex)
    assert nik.region.replace(".", "") == prefix
    assert warnings(nik, nik.region, born, sex) == ()


@given(made_up(), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_the_age_on_any_day_lies_between_0_and_100(person: tuple[str, str, date, Sex], today: date) -> None:
    born = parse_nik(person[0], today).birth_date
    assert born is None or timedelta(0) <= today - born <= timedelta(days=100 * 366)


def test_the_two_digit_year_belongs_to_the_century_that_does_not_lie_ahead() -> None:
    assert parse_nik("3515992411260001", TODAY).birth_date == date(2026, 11, 24)
    assert parse_nik("3515992511260001", TODAY).birth_date == date(1926, 11, 25)
    assert parse_nik("3515992902000001", TODAY).birth_date == date(2000, 2, 29)


def test_forty_is_added_to_the_day_of_a_woman() -> None:
    assert (parse_nik(MAN, TODAY).sex, parse_nik(WOMAN, TODAY).sex) == (Sex.MALE, Sex.FEMALE)
    assert parse_nik(WOMAN, TODAY).birth_date == date(1995, 8, 17)


@given(made_up(), st.lists(st.tuples(st.integers(0, 16), st.sampled_from(" .-'’\u00a0\t\u200b")), max_size=8))
def test_blanks_dots_dashes_and_apostrophes_cost_no_digit(
    person: tuple[str, str, date, Sex], separators: list[tuple[int, str]]
) -> None:
    text = person[0]
    for place, separator in separators:
        text = text[:place] + separator + text[place:]
    assert parse_nik(text, TODAY).digits == person[0]


@pytest.mark.parametrize("text", [f"'{MAN}", "3515 9917 0895 0001 ", "35.15.99.170895.0001", f'"{MAN}"', f"{MAN}.0"])
def test_a_text_that_a_file_wrapped_without_loss_is_read(text: str) -> None:
    assert parse_nik(text, TODAY).digits == MAN


@pytest.mark.parametrize(
    "text",
    ["3.51E+15", "3,51599E+15", "3.51599170895e15", "'3.51E+15", " 3E15 ", "3515991708950000.0", "3515991708950010,00"],
)
def test_a_number_that_a_spreadsheet_rounded_is_recognised(text: str) -> None:
    assert _fault(text) is NumberFault.ROUNDED_BY_SPREADSHEET


@pytest.mark.parametrize("text", ["", "   ", MAN[:-1], MAN + "1", "0", "1" * 400, "...."])
def test_other_than_16_digits_is_refused(text: str) -> None:
    assert _fault(text) is NumberFault.NOT_16_DIGITS


@pytest.mark.parametrize("text", ["35159917O8950001", "tidak ada", "٣٥١٥٩٩١٧٠٨٩٥٠٠٠١", "3515991708950001/2", "#REF!"])
def test_letters_and_foreign_digits_are_refused(text: str) -> None:
    assert _fault(text) is NumberFault.HAS_LETTERS


@pytest.mark.parametrize("day", [0, 32, 40, 72, 99])
def test_a_day_that_no_man_and_no_woman_can_have_is_refused(day: int) -> None:
    assert _fault(f"351599{day:02d}08950001") is NumberFault.DAY_OR_MONTH


@pytest.mark.parametrize("month", [0, 13, 99])
def test_a_month_that_does_not_exist_is_refused(month: int) -> None:
    assert _fault(f"35159917{month:02d}950001") is NumberFault.DAY_OR_MONTH


def test_the_serial_0000_is_refused() -> None:
    assert _fault("3515991708950000") is NumberFault.SERIAL_0000


@pytest.mark.parametrize("digits", ["3515993102950001", "3515996902950001"])
def test_a_day_that_the_calendar_does_not_have_is_a_warning_since_the_nik_is_for_life(digits: str) -> None:
    nik = parse_nik(digits, TODAY)
    assert nik.birth_date is None
    assert warnings(nik, None, None, None) == (NikWarning.BIRTH_DATE_IMPOSSIBLE,)


@given(st.text())
def test_whatever_the_text_there_is_a_nik_or_a_coded_reason(text: str) -> None:
    with suppress(NikInvalid):
        assert len(parse_nik(text, TODAY).digits) == 16


@pytest.mark.parametrize(
    ("region", "differs"),
    [
        ("35", False),
        ("35.15", False),
        ("35.15.99", False),
        ("35.15.99.2001", False),
        ("35.15.08.2001", True),
        ("35.16", True),
        ("34", True),
    ],
)
def test_the_place_is_compared_as_far_as_both_are_known(region: str, differs: bool) -> None:
    found = warnings(parse_nik(MAN, TODAY), RegionCode(region), None, None)
    assert found == ((NikWarning.REGION_DIFFERS,) if differs else ())


def test_another_birth_date_or_sex_is_a_warning() -> None:
    nik = parse_nik(MAN, TODAY)
    assert warnings(nik, None, date(1995, 8, 18), Sex.FEMALE) == (
        NikWarning.BIRTH_DATE_DIFFERS,
        NikWarning.SEX_DIFFERS,
    )


def test_a_person_older_than_a_hundred_years_gets_no_warning_for_the_guessed_century() -> None:
    nik = parse_nik("3515995708200001", TODAY)
    assert nik.birth_date == date(2020, 8, 17)
    assert warnings(nik, None, date(1920, 8, 17), Sex.FEMALE) == ()


def test_a_nik_or_kk_shows_only_its_last_four_digits_and_its_refusal_none() -> None:
    assert str(parse_nik(MAN, TODAY)) == str(parse_kk(MAN)) == "************0001"
    for shown in (repr(parse_nik(MAN, TODAY)), repr(parse_kk(MAN))):
        assert not any(character.isdigit() for character in shown)
    with pytest.raises(NikInvalid) as refused:
        parse_nik(MAN + "7", TODAY)
    assert "3515" not in repr(refused.value) + str(refused.value)


def test_two_spellings_of_one_nik_are_equal() -> None:
    assert {parse_nik(MAN, TODAY), parse_nik(f"'{MAN} ", TODAY)} == {
        Nik(MAN, RegionCode("35.15.99"), date(1995, 8, 17), Sex.MALE)
    }


def test_a_kk_is_16_digits_of_any_date() -> None:
    assert parse_kk("3515 9900 0000 0017").digits == "3515990000000017"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("351599000000001", NumberFault.NOT_16_DIGITS),
        ("3515990000000000", NumberFault.SERIAL_0000),
        ("3.51599E+15", NumberFault.ROUNDED_BY_SPREADSHEET),
        ("351599000000OO17", NumberFault.HAS_LETTERS),
    ],
)
def test_a_kk_that_is_none_is_refused_with_its_reason(text: str, fault: NumberFault) -> None:
    with pytest.raises(KkInvalid) as refused:
        parse_kk(text)
    assert refused.value.reason is fault
