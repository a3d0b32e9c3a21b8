"""The pages, as two people use them: a family is found, referred, taken on, served and closed, and both see it."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import State
from tests.integration.registry_fixtures import new_family
from tests.story.pages import browser, pages, signed_in

pytestmark = pytest.mark.timeout(120)


async def test_a_family_is_referred_taken_on_served_and_closed_by_two_people_in_their_browsers(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = new_family(stage.village)
    await stage.tksk.post(f"{stage.tksk.addresses.registry}/families", family, key=uuid4())
    async with pages(stack, monkeypatch) as app, browser(app) as tksk, browser(app) as pkb:
        await signed_in(tksk, stack, stage.tksk.staff_no)
        await signed_in(pkb, stack, stage.pkb.staff_no)
        await tksk.opens("/refer")
        await tksk.sends("/refer", by="nik", asked=family["members"][0]["nik"])
        assert f"/families/{family['id']}" in tksk.shown
        await tksk.opens(f"/families/{family['id']}/refer?service=KIE")
        address = f"/families/{family['id']}/refer"

        async def referred() -> bool:
            typed = {"basis": "public_task", "priority": "normal", "finding": "Perlu konseling.", "then": "submit"}
            done = await tksk.sends(address, **typed)
            assert "Perlu konseling." in tksk.shown, "what was typed stays"
            return done == 200

        await stage.until(referred, "the family is known to the record")
        found = re.search(r'action="/referrals/([0-9a-f-]{36})/', tksk.shown)
        assert found is not None
        page = f"/referrals/{found.group(1)}"

        async def offered() -> bool:
            return await pkb.opens(page) == 200 and f'action="{page}/claim"' in pkb.shown

        await stage.until(offered, "the unit is asked")
        assert await pkb.sends(f"{page}/claim") == 200
        stale = pkb.shown
        assert await pkb.sends(f"{page}/accept") == 200
        pkb.shown = stale
        assert await pkb.sends(f"{page}/decline", reason="no_capacity", text="Kami penuh.") == 409
        assert 'role="alert"' in pkb.shown, "an outdated page says so"
        assert await pkb.sends(f"{page}/contact", on="2026-01-05") == 200
        report = {"outcome": "served_full", "on": "2026-01-05", "provider": "Balai Penyuluhan"}
        assert await pkb.sends(f"{page}/report", **report) == 200
        await tksk.opens(page)
        assert await tksk.sends(f"{page}/confirm") == 200
        assert "Selesai" in tksk.shown or "Ditutup" in tksk.shown
        assert await tksk.sends("/language", language="en") == 200
        await tksk.opens("/work/sent")
        assert "Worklist" in tksk.shown


async def test_a_form_of_another_site_is_not_taken_and_whoever_is_not_signed_in_signs_in(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app, browser(app) as reader:
        await reader.opens(f"/referrals/{uuid4()}")
        assert 'name="password"' in reader.shown
        await signed_in(reader, stack, stage.tksk.staff_no)
        assert (await reader.http.post("/refer", data={"csrf": "x", "asked": "1"})).status_code == 403
        await reader.opens("/refer")
        assert await reader.sends("/refer", by="nik", asked="123") == 422
        assert 'value="123"' in reader.shown, "what was typed stays"
        known = re.search(r'name="csrf" value="([^"]+)"', reader.shown)
        assert known is not None
        nonsense = {"csrf": known.group(1), "referral": "x", "service": "y", "expected_version": "z"}
        for address in (f"/families/{uuid4()}/refer", f"/referrals/{uuid4()}/claim"):
            assert (await reader.http.post(address, data=nonsense)).status_code == 403
        answer = await reader.http.get("/work/unit")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert len(answer.content) < 60_000
        assert await reader.opens(f"/referrals/{uuid4()}") == 404


async def test_what_was_typed_outlives_the_sign_in_and_is_sent_after_the_next_one(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app, browser(app) as reader:
        await signed_in(reader, stack, stage.tksk.staff_no)
        await reader.opens("/refer")
        reader.http.cookies.delete("nyekrup")
        assert await reader.sends("/refer", by="name", asked="Contoh Ibu", village=stage.village) == 401
        assert "yang Anda tulis masih ada" in reader.shown
        typed = {"staff_no": stage.tksk.staff_no, "password": stage.tksk.password}
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^>]*)">', reader.shown))
        answer = await reader.http.post("/sign-in", data={"again": hidden["again"], "to": "/", **typed})
        reader.shown = unescape(answer.text)
        assert "Contoh Ibu" in reader.shown
        assert await reader.sends("/refer") == 200
        assert "Hasil pencarian" in reader.shown


async def test_a_restricted_case_is_not_kept_in_the_browser_and_operators_see_its_number_and_clocks(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = await stage.tksk.record_family(stage.village, restricted=True)
    draft = await stage.tksk.draft(family, Service.KIE)
    await stage.submitted(stage.tksk, draft["id"])
    record = f"{stage.operator.addresses.referral}/operations/referrals"
    seen = await stage.operator.get(f"{record}/{draft['id']}")
    (listed,) = (await stage.operator.get(record, number=draft["number"]))["referrals"]
    assert (seen["service"], seen["region"], listed["service"]) == (None, None, None)
    found = (await stage.operator.get(record, service="KIE", limit=200))["referrals"]
    assert draft["id"] not in [each["id"] for each in found]
    async with pages(stack, monkeypatch) as app, browser(app) as reader:
        await signed_in(reader, stack, stage.tksk.staff_no)
        assert (await reader.http.get(f"/referrals/{draft['id']}")).headers["x-keep"] == "no"
    async with pages(stack, monkeypatch) as app, browser(app) as reader:
        await signed_in(reader, stack, stage.operator.staff_no, lands_on="")
        assert await reader.opens(f"/operate/referrals?number={draft['number']}") == 200
        assert await reader.opens(f"/operate/referrals/{draft['id']}") == 200
        assert "KIE" not in reader.shown


async def test_a_list_asks_the_parts_as_often_for_many_rows_as_for_few(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = {
        "pkb": ("/work/unit",),
        "pkb_supervisor": ("/team", "/team/assign", "/team/decisions"),
        "operator": ("/board/list", "/operate/referrals"),
    }
    async with pages(stack, monkeypatch) as app:
        asked = await _asked(app, stage, stack, lists)
        for _ in range(3):
            await stage.becomes(stage.pkb, await stage.referred(stage.tksk, Service.KIE), State.OFFERED)
        assert await _asked(app, stage, stack, lists) == asked


async def _asked(app: Any, stage: Stage, stack: Stack, lists: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many questions to the parts each page takes, opened a second time: names are known then."""
    apis, found, count = app.state.console.apis, {}, 0
    ask = apis.ask

    async def counted(*args: Any, **request: Any) -> Any:
        nonlocal count
        count += 1
        return await ask(*args, **request)

    apis.ask = counted
    for nickname, paths in lists.items():
        async with browser(app) as reader:
            await signed_in(reader, stack, stage.people[nickname].staff_no, lands_on="")
            for path in paths:
                assert await reader.opens(path) == 200
                count = 0
                assert await reader.opens(path) == 200
                found[path] = count
    apis.ask = ask
    return found
