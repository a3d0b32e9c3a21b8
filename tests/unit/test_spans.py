"""The median that is told lies beside the true one, however long things took."""

from collections import Counter
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as st

from services.referral.spans import median, middle, span_of

SECONDS = st.floats(min_value=1, max_value=4e7)


@given(st.lists(SECONDS, min_size=1, max_size=50))
def test_the_median_of_the_classes_is_within_three_in_a_hundred_of_the_true_one(took: list[float]) -> None:
    told = median(Counter(map(span_of, took)))
    assert told is not None
    assert abs(told - median_low(took)) <= 0.03 * median_low(took)


def test_of_nothing_there_is_no_median_and_what_took_no_time_is_in_the_first_class() -> None:
    assert median({}) is None
    assert span_of(0) == span_of(-1) == 0
    assert 1 < middle(0) < 1.05
