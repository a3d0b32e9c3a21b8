"""What all tests share: one set of real servers in a throw-away home, and which of them keep together."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from deploy.local.home import Home
from deploy.local.stack import Stack, local_stack

TESTS = Path(__file__).parent
# Tests that share what takes seconds to start stay with one worker. The slowest come first, so that all workers end at
# about the same time; what is not named needs nothing and fills the gaps.
TOGETHER = (
    "books/",
    "story/",
    "browser/",
    "chaos/test_chaos_run",
    "delivery/",
    "integration/test_bench",
    "integration/test_notify",
    "integration/test_local_servers",
    "integration/test_registry",
    "golden/",
    "linking/",
    "workflow/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in that order."""
    items.sort(key=lambda item: _group(item.path.relative_to(TESTS).as_posix()))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Give each of several workers one group after the other."""
    return Groups(config, log)


class Groups(LoadScopeScheduling):
    """One unit of work is a group of TOGETHER, or a file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0].removeprefix("tests/")
        group = _group(file)
        return TOGETHER[group] if group < len(TOGETHER) else file


def _group(file: str) -> int:
    return next((number for number, prefix in enumerate(TOGETHER) if file.startswith(prefix)), len(TOGETHER))


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
