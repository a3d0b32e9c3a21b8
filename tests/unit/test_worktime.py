"""Working time is exact: what is added is found again, and no second is lost at a weekend or a holiday."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.wib import WIB
from services.referral.worktime import ZERO, Calendar, Span, add_working, working_between

# Monday 17 August is Independence Day; 20 and 21 August are closed here to make a long gap.
CALENDAR = Calendar("test", frozenset({date(2026, 8, 17), date(2026, 8, 20), date(2026, 8, 21)}))
PLAIN = Calendar("plain", frozenset())

moments = st.datetimes(datetime(2026, 7, 27), datetime(2026, 9, 14), timezones=st.just(UTC))
amounts = st.timedeltas(ZERO, timedelta(hours=100))


def wib(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second, tzinfo=WIB))


MONDAY, FRIDAY, SATURDAY = date(2026, 8, 3), date(2026, 8, 7), date(2026, 8, 8)


def test_two_days_from_friday_at_10_end_on_tuesday_at_10() -> None:
    assert add_working(wib(FRIDAY, 10), timedelta(hours=16), PLAIN) == wib(date(2026, 8, 11), 10)


def test_an_offer_made_on_friday_evening_with_two_days_is_due_on_tuesday_at_16_00_wib() -> None:
    assert add_working(wib(FRIDAY, 19, 30), timedelta(hours=16), PLAIN) == wib(date(2026, 8, 11), 16)


def test_a_start_before_opening_counts_from_the_opening() -> None:
    assert add_working(wib(MONDAY, 6, 15), timedelta(hours=1), PLAIN) == wib(MONDAY, 9)


def test_a_start_exactly_at_closing_time_counts_from_the_next_opening() -> None:
    assert add_working(wib(FRIDAY, 16), timedelta(seconds=1), PLAIN) == wib(date(2026, 8, 10), 8, 0, 1)


def test_a_full_day_from_the_opening_ends_at_closing_time_of_the_same_day() -> None:
    assert add_working(wib(MONDAY, 8), timedelta(hours=8), PLAIN) == wib(MONDAY, 16)


def test_a_holiday_is_not_counted() -> None:
    assert add_working(wib(date(2026, 8, 14), 15), timedelta(hours=2), CALENDAR) == wib(date(2026, 8, 18), 9)


def test_nothing_added_ends_where_it_started_even_at_night() -> None:
    assert add_working(wib(SATURDAY, 3), ZERO, PLAIN) == wib(SATURDAY, 3)


def test_the_answer_is_in_utc() -> None:
    assert add_working(wib(MONDAY, 9), timedelta(hours=1), PLAIN).tzinfo is UTC


def test_no_time_lies_between_a_moment_and_an_earlier_one() -> None:
    assert working_between(wib(FRIDAY, 10), wib(MONDAY, 10), PLAIN) == ZERO
    assert Span.parse("1 cd").between(wib(FRIDAY, 10), wib(MONDAY, 10), PLAIN) == ZERO


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_working(datetime(2026, 8, 3, 9), timedelta(hours=1), PLAIN)
    with pytest.raises(ValueError, match="time zone"):
        Span.parse("1 ch").after(datetime(2026, 8, 3, 9), PLAIN)


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working(wib(MONDAY, 9), timedelta(seconds=-1), PLAIN)


@given(moments, amounts)
def test_what_was_added_is_found_again(start: datetime, amount: timedelta) -> None:
    assert working_between(start, add_working(start, amount, CALENDAR), CALENDAR) == amount


@given(moments, amounts, amounts)
def test_adding_twice_is_adding_the_sum(start: datetime, one: timedelta, two: timedelta) -> None:
    assert add_working(add_working(start, one, CALENDAR), two, CALENDAR) == add_working(start, one + two, CALENDAR)


@given(moments, moments, amounts)
def test_a_later_start_never_ends_earlier(one: datetime, two: datetime, amount: timedelta) -> None:
    early, late = sorted((one, two))
    assert add_working(early, amount, CALENDAR) <= add_working(late, amount, CALENDAR)


@given(moments, amounts, amounts)
def test_more_time_never_ends_earlier(start: datetime, one: timedelta, two: timedelta) -> None:
    less, more = sorted((one, two))
    assert add_working(start, less, CALENDAR) <= add_working(start, more, CALENDAR)


@given(moments, moments, moments)
def test_time_between_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    whole = working_between(first, last, CALENDAR)
    assert working_between(first, middle, CALENDAR) + working_between(middle, last, CALENDAR) == whole


@given(moments, amounts.filter(bool))
def test_working_time_always_ends_within_office_hours(start: datetime, amount: timedelta) -> None:
    end = add_working(start, amount, CALENDAR).astimezone(WIB)
    assert CALENDAR.open_on(end.date())
    assert wib(end.date(), 8) < end <= wib(end.date(), 16)


def _minute_by_minute(start: datetime, minutes: int, calendar: Calendar) -> datetime:
    """The slow and obvious way: look at the clock every minute, and count it if the office is open."""
    at = start.astimezone(WIB).replace(tzinfo=None)
    while minutes:
        minutes -= calendar.open_on(at.date()) and 8 <= at.hour < 16
        at += timedelta(minutes=1)
    return at.replace(tzinfo=WIB)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40 * 24 * 60), st.integers(0, 30 * 60))
def test_the_slow_way_minute_by_minute_gives_the_same(offset: int, minutes: int) -> None:
    start = datetime(2026, 7, 30, tzinfo=UTC) + timedelta(minutes=offset)
    assert add_working(start, timedelta(minutes=minutes), CALENDAR) == _minute_by_minute(start, minutes, CALENDAR)


@pytest.mark.parametrize(
    ("text", "amount", "working"),
    [
        ("2 wd", timedelta(hours=16), True),
        ("4 wh", timedelta(hours=4), True),
        ("7 cd", timedelta(days=7), False),
        ("24 ch", timedelta(hours=24), False),
        ("30 cm", timedelta(minutes=30), False),
        ("6 cs", timedelta(seconds=6), False),
    ],
)
def test_a_policy_span_reads_as_it_is_spoken(text: str, amount: timedelta, working: bool) -> None:
    assert Span.parse(text) == Span(amount, working)


@pytest.mark.parametrize("text", ["", "2", "wd", "2wd", "2 d", "2.5 wd", "-1 wd", "2 weeks", "1 wd ", "1 wx", "٣ wd"])
def test_anything_else_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span.parse(text)


@given(st.integers(0, 10**7), st.booleans())
def test_a_written_span_is_read_back(seconds: int, working: bool) -> None:
    span = Span(timedelta(seconds=seconds), working)
    assert Span.parse(str(span)) == span


@given(moments, amounts, st.booleans())
def test_a_span_finds_its_own_length_again(start: datetime, amount: timedelta, working: bool) -> None:
    span = Span(amount, working)
    assert span.between(start, span.after(start, CALENDAR), CALENDAR) == amount
