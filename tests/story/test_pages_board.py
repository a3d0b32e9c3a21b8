"""The pages of those who lead, repair or watch: each number leads to its list, and nobody sees what is not theirs."""

import asyncio
import csv
import io
import re

import pytest

from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.console.live import EVERYTHING
from services.contracts.codes import Service
from tests.story.pages import Browser, browser, pages, signed_in

pytestmark = pytest.mark.timeout(120)


def _figures(page: Browser) -> dict[str, int]:
    """Return every number of the board that is a link, by where it leads."""
    found = re.findall(r'<a class="(?:big|figure)" href="(/board/list\?[^"]*)">([\d.]+)</a>', page.shown)
    return {address: int(number.replace(".", "")) for address, number in found}


def _rows(page: Browser) -> int:
    return len(re.findall(r'<span class="number">', page.shown))


async def test_an_operator_begins_at_the_board_and_each_number_is_as_many_as_its_list_has(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, "offered")
    async with pages(stack, monkeypatch) as app, browser(app) as operator:
        await signed_in(operator, stack, stage.operator.staff_no, lands_on="Lama tiap langkah")
        assert operator.shown.count("<h1") == 1
        assert "Kt. Surabaya" in operator.shown
        assert len(_figures(operator)) > 40

        async def the_same() -> bool:
            """True in a moment in which no clock moved a referral between the number and its list."""
            await operator.opens("/board/figures")
            told = {address: number for address, number in _figures(operator).items() if number <= 50}
            both = [each for each in told if "agency_from" not in each and "region" not in each]
            wanted = [each for each in both if "state=offered" in each or "due=" in each or "moved=" in each]
            for address in wanted:
                assert await operator.opens(address) == 200
                if _rows(operator) != told[address]:
                    return False
            return len(wanted) > 3

        await stage.until(the_same, "each number is as many as its list has")
        assert await operator.opens("/board/list?state=offered&service=KIE") == 200
        number = (await stage.tksk.show(referral))["number"]
        assert number in operator.shown or "after=" in operator.shown
        assert f"/operate/referrals/{referral}" in operator.shown or "after=" in operator.shown
        assert await operator.opens("/board/list?moved=came") == 422, "a day is missing"
        answer = await operator.http.get("/board")
        assert len(answer.content) < 120_000
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "style=" not in answer.text


async def test_a_coordinator_sees_the_own_area_only_and_a_caseworker_none(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app, browser(app) as lead, browser(app) as tksk:
        await signed_in(lead, stack, stage.dinsos_kab_coordinator.staff_no)
        assert await lead.opens("/board") == 200
        assert "Kabupaten Sidoarjo" in lead.shown
        assert 'class="map"' not in lead.shown
        for address in ("/board?under=35.16", "/board/list?region=35.16", "/counts?area=35"):
            assert await lead.opens(address) == 403, address
        assert await lead.opens("/books") == 200
        assert '<option value="35.15" selected>' in lead.shown, "it begins with the own area"
        await signed_in(tksk, stack, stage.tksk.staff_no)
        assert "/board" not in tksk.shown
        for address in ("/board", "/board/list", "/books", "/counts"):
            assert await tksk.opens(address) == 403, address


async def test_counts_only_hide_the_same_in_the_page_and_in_the_file(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.becomes(stage.pkb, await stage.referred(stage.tksk, Service.DASHAT), "offered")
    async with pages(stack, monkeypatch) as app, browser(app) as dpo:
        await signed_in(dpo, stack, stage.dpo.staff_no, lands_on="Lama tiap langkah")
        assert await dpo.opens("/counts") == 200
        assert "disembunyikan" in dpo.shown
        answer = await dpo.http.get("/counts/table.csv")
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
        numbers = [row["number"] for row in rows if row["column"] != "in_time_percent"]
        assert "*" in numbers
        assert {each for each in numbers if each in {"1", "2", "3", "4"}} == set()
        assert await dpo.sends("/language", language="en") == 200
        await dpo.opens("/counts")
        assert "Families at risk of stunting" in dpo.shown


async def test_the_joint_report_says_the_same_in_the_page_and_in_the_file(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.becomes(stage.pkb, await stage.referred(stage.tksk, Service.KIE), "offered")
    async with pages(stack, monkeypatch) as app, browser(app) as lead:
        await signed_in(lead, stack, stage.dinsos_kab_coordinator.staff_no)
        assert await lead.opens("/joint-report") == 200, lead.shown
        assert "Triwulan ini masih berjalan." in lead.shown
        answer = await lead.http.get("/joint-report/table.csv")
        rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
        sent = {(row["code"], row["of"]): int(row["number"]) for row in rows if row["column"] == "sent"}
        assert sent["35.15", "dinsos-bkkbn"] > 0
        assert f"<td>{sent['35.15', 'dinsos-bkkbn']}</td>" in lead.shown
        assert await lead.opens("/joint-report?quarter=2020-Q1") == 200
        assert "Belum ada dalam triwulan ini." in lead.shown
        assert await lead.opens("/joint-report?area=35.16") == 403
        assert await lead.opens("/joint-report?quarter=2026-Q5") == 422


async def test_the_books_balance_now_and_say_what_was_found(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app, browser(app) as operator:
        await signed_in(operator, stack, stage.operator.staff_no, lands_on="Lama tiap langkah")

        async def balanced() -> bool:
            return await operator.opens("/books?from=nonsense&to=2026-11-20") == 200 and "Seimbang." in operator.shown

        await stage.until(balanced, "the books balance")
        assert await operator.opens("/books?book=speakers") == 200
        assert "Narasumber pernah diminta" in operator.shown
        answer = await operator.http.get("/books/lines.csv?from=2020-01-01&to=2020-02-20")
        assert answer.headers["content-disposition"] == 'attachment; filename="nyekrup-books-2020-01-21-2020-02-20.csv"'
        assert answer.text.lstrip("\ufeff").startswith("position,day,agency,area,live_before")


async def test_a_board_hears_of_every_referral_whoever_has_it(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app:
        live, changes = app.state.live, app.state.live.changes(EVERYTHING)
        reading = asyncio.create_task(live.run())
        heard = asyncio.create_task(anext(changes))

        async def something_happens() -> bool:
            await stage.referred(stage.tksk, Service.PIK_R)
            return heard.done()

        await stage.until(something_happens, "the board hears of it")
        assert await heard is True
        reading.cancel()
        await changes.aclose()
