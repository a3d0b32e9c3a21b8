"""Quarter hours: what a request keeps busy, and what is told of it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.referral.speaking.bookings import bookings, quarters
from services.referral.speaking.calendar import joined
from services.referral.speaking.orders import QUARTER
from tests.unit.speaking_scenes import MARCH_2, SPEAKER, agreed, offered, period, proposed


@given(st.sets(st.integers(0, 300)))
def test_quarter_hours_are_told_in_as_few_periods_as_they_make_up(numbers: set[int]) -> None:
    busy = [MARCH_2 + QUARTER * number for number in sorted(numbers)]
    told = list(joined(busy))
    assert [at for each in told for at in quarters(each)] == busy
    assert len(told) == sum(number - 1 not in numbers for number in numbers)


def test_a_proposal_and_an_agreement_keep_the_same_hours_and_an_offer_none() -> None:
    assert bookings(offered()) == frozenset()
    held = bookings(proposed())
    assert {(each.what, each.at) for each in held} == {(SPEAKER, at) for at in quarters(period())}
    assert bookings(agreed()) == held


def test_an_hour_and_a_half_has_six_quarters() -> None:
    assert len(list(quarters(period(hours=1.5)))) == 6
    assert list(quarters(period(hours=1.5)))[-1] == MARCH_2 + timedelta(hours=1, minutes=15)
