"""Cheap phones on poor lines: what a page costs, files and all, for who never opened one before."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import State
from tests.browser.people import Desk

MOST_BYTES = 60_000


async def test_no_page_is_heavier_than_60_kb_for_who_opens_it_for_the_first_time(
    stage: Stage, sits_down: Callable[..., Awaitable[Desk]]
) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    shown = await stage.becomes(stage.pkb, referral, State.OFFERED)
    desk = await sits_down("pkb", service_workers="block")
    family = shown["family"]
    pages = (
        "/work/unit",
        "/refer",
        f"/referrals/{referral}",
        f"/families/{family}",
        f"/families/{family}/refer?service=PKH",
    )
    weights = {path: await _bytes(desk.page, path) for path in pages}
    assert all(weight > 5_000 for weight in weights.values()), "what is weighed did come over the line"
    assert {path: weight for path, weight in weights.items() if weight > MOST_BYTES} == {}


async def _bytes(page: Page, path: str) -> int:
    """Return how many bytes came for *path* with nothing kept from before."""
    told = await page.context.new_cdp_session(page)
    came: list[float] = []
    told.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    await told.send("Network.enable")
    await told.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await page.goto(path, wait_until="load")
    await told.detach()
    return round(sum(came))
