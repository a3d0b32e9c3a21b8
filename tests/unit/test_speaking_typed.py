"""What a form about a speaker says is what the record takes, and nothing of it is guessed."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.console.speaking import typed as forms
from services.contracts.speaking.codes import AgeGroup
from services.referral.speaking import orders

DAYS = st.dates(date(2026, 12, 1), date(2027, 11, 30)).map(str)
QUARTERS = st.builds(lambda hour, part: f"{hour:02}:{part * 15:02}", st.integers(6, 20), st.integers(0, 3))
SPEAKER = "019cac0f-2680-7c11-9a3e-5b1f0a6c2d01"


@given(DAYS, QUARTERS, st.sampled_from(forms.LENGTHS))
def test_a_day_a_time_and_a_length_are_one_session_in_western_time(day: str, time: str, minutes: int) -> None:
    told = {"day_1": day, "time_1": time, "minutes": str(minutes)}
    wanted = orders.Wanted.model_validate(forms.when(told))
    (period,) = wanted.periods()
    assert period.starts_at.isoformat() == f"{day}T{time}:00+07:00"
    assert period.ends_at - period.starts_at == timedelta(minutes=minutes)


@given(DAYS, st.sampled_from(forms.RHYTHMS), st.integers(2, 26))
def test_a_rhythm_makes_a_series_of_the_first_time(day: str, days: int, times: int) -> None:
    told = {"day_1": day, "time_1": "09:00", "minutes": "90", "every_days": str(days), "times": str(times)}
    periods = orders.Wanted.model_validate(forms.when(told)).periods()
    assert len(periods) == times
    assert {after.starts_at - before.starts_at for before, after in pairwise(periods)} == {timedelta(days=days)}


def test_a_group_is_counted_by_age_and_nobody_is_counted_who_was_not_named() -> None:
    told = {"people_10_14": "12", "people_15_19": " 30 ", "people_under_10": "", "people_25_plus": "0"}
    assert forms.counts(told) == {"10_14": "12", "15_19": "30"}
    order = orders.Report.model_validate(forms.report({"session": "1", **told}))
    assert order.attendance == {AgeGroup.FROM_10_TO_14: 12, AgeGroup.FROM_15_TO_19: 30}


def test_a_session_that_was_not_held_has_a_reason_and_nobody_who_came() -> None:
    order = orders.Report.model_validate(forms.report({"session": "2", "reason": "nobody_came", "people_10_14": "3"}))
    assert (order.session, order.reason, order.attendance) == (2, "nobody_came", {})


@pytest.mark.parametrize(
    ("told", "times", "choice"),
    [
        ({"choice": "1"}, 0, 1),
        ({"choice": "other", "day_1": "2026-12-03", "time_1": "10:00", "minutes": "60"}, 1, 0),
    ],
)
def test_a_proposal_takes_a_wanted_time_or_another_one(told: dict[str, str], times: int, choice: int) -> None:
    order = orders.Propose.model_validate(forms.proposal({"speaker": SPEAKER, **told}))
    assert (len(order.times), order.choice) == (times, choice)


@pytest.mark.parametrize("told", [{}, {"day_1": "2026-12-03"}, {"time_1": "09:00"}, {"day_1": "x", "time_1": "y"}])
def test_what_is_half_typed_is_refused_by_the_record_and_not_made_up(told: dict[str, str]) -> None:
    body: dict[str, Any] = forms.when(told)
    with pytest.raises(ValidationError):
        orders.Wanted.model_validate(body)
