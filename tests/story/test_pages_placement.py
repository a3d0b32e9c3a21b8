"""What an institution and those who refer to it see and do on pages."""

import re
from datetime import date, timedelta

import pytest

from deploy.local.stack import Stack
from services.cli.stories import homes
from services.cli.stories.people import NotDone
from services.cli.stories.stage import Stage
from services.contracts.lifecycle import Action
from tests.story.pages import browser, pages, signed_in

pytestmark = pytest.mark.timeout(120)


async def test_places_are_offered_in_turn_with_a_preview_and_whoever_comes_stands_on_the_hand_over_list(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = await homes.one_place(stage)
    first, second = [await homes.studied(stage) for _ in range(2)]
    number = (await stage.upt.show(first))["number"]
    async with pages(stack, monkeypatch) as app, browser(app) as lead, browser(app) as sender:
        await signed_in(lead, stack, stage.upt_supervisor.staff_no)
        for referral in (first, second):
            await lead.opens(f"/referrals/{referral}")
            assert "tempat kosong" in lead.shown
            assert await lead.sends(f"/referrals/{referral}/enlist", intake=intake) == 200
        await signed_in(sender, stack, stage.pkb.staff_no)
        await sender.opens(f"/referrals/{second}")
        assert "Urutan 2 dari 2" in sender.shown
        address = f"/placement/waiting/{homes.HOUSE}/{homes.PSBR}"
        await lead.opens("/placement")
        assert f"{address}?intake={intake}" in lead.shown
        await lead.opens(f"{address}?intake={intake}")
        assert await lead.sends(f"{address}/preview", count="1") == 200
        assert "Tempat akan ditawarkan kepada 1 rujukan" in lead.shown
        picks = re.findall(r'name="pick" value="([^"]+)"', lead.shown)
        assert await lead.sends(address, pick=picks) == 200
        assert "1 dari 1 rujukan sudah ditawari tempat" in lead.shown
        await sender.opens(f"/referrals/{first}")
        assert await sender.sends(f"/referrals/{first}/take_place") == 200
        assert await lead.opens(f"/placement/intakes/{intake}/hand-over") == 200
        assert number in lead.shown
        listed = await lead.http.get(f"/placement/intakes/{intake}/hand-over.csv")
        assert number in listed.text
        assert await sender.opens(f"/placement/intakes/{intake}/hand-over") == 403
    await stage.pkb.act(second, Action.RECALL, text="Tidak jadi.")


async def test_an_intake_is_opened_and_changed_by_who_leads_the_house_and_shown_to_who_refers(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = date.today() + timedelta(days=400)
    days = {"opens_on": str(later), "closes_on": str(later + timedelta(days=9)), "starts_on": str(later), "places": "5"}
    body = {"id": "01a2070e-1c00-7a44-8f10-3b5d2e6a9f01", "unit": homes.HOUSE, "service": homes.PSBR}
    with pytest.raises(NotDone, match=r"auth\.forbidden"):
        await stage.pkb_supervisor.post(f"{stage.pkb.addresses.referral}/intakes", {**body, **days})
    async with pages(stack, monkeypatch) as app, browser(app) as lead, browser(app) as worker:
        await signed_in(lead, stack, stage.upt_supervisor.staff_no)
        await lead.opens("/placement")
        assert await lead.sends("/placement/intakes", **days) == 422
        assert "Tanggal belum berurutan" in lead.shown
        assert f'value="{later}"' in lead.shown
        days["starts_on"] = str(later + timedelta(days=30))
        assert await lead.sends("/placement/intakes", **days) == 200
        assert "Masa penerimaan tersimpan" in lead.shown
        await signed_in(worker, stack, stage.upt.staff_no)
        await worker.opens("/placement")
        assert "pendaftaran belum dibuka" in worker.shown
        assert "Buka masa penerimaan baru" not in worker.shown


async def test_who_refers_a_youth_reads_which_entry_rule_is_not_met_and_may_ask_for_an_exception(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = await stage.pkb.record_family(stage.village)
    address = f"/families/{family}/refer"
    async with pages(stack, monkeypatch) as app, browser(app) as sender:
        await signed_in(sender, stack, stage.pkb.staff_no)

        async def known() -> bool:
            return await sender.opens(f"{address}?service={homes.PSBR}") == 200

        await stage.until(known, "the family is there")
        said = {**homes.a_youth(), "schooling": "in_school", "finding": "Ingin belajar menjahit.",
                "priority": "normal", "basis": "public_task", "then": "submit"}  # fmt: skip
        assert await sender.sends(address, **said) == 422
        assert "bukan putus sekolah" in sender.shown
        assert "Tetap ajukan sebagai pengecualian" in sender.shown
        exception = {"exception": "1", "exception_text": "Sekolahnya tutup."}
        assert await sender.sends(address, **said, **exception) == 200
        assert "Pengecualian dari syarat masuk" in sender.shown
