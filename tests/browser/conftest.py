"""The whole product with its pages, started once, and people at browsers of their own."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from deploy.local.home import Home
from deploy.local.parts import WITH_PAGES
from deploy.local.stack import Stack, local_stack
from services.cli.demo import open_stage
from services.cli.stories.stage import Stage
from tests.browser.chromium import CHOSEN, chromium, required
from tests.browser.people import Desk

# As few as possible of the requests that a browser makes by itself.
QUIET = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the walks out where there is no browser, unless one is required."""
    here = Path(__file__).parent
    walks = [item for item in items if here in item.path.parents]
    if walks and not required() and chromium() is None:
        for walk in walks:
            walk.add_marker(pytest.mark.skip(reason=f"no Chromium on this machine; {CHOSEN} names one"))


@pytest.fixture(scope="package")
async def stack() -> AsyncIterator[Stack]:
    with TemporaryDirectory(prefix="nyekrup-browser-") as folder:
        home = Home.open(Path(folder) / "home")
        async with local_stack(home, WITH_PAGES, demo=True) as stack:
            yield stack
        home.purge()


@pytest.fixture(scope="package")
async def stage(stack: Stack) -> AsyncIterator[Stage]:
    stage = await open_stage(stack)
    yield stage
    for person in stage.people.values():
        await person.close()


@pytest.fixture(scope="package")
async def chrome() -> AsyncIterator[Browser]:
    program = chromium()
    assert program is not None, "no Chromium: `make test` installs one where it can"
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium has no sandbox for root
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*QUIET, *alone])
        yield browser
        await browser.close()


@pytest.fixture
async def sits_down(chrome: Browser, stage: Stage, stack: Stack) -> AsyncIterator[Callable[..., Awaitable[Desk]]]:
    """`await sits_down("tksk")`: that person of the stage, signed in at a browser of their own."""
    async with AsyncExitStack() as open_until_the_end:

        async def sit(nickname: str, **settings: Any) -> Desk:
            context = await chrome.new_context(
                base_url=f"http://{stack.ports.address('console')}", locale="id-ID", **settings
            )
            open_until_the_end.push_async_callback(context.close)
            desk, person = Desk(await context.new_page()), stage.people[nickname]
            await desk.sign_in(person.staff_no, person.password)
            return desk

        yield sit
