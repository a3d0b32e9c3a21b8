"""The whole product on real servers, started once for all stories, with a policy that counts in seconds."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.local.home import Home
from deploy.local.stack import Stack, local_stack
from services.cli.demo import DEMO_POLICIES, Programme, open_stage, play
from services.cli.stories.repertoire import STORIES
from services.cli.stories.stage import Stage

# A backoff that is over long before the outage of story 9 is: an outage must leave no dead letter.
IMPATIENT = {
    "NYEKRUP_RETRY_BASE_SECONDS": "0.1",
    "NYEKRUP_RETRY_CAP_SECONDS": "0.5",
    "NYEKRUP_DELIVERY_CAP": "4",
}


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    with TemporaryDirectory(prefix="nyekrup-story-") as folder:
        home = Home.open(Path(folder) / "home")
        async with local_stack(home, demo=True, env={**DEMO_POLICIES, **IMPATIENT}) as stack:
            yield stack
        home.purge()


@pytest.fixture(scope="package")
async def stage(stack: Stack) -> AsyncIterator[Stage]:
    stage = await open_stage(stack)
    stage.outage_seconds = 12.0
    yield stage
    for person in stage.people.values():
        await person.close()


@pytest.fixture(scope="package")
async def programme(stage: Stage) -> Programme:
    """All stories that may share the stage, played at once."""
    programme = Programme()
    await asyncio.gather(*(play(story, stage, programme) for story in STORIES if not story.alone))
    return programme
