"""A family's referral from finding to closure, by two people in two browsers that tell each other what happened."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import uuid4

from playwright.async_api import expect

from services.cli.stories.stage import Stage
from services.contracts.wib import WIB
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
    await tksk.page.locator("#asked").fill(family["members"][0]["nik"])
    await tksk.press("Cari")
    await tksk.looks("refer-found")
    await tksk.page.locator(f'a[href="/families/{family["id"]}"]').click()
    await tksk.page.get_by_role("link", name="Komunikasi, Informasi, dan Edukasi").first.click()
    await tksk.page.get_by_label("Apa yang ditemukan").fill("Perlu konseling.")
    await expect(tksk.page.get_by_text("Draf tersimpan pukul")).to_be_visible()
    await tksk.press("Kirim rujukan")
    await expect(tksk.page.locator(".done")).to_be_visible()
    await tksk.looks("referral-sent")
    number = (await tksk.page.locator("h1").inner_text()).split()[0]
    await expect(pkb.page.get_by_text(number)).to_be_visible()
    await pkb.looks("worklist-new")
    await pkb.page.get_by_text(number).click()
    await pkb.does("Ambil untuk dipelajari")
    await expect(tksk.page.get_by_text("Rujukan ini baru saja berubah.")).to_be_visible()
    await pkb.does("Terima rujukan")
    today = datetime.now(WIB).date().isoformat()
    await pkb.does("Catat kontak pertama", Tanggal=today)
    await pkb.looks("referral-in-service")
    served = {"Hasil": "Dilayani sepenuhnya", "Tanggal": today, "Siapa_yang_melayani": "Balai Penyuluhan"}
    await pkb.does("Laporkan hasil", **served)
    await expect(pkb.page.locator(".done")).to_be_visible()
    await tksk.page.get_by_role("link", name="Muat yang terbaru").click()
    await tksk.looks("referral-reported")
    await tksk.does("Konfirmasi hasil")
    await expect(tksk.page.locator(".state").first).to_have_text("Ditutup")
    await expect(pkb.page.get_by_text("Rujukan ini baru saja berubah.")).to_be_visible()
    await tksk.looks("referral-closed")


async def test_a_family_is_referred_by_the_keyboard_alone(
    stage: Stage, sits_down: Callable[..., Awaitable[Desk]]
) -> None:
    family = new_family(stage.village)
    await stage.tksk.post(f"{stage.tksk.addresses.registry}/families", family, key=uuid4())
    desk = await sits_down("tksk")
    await desk.page.keyboard.press("Tab")
    await expect(desk.page.get_by_role("link", name="Langsung ke isi")).to_be_focused()
    await desk.reaches_and_enters("Rujuk keluarga")
    await desk.types_into("Nomor atau nama", family["members"][0]["nik"])
    await desk.enters()
    await desk.reaches_and_enters("Pilih keluarga ini")
    await desk.reaches_and_enters("Komunikasi, Informasi, dan Edukasi keluarga (KIE)")
    await desk.types_into("Apa yang ditemukan", "Ditulis dengan papan ketik.")
    await desk.reaches_and_enters("Kirim rujukan")
    await expect(desk.page.locator(".done")).to_be_visible()
    await desk.reaches("Tarik kembali rujukan")
    await desk.page.keyboard.press("Enter")
    await desk.types_into("Keterangan", "Salah keluarga.")
