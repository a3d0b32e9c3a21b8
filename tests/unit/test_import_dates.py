"""Dates as people and spreadsheets write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.importing.dates import first_day, read_date, read_quarter

DAYS = st.dates(date(1910, 1, 1), date(2099, 12, 31))


@given(DAYS)
def test_day_month_year_is_read_in_that_order_whatever_stands_between(day: date) -> None:
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", " %d/%m/%Y 00:00:00"):
        assert read_date(day.strftime(form)) == (day, False)


@given(DAYS)
def test_year_first_is_read_as_computers_write_it(day: date) -> None:
    assert read_date(day.isoformat()) == (day, False)
    assert read_date(f"{day.isoformat()}T00:00:00") == (day, False)


@given(DAYS.filter(lambda day: day.day > 12))
def test_a_month_over_twelve_can_only_be_a_day_and_is_read_so_and_told(day: date) -> None:
    assert read_date(day.strftime("%m/%d/%Y")) == (day, True)


@given(DAYS)
def test_the_number_of_the_day_in_a_spreadsheet_is_read(day: date) -> None:
    assert read_date(str((day - date(1899, 12, 30)).days)) == (day, False)


@pytest.mark.parametrize("text", ["17 Agustus 1945", "17-Agt-1945", "17 agustus, 1945", "17 Aug 1945"])
def test_a_month_in_words_is_read_in_both_languages(text: str) -> None:
    assert read_date(text) == (date(1945, 8, 17), False)


@pytest.mark.parametrize(
    "text", ["31/02/1990", "00/01/1990", "13/13/1990", "1990", "kemarin", "", "01/01/90", "17 x 1945"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_date(text) == (None, False)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading(text: str) -> None:
    read_date(text)
    read_quarter(text)


@pytest.mark.parametrize("text", ["2026-Q3", "2026 TW 3", "2026q3", "20263", "2026 Triwulan 3", "2026/3"])
def test_a_quarter_is_read_as_offices_write_it(text: str) -> None:
    assert read_quarter(text) == "2026-Q3"


@given(st.integers(1990, 2100), st.integers(1, 4))
def test_a_quarter_begins_three_months_after_the_one_before(year: int, quarter: int) -> None:
    began = first_day(f"{year}-Q{quarter}")
    assert (began.day, (began.month - 1) % 3) == (1, 0)
    assert (began - timedelta(days=1)).month == (began.month + 10) % 12 + 1
