"""A policy is complete or it is refused, with every gap named."""

from datetime import timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes import ClockName, Priority
from services.referral import policy
from services.referral.policy import Policy, PolicyInvalid, UnknownPolicy
from services.referral.worktime import Span

STANDARD = policy.load("standard-1")
DEMO = policy.load("demo-seconds-1")

# The table of docs/domain.md, clocks.
TABLE = """
triage       1 wd   4 wh   1 ch
acknowledge  2 wd   1 wd   4 ch
decide       3 wd   2 wd   8 ch
answer       3 wd   2 wd   4 ch
reroute      1 wd   4 wh   1 ch
contact      14 wd  7 cd   24 ch
progress     30 cd  14 cd  7 cd
outcome      90 cd  60 cd  30 cd
cancel       2 wd   1 wd   4 ch
ruling       5 wd   3 wd   24 ch
confirm      5 wd   5 wd   5 wd
stop         72 ch  72 ch  72 ch
"""
ROWS = [
    (name, *map(" ".join, zip(rest[::2], rest[1::2], strict=True)))
    for name, *rest in map(str.split, TABLE.split("\n")[1:-1])
]


def written(version: str = "standard-1") -> dict[str, Any]:
    text = (policy.OF_REFERRALS.folder / f"{version}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def refused(content: object) -> PolicyInvalid:
    with pytest.raises(PolicyInvalid) as caught:
        policy.from_text(yaml.safe_dump(content))
    return caught.value


@pytest.mark.parametrize(("name", "normal", "high", "urgent"), ROWS)
def test_the_standard_policy_is_the_table_of_the_domain(name: str, normal: str, high: str, urgent: str) -> None:
    spans = [STANDARD.span(ClockName(name), priority) for priority in Priority]
    assert spans == [Span.parse(normal), Span.parse(high), Span.parse(urgent)]


def test_every_urgent_clock_except_confirm_is_calendar_time() -> None:
    working = {clock for clock in ClockName if STANDARD.span(clock, Priority.URGENT).working}
    assert working == {ClockName.CONFIRM}
    assert not STANDARD.rung(Priority.URGENT).working
    assert not STANDARD.repeat(Priority.URGENT).working


def test_the_last_rung_is_told_again_every_5_days_high_2_urgent_12_hours() -> None:
    assert [str(STANDARD.repeat(priority)) for priority in Priority] == ["5 wd", "2 wd", "12 ch"]


def test_a_withdrawal_is_told_again_every_day() -> None:
    assert {STANDARD.repeat(priority, ClockName.STOP) for priority in Priority} == {Span.parse("24 ch")}


def test_a_unit_that_gives_back_has_at_least_a_day_urgent_two_hours() -> None:
    assert [str(STANDARD.unaccept_minimum(priority)) for priority in Priority] == ["1 wd", "1 wd", "2 ch"]


def test_the_system_asks_three_units_by_itself() -> None:
    assert STANDARD.attempts == 3


def test_the_demo_policy_counts_calendar_seconds_only() -> None:
    assert all(
        text.endswith(" cs")
        for row in written("demo-seconds-1").values()
        if isinstance(row, dict)
        for text in row.values()
    )


@pytest.mark.parametrize("priority", Priority)
def test_in_the_demo_only_the_offer_and_the_withdrawal_are_quick(priority: Priority) -> None:
    minute = timedelta(seconds=60)
    quick = {clock for clock in ClockName if DEMO.span(clock, priority).amount < minute}
    assert quick == {ClockName.ACKNOWLEDGE, ClockName.STOP}
    assert DEMO.span(ClockName.ACKNOWLEDGE, priority).amount + 3 * DEMO.rung(priority).amount <= timedelta(seconds=20)


def test_a_policy_is_read_once() -> None:
    assert policy.load("standard-1") is STANDARD


def test_an_unknown_policy_is_named_with_those_that_are_known() -> None:
    with pytest.raises(UnknownPolicy, match="no policy 'x'; known are: demo-seconds-1, standard-1"):
        policy.load("x")


@given(st.sets(st.sampled_from(policy.OF_REFERRALS.rows), min_size=1))
def test_a_missing_row_is_refused_and_every_one_is_named(names: set[str]) -> None:
    content = {key: value for key, value in written().items() if key not in names}
    assert set(refused(content).gaps) == {f"{name!r} is missing" for name in names}


@given(st.sampled_from(policy.OF_REFERRALS.rows), st.sampled_from(Priority))
def test_a_missing_priority_is_refused(name: str, priority: Priority) -> None:
    content = written()
    del content[name][priority.value]
    assert refused(content).gaps == (f"{name!r} has no {priority.value!r}",)


def test_everything_that_is_wrong_is_said_at_once_in_one_sentence() -> None:
    content = written() | {"lunch": "1 wh", "attempts": 0, "answer": "3 wd"}
    del content["decide"]
    content["triage"] = {"normal": "soon", "high": "0 wh", "urgent": 5, "low": "1 wd"}
    assert str(refused(content)) == (
        "Policy 'standard-1' cannot be used: 'attempts' must be a whole number of at least 1; "
        "'lunch' is not a clock or a setting; "
        "'triage' has an unknown priority 'low'; "
        "'triage' normal: not a span: 'soon' (write it like '2 wd', '4 wh', '7 cd', '24 ch', '30 cm' or '6 cs'); "
        "'triage' high: '0 wh' must be longer than nothing; 'triage' urgent: not a span: 5; "
        "'decide' is missing; 'answer' must give a span for normal, high, urgent."
    )


@pytest.mark.parametrize("text", ["", "- a\n- b", "just words", "a: [", "42"])
def test_a_text_that_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(PolicyInvalid, match="cannot be used"):
        policy.from_text(text)


@pytest.mark.parametrize("version", [None, "", 3])
def test_a_policy_without_a_version_is_refused(version: object) -> None:
    assert refused(written() | {"version": version}).gaps == ("'version' is missing",)


def test_a_file_that_carries_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "from_text", lambda *_: Policy("standard-9", 3, {}))
    with pytest.raises(PolicyInvalid, match="says that it is version 'standard-9'"):
        policy.load.__wrapped__("standard-1")
