import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.local.home import Home
from deploy.local.stack import Stack, local_stack
from services.kit.migrations import migrate
from tests.integration.delivery_world import ROOT, World


@pytest.fixture(scope="module")
async def delivery_stack() -> AsyncIterator[Stack]:
    """Servers of its own: these tests kill them."""
    with TemporaryDirectory(prefix="nyekrup-delivery-") as folder:
        home = Home.open(Path(folder) / "home")
        async with local_stack(home, parts=()) as stack:
            migrate(stack.servers.database_url("workflows"), ROOT / "workflows/migrations")
            yield stack
        home.purge()


@pytest.fixture
def world(delivery_stack: Stack, tmp_path: Path) -> Iterator[World]:
    world = World(delivery_stack, tmp_path)
    world.rows("CREATE TABLE IF NOT EXISTS effect (event_id uuid NOT NULL)")
    world.rows("TRUNCATE effect, outbox, inbox")
    yield world
    with contextlib.suppress(ProcessLookupError):
        world.stop()
