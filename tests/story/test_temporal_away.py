"""Story 9: Temporal is away longer than the whole retry backoff, and afterwards nothing is missing."""

from deploy.local.stack import Stack
from services.cli.demo import Programme, play
from services.cli.stories.repertoire import STORIES
from services.cli.stories.stage import Stage
from services.contracts.events import GROUPS
from services.kit.dead_letters import dead_letters
from services.kit.streams import stream_client


async def test_an_outage_longer_than_the_whole_backoff_refuses_nothing_and_leaves_no_dead_letter(
    stack: Stack, stage: Stage
) -> None:
    programme = Programme()
    (story,) = [story for story in STORIES if story.alone]
    await play(story, stage, programme)
    assert programme.ended[story.number] == "well", programme.lines[story.number]
    client = stream_client(stack.servers.redis_url("admin"))
    try:
        for stream in GROUPS:
            assert await dead_letters(client, stream) == []
    finally:
        await client.aclose()
