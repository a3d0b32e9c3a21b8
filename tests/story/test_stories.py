"""The stories that the product is for. They wait for clocks, so those that can are played side by side."""

import pytest

from services.cli.demo import Programme
from services.cli.stories.repertoire import STORIES, Story

TOGETHER = [story for story in STORIES if not story.alone]


@pytest.mark.parametrize("story", TOGETHER, ids=lambda story: story.number)
def test_the_story_ends_as_it_should(programme: Programme, story: Story) -> None:
    assert programme.ended[story.number] == "well", programme.lines[story.number]
