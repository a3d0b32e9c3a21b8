"""The whole product on real servers of its own: these tests take things away that others need."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.local.home import Home
from deploy.local.stack import local_stack
from deploy.local.temporal import DYNAMIC_CONFIG
from services.cli.demo import DEMO_POLICIES, open_stage
from tests.books.house import House

# No pass but those that a test asks for; an inbox that lacks an event shows soon.
QUIET = {**DEMO_POLICIES, "NYEKRUP_BOOKS_INTERVAL_SECONDS": "10000000"}

# Temporal asks for a new run when a history has so many events: 4,096 unless it is told otherwise, a minute of work.
A_LONG_HISTORY = ("limit.historyCount.suggestContinueAsNew", "400")
# And it deletes only what its queues have noted as done, every half a minute unless it is told otherwise.
DELETES_SOON = {
    "history.transferProcessorUpdateAckInterval": '"1s"',
    "history.visibilityProcessorUpdateAckInterval": '"1s"',
}


@pytest.fixture(scope="package")
async def house() -> AsyncIterator[House]:
    with TemporaryDirectory(prefix="nyekrup-books-") as folder:
        home = Home.open(Path(folder) / "home")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (A_LONG_HISTORY, *DELETES_SOON.items()):
                patch.setitem(DYNAMIC_CONFIG, name, value)
            async with local_stack(home, demo=True, env=QUIET) as stack:
                patch.undo()
                stage = await open_stage(stack)
                yield House(stack, stage)
                for person in stage.people.values():
                    await person.close()
        home.purge()
