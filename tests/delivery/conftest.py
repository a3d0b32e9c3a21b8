"""One set of servers for all proofs of delivery: they kill it, so nobody else uses it."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.local.home import Home
from deploy.local.servers import TEMPORAL_ADDRESS
from deploy.local.stack import Stack, local_stack
from services.kit.migrations import migrate
from tests.delivery.world import ROOT, World


@pytest.fixture(scope="package")
async def delivery_stack() -> AsyncIterator[Stack]:
    """PostgreSQL and Valkey of their own: these tests kill them. Temporal has no part in delivery."""
    with TemporaryDirectory(prefix="nyekrup-delivery-") as folder, pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv(TEMPORAL_ADDRESS, "127.0.0.1:1")
        home = Home.open(Path(folder) / "home")
        async with local_stack(home, parts=()) as stack:
            elsewhere.undo()
            migrate(stack.servers.database_url("workflows"), ROOT / "workflows/migrations")
            World(stack, Path(folder)).rows("CREATE TABLE effect (event_id uuid NOT NULL)")
            yield stack
        home.purge()


@pytest.fixture
def world(delivery_stack: Stack, tmp_path: Path) -> Iterator[World]:
    """A stream of its own, empty tables; its processes are gone afterwards."""
    world = World(delivery_stack, tmp_path)
    world.rows("TRUNCATE effect, outbox, inbox")
    yield world
    with contextlib.suppress(ProcessLookupError):
        world.stop()
