"""What all tests share: one set of real servers in a throw-away home, and which of them keep together."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy.local.home import Home
from deploy.local.stack import Stack, local_stack

TESTS = Path(__file__).parent
# Tests that share what takes seconds to start stay with one worker. The slowest come first, so that all workers end at
# about the same time; what is not named needs nothing and fills the gaps.
TOGETHER = (
    "books/",
    "story/",
    "chaos/test_chaos_run",
    "delivery/",
    "integration/test_bench",
    "integration/test_notify",
    "integration/test_local_servers",
    "integration/test_registry",
    "golden/",
    "workflow/",
)


@pytest.hookimpl(tryfirst=True)  # the workers read the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in that order, and name the group of each for `--dist loadgroup`."""
    for item in items:
        group = _group(item)
        if group < len(TOGETHER):
            item.add_marker(pytest.mark.xdist_group(TOGETHER[group]))
    items.sort(key=_group)


def _group(item: pytest.Item) -> int:
    path = item.path.relative_to(TESTS).as_posix()
    return next((number for number, prefix in enumerate(TOGETHER) if path.startswith(prefix)), len(TOGETHER))


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
