"""A quarter is its three months, whole, and the quarters of a year follow each other without a gap."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referral.quarters import Quarter

YEARS = st.dates(date(2000, 1, 1), date(2199, 12, 31))


@given(YEARS)
def test_every_day_lies_in_its_own_quarter_alone(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter.last + timedelta(days=1) == quarter.next.first
    assert quarter.next.before == quarter
    assert Quarter.read(str(quarter)) == quarter


def test_a_quarter_is_written_as_it_is_spoken() -> None:
    assert str(Quarter.of(date(2026, 11, 26))) == "2026-Q4"
    assert Quarter.read("2027-Q1").last == date(2027, 3, 31)


@pytest.mark.parametrize("text", ["2026-Q5", "2026-4", "26-Q4", "2026-Q4 ", ""])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a quarter"):
        Quarter.read(text)
