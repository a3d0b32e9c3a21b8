"""What all tests share: one set of real servers in a throw-away home."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy.local.home import Home
from deploy.local.stack import Stack, local_stack


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """A data folder for the session, removed afterwards with all that was made for it."""
    with tempfile.TemporaryDirectory(prefix="nyekrup-test-") as folder:
        home = Home.open(Path(folder) / "home")
        yield home
        home.purge()


@pytest.fixture(scope="session")
async def servers(home: Home) -> AsyncIterator[Stack]:
    """PostgreSQL, Valkey and Temporal, without any part of ours."""
    async with local_stack(home, parts=()) as stack:
        yield stack
