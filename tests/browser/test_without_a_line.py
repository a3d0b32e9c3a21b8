"""Poor lines: what was opened can be read, what was written is sent once, and a conflict is shown."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

from playwright.async_api import Route, expect

from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action, State
from tests.browser.people import Desk
from tests.integration.registry_fixtures import new_family


async def test_a_draft_made_without_a_line_is_sent_once_when_the_line_is_back(
    stage: Stage, sits_down: Callable[..., Awaitable[Desk]]
) -> None:
    family = new_family(stage.village)
    registry, record = stage.tksk.addresses.registry, stage.tksk.addresses.referral
    await stage.tksk.post(f"{registry}/families", family, key=uuid4())
    desk = await sits_down("tksk")
    await desk.is_looked_after()
    await desk.page.goto("/work/sent")
    await desk.page.goto(f"/work/mine?region={stage.village}")
    assert "/work/mine" not in await desk.kept(), "a part of a list is not kept for the list"
    await desk.page.goto(f"/families/{family['id']}/refer?service=KIE")
    await desk.page.context.set_offline(True)
    await desk.page.get_by_label("Apa yang ditemukan").fill("Ditulis tanpa sinyal.")
    await desk.press("Kirim rujukan")
    await expect(desk.page.get_by_text("Ditulis tanpa sinyal.")).to_be_visible()
    await desk.looks("unsent")
    await desk.page.goto("/work/sent")
    await expect(desk.page.locator("#kept")).to_be_visible()
    await desk.looks("worklist-without-line")
    await desk.page.context.set_offline(False)
    await desk.page.goto("/unsent")
    await expect(desk.page.get_by_text("Semua sudah terkirim.")).to_be_visible(timeout=30_000)
    made = await stage.tksk.get(f"{record}/families/{family['id']}/referrals")
    assert [each["service"] for each in made] == [Service.KIE]
    assert made[0]["state"] != State.DRAFT


async def test_an_action_made_without_a_line_that_came_too_late_is_shown_and_overwrites_nothing(
    stage: Stage, sits_down: Callable[..., Awaitable[Desk]]
) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, State.OFFERED)
    desk = await sits_down("pkb")
    await desk.is_looked_after()
    await desk.page.goto(f"/referrals/{referral}")
    await desk.page.context.set_offline(True)
    await desk.does("Tolak rujukan", Alasan="Petugas atau tempat sedang penuh", Keterangan="Kami penuh.")
    await expect(desk.page.get_by_text("Kami penuh.")).to_be_visible()
    await stage.pkb.act(referral, Action.CLAIM)
    await desk.page.context.set_offline(False)
    await expect(desk.page.get_by_text("Tidak diterima")).to_be_visible(timeout=30_000)
    await desk.looks("unsent-refused")
    assert (await stage.pkb.show(referral))["state"] == State.RECEIVED
    await desk.press("Lihat alasannya dan isi lagi")
    await expect(desk.page.get_by_role("alert")).to_be_visible()
    await expect(desk.page.get_by_text("Kami penuh.")).to_be_visible()
    await desk.looks("referral-outdated")


async def test_the_page_of_what_waits_says_that_all_is_sent_only_once_it_has_looked(
    sits_down: Callable[..., Awaitable[Desk]],
) -> None:
    desk = await sits_down("tksk")
    await desk.is_looked_after()
    asked = asyncio.Event()

    async def keep_waiting(route: Route) -> None:
        asked.set()

    await desk.page.route("**/session", keep_waiting)
    await desk.page.goto("/unsent", wait_until="commit")
    await asked.wait()
    await expect(desk.page.get_by_role("heading", name="Belum terkirim")).to_be_visible()
    await expect(desk.page.get_by_text("Semua sudah terkirim.")).to_be_hidden()
    await desk.page.unroute("**/session")
    await desk.page.reload()
    await expect(desk.page.get_by_text("Semua sudah terkirim.")).to_be_visible()


async def test_a_phone_can_install_the_pages(sits_down: Callable[..., Awaitable[Desk]]) -> None:
    desk = await sits_down("tksk")
    await desk.is_looked_after()
    told = await desk.page.context.new_cdp_session(desk.page)
    errors = (await told.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    # Each person of a test sits at a private window, and from a private window nothing is installed.
    assert [each["errorId"] for each in errors] == ["in-incognito"]
    manifest = await told.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest")


async def test_who_signs_out_leaves_nothing_to_read_behind(
    stage: Stage, sits_down: Callable[..., Awaitable[Desk]]
) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    desk = await sits_down("tksk")
    await desk.is_looked_after()
    await desk.page.goto(f"/referrals/{referral}")
    await desk.page.goto("/work/sent")
    assert f"/referrals/{referral}" in await desk.kept()
    await desk.press("Keluar")
    await expect(desk.page.get_by_label("Kata sandi")).to_be_visible()
    assert await desk.kept() == []
