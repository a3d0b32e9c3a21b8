"""The committed calendar is what the holidays package says, and can be corrected by a new version."""

from datetime import date
from importlib.metadata import version as installed
from typing import Any

import pytest
import yaml

from services.referral import calendars

FIRST = "id-2026.1"
MADE_WITH = "0.109"


def days(content: dict[str, Any], status: str) -> set[tuple[date, str, str]]:
    return {(day["date"], day["name"], day["kind"]) for day in content["days"] if day["status"] == status}


@pytest.mark.skipif(
    installed("holidays") != MADE_WITH,
    reason="compared with the holidays release it was made with; others differ",
)
def test_the_first_calendar_is_what_the_package_says() -> None:
    assert calendars.read(FIRST) == calendars.make(range(2025, 2029))


def test_every_decreed_day_of_the_first_calendar_is_still_a_holiday_to_the_package() -> None:
    assert days(calendars.read(FIRST), "decreed") <= days(calendars.make(range(2025, 2029)), "decreed")


def test_the_newest_calendar_can_be_loaded() -> None:
    assert calendars.load(calendars.newest()).version == calendars.newest()


def test_a_calendar_is_read_once() -> None:
    assert calendars.load(FIRST) is calendars.load(FIRST)


def test_independence_day_is_closed_and_the_day_after_open() -> None:
    calendar = calendars.load(FIRST)
    assert not calendar.open_on(date(2026, 8, 17))
    assert calendar.open_on(date(2026, 8, 18))


def test_joint_leave_is_listed_but_left_out_by_default() -> None:
    listed = {day["date"] for day in calendars.read(FIRST)["days"] if day["kind"] == "joint_leave"}
    assert date(2026, 3, 20) in listed
    assert not listed & calendars.load(FIRST).closed


def test_a_calendar_that_says_so_closes_on_joint_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    content = calendars.make([2026]) | {"joint_leave": "closed"}
    monkeypatch.setattr(calendars, "read", lambda _: content)
    assert not calendars.load.__wrapped__("a correction").open_on(date(2026, 3, 20))


def test_a_year_without_a_decree_is_estimated_altogether() -> None:
    assert {day["status"] for day in calendars.make([2028])["days"]} == {"estimated"}


def test_in_a_decreed_year_only_the_days_that_wait_for_the_moon_are_estimated() -> None:
    status = {day["date"]: day["status"] for day in calendars.read(FIRST)["days"]}
    assert status[date(2027, 3, 10)] == "estimated"
    assert status[date(2027, 1, 1)] == "decreed"
    assert status[date(2026, 3, 21)] == "decreed"


def test_names_do_not_carry_the_status() -> None:
    assert not [day for day in calendars.read(FIRST)["days"] if "perkiraan" in day["name"]]


def test_the_days_stand_in_order_and_none_twice() -> None:
    listed = [(day["date"], day["kind"]) for day in calendars.read(FIRST)["days"]]
    assert listed == sorted(set(listed))


def test_a_calendar_tells_how_far_it_reaches() -> None:
    assert calendars.covers(FIRST) == (date(2025, 1, 1), date(2028, 12, 31))


def test_the_written_text_is_read_back() -> None:
    content = calendars.make([2026])
    assert yaml.safe_load(calendars.to_text(content)) == content


def test_an_unknown_calendar_is_named_with_those_that_are_known() -> None:
    with pytest.raises(calendars.UnknownCalendar, match=r"no calendar 'id-1999\.1'; known are: .*id-2026\.1"):
        calendars.load("id-1999.1")


def test_a_version_cannot_reach_outside_its_folder() -> None:
    with pytest.raises(calendars.UnknownCalendar):
        calendars.load("../policies/standard-1")


def test_version_10_is_newer_than_version_9() -> None:
    assert sorted(["id-2026.10", "id-2026.9", "id-2027.1"], key=calendars._by_number) == [
        "id-2026.9",
        "id-2026.10",
        "id-2027.1",
    ]
