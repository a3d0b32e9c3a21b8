"""A family's referral from finding to closure, by two people in two browsers that tell each other what happened."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

from playwright.async_api import expect

from services.cli.stories.stage import Stage
from tests.browser.people import Desk
from tests.integration.registry_fixtures import new_family


async def test_two_people_refer_take_on_serve_and_close_and_each_sees_what_the_other_did(
    stage: Stage, sits_down: Callable[..., Awaitable[Desk]]
) -> None:
    family = new_family(stage.village)
    await stage.tksk.post(f"{stage.tksk.addresses.registry}/families", family, key=uuid4())
    tksk, pkb = await sits_down("tksk"), await sits_down("pkb")
    await tksk.looks("worklist-empty")
    await tksk.page.goto("/refer")
    await tksk.looks("refer-find")
    await tksk.page.locator("#asked").fill(family["members"][0]["nik"])
    await tksk.press("Cari")
    await tksk.looks("refer-found")
    await tksk.page.locator(f'a[href="/families/{family["id"]}"]').click()
    await tksk.looks("family")
    await tksk.page.get_by_role("link", name="Komunikasi, Informasi, dan Edukasi").first.click()
    await tksk.looks("refer-reasons")
    await tksk.page.get_by_label("Apa yang ditemukan").fill("Perlu konseling.")
    await tksk.press("Kirim rujukan")
    await expect(tksk.page.locator(".done")).to_be_visible()
    await tksk.looks("referral-sent")
    number = (await tksk.page.locator("h1").inner_text()).split()[-1]
    await expect(pkb.page.get_by_text(number)).to_be_visible()
    await pkb.looks("worklist-new")
