"""A page on a poor line, 400 kbit/s and 400 ms to the server and back: it can be used within two seconds.

By its name only: it looks at a clock. The line is Chromium's own simulation, the time is what the browser says itself.
"""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import CDPSession, Page

from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import State
from tests.browser.conftest import chrome, sits_down, stack, stage
from tests.browser.people import Desk

__all__ = ["chrome", "sits_down", "stack", "stage"]

LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
MOST_MS = 2_000
# When all that the page needs has run, counted from the click. The request is on its way for a line's delay itself.
_USABLE = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


@pytest.mark.parametrize("known", [False, True], ids=["for the first time", "with its files known"])
async def test_a_page_can_be_used_within_two_seconds(
    stage: Stage, sits_down: Callable[..., Awaitable[Desk]], known: bool
) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    shown = await stage.becomes(stage.pkb, referral, State.OFFERED)
    desk = await sits_down("pkb", service_workers="block")
    line = await desk.page.context.new_cdp_session(desk.page)
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", LINE)
    await line.send("Network.setCacheDisabled", {"cacheDisabled": not known})
    pages = ("/work/unit", "/refer", f"/referrals/{referral}", f"/families/{shown['family']}")
    took = {path: await _usable(desk.page, path) for path in pages}
    floor = await _floor(desk.page, line)
    print(f"\nms: {took}; a file of ten bytes over the same line: {floor}")
    assert max(took.values()) < MOST_MS
    assert min(took.values()) > LINE["latency"], "the line was as poor as it should be"


async def _usable(page: Page, path: str) -> int:
    await page.goto(path, wait_until="load")
    return round(await page.evaluate(_USABLE))


async def _floor(page: Page, line: CDPSession) -> int:
    """Return how long the shortest answer takes over the line."""
    await line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return round(
        await page.evaluate("async () => { const began = performance.now(); await (await fetch('/health')).text();"
                            " return performance.now() - began; }")
    )  # fmt: skip
