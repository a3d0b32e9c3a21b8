"""The plan of a chaos run: made from a seed, complete, and never twice on the same sore spot."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.chaos.faults import ACTS
from services.cli.chaos.plan import NARROWEST_SECONDS, ONE_HOST, SHAPES, TWO_HOSTS, Kind, plan

seeds = st.integers(min_value=0, max_value=2**32)
seconds = st.floats(min_value=0, max_value=3600)


@given(seeds, seconds)
def test_the_same_seed_gives_the_same_plan(seed: int, length: float) -> None:
    assert plan(seed, length) == plan(seed, length)


@given(seeds, seconds, st.sampled_from([ONE_HOST, TWO_HOSTS]))
def test_every_kind_of_fault_comes_at_least_once(seed: int, length: float, kinds: tuple[Kind, ...]) -> None:
    assert {fault.kind for fault in plan(seed, length, kinds)} == set(kinds)


@given(seeds, seconds)
def test_faults_come_one_by_one_within_the_time_that_is_theirs(seed: int, length: float) -> None:
    faults = plan(seed, length)
    assert [fault.number for fault in faults] == list(range(1, len(faults) + 1))
    assert all(later.at_seconds - before.at_seconds >= NARROWEST_SECONDS - 0.11 for before, later in pairwise(faults))
    assert faults[-1].at_seconds <= max(length, 60)


@given(seeds, seconds)
def test_a_fault_has_a_target_and_a_length_of_its_kind(seed: int, length: float) -> None:
    for fault in plan(seed, length):
        shortest, longest = SHAPES[fault.kind].seconds
        assert fault.target in SHAPES[fault.kind].targets
        assert shortest - 0.05 <= fault.seconds <= longest + 0.05


@given(seeds)
def test_in_an_hour_everything_that_can_be_killed_is(seed: int) -> None:
    killed = {fault.target for fault in plan(seed, 3600) if fault.kind is Kind.KILL}
    assert killed == set(SHAPES[Kind.KILL].targets)


def test_two_seeds_give_two_plans() -> None:
    assert plan(1, 180) != plan(2, 180)


def test_three_minutes_hold_more_than_thirty_faults() -> None:
    assert len(plan(1, 180)) >= 30


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_done(kind: Kind) -> None:
    assert kind in ACTS
