"""The simulated caseworkers: whatever they see, what they do next is allowed, and every story ends."""

import random

import pytest

from services.cli.chaos.stories import Plot, Step, Story
from services.contracts.lifecycle import FINAL, RULES, Action, Party, State


@pytest.mark.parametrize("plot", Plot)
@pytest.mark.parametrize("state", State)
def test_what_they_do_is_in_the_table(plot: Plot, state: State) -> None:
    step = Story(plot, notes=1).next({"state": state, "parked": None})
    if isinstance(step, Step):
        by = RULES[state, step.action].by
        sides = {Party.SENDER} if step.sender else {Party.RECEIVER, Party.RECEIVING_WORKER}
        assert by & sides


@pytest.mark.parametrize("plot", Plot)
def test_nothing_is_left_to_do_at_the_end(plot: Plot) -> None:
    assert [Story(plot, notes=0).next({"state": state}) for state in FINAL] == [None] * len(FINAL)


def test_what_waits_for_a_person_to_route_it_is_recalled() -> None:
    step = Story(Plot.SERVED, notes=0).next({"state": "rerouting", "parked": "no_unit"})
    assert isinstance(step, Step)
    assert step.action is Action.RECALL


def test_every_plot_is_drawn() -> None:
    dice = random.Random(1)
    assert {Story.draw(dice).plot for _ in range(300)} == set(Plot)
