"""The pages, as two people use them: a family is found, referred, taken on, served and closed, and both see it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.parts import CONSOLE, part_settings
from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.console.__main__ import create_app
from services.console.apis import Apis
from services.console.forms import Forms
from services.console.live import Live
from services.console.settings import ConsoleSettings
from services.console.visit import Console
from services.kit.clock import system_clock
from services.kit.crypto import Keyring
from services.kit.health import Health
from tests.integration.registry_fixtures import new_family

pytestmark = pytest.mark.timeout(120)


@dataclass
class Browser:
    """A browser without JavaScript: it follows links, fills in forms and keeps cookies."""

    http: httpx.AsyncClient
    shown: str = ""

    async def opens(self, address: str) -> int:
        return self._shows(await self.http.get(address))

    async def sends(self, address: str, **fields: str) -> int:
        """Send the form that the page shows for *address*, its hidden fields and what is typed."""
        found = re.search(rf'action="{re.escape(address)}".*?</form>', self.shown, re.DOTALL)
        assert found is not None, f"no form for {address}"
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', found.group())
        return self._shows(await self.http.post(address, data={**dict(hidden), **fields}))

    def _shows(self, answer: httpx.Response) -> int:
        self.shown = unescape(answer.text)
        return answer.status_code


@asynccontextmanager
async def _pages(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    settings = part_settings(CONSOLE, stack.home, stack.ports, stack.servers, demo=True)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    read = ConsoleSettings()
    apis, live = Apis(read), Live(read.redis_url)
    console = Console(apis, Keyring.load(read.session_key), system_clock(0.0), secure=False)
    try:
        yield create_app(console, Forms(apis), live, Health())
    finally:
        await live.close()
        await apis.close()


@asynccontextmanager
async def _browser(app: Any) -> AsyncIterator[Browser]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True) as http:
        yield Browser(http)


async def _signed_in(browser: Browser, stack: Stack, staff_no: str, lands_on: str = "Daftar kerja") -> None:
    accounts = json.loads((stack.home.path / "demo-accounts.json").read_text())
    password = next(each["password"] for each in accounts if each["staff_no"] == staff_no)
    await browser.opens("/")
    assert await browser.sends("/sign-in", staff_no=staff_no, password=password) == 200
    assert lands_on in browser.shown


async def test_a_family_is_referred_taken_on_served_and_closed_by_two_people_in_their_browsers(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = new_family(stage.village)
    await stage.tksk.post(f"{stage.tksk.addresses.registry}/families", family, key=uuid4())
    async with _pages(stack, monkeypatch) as app, _browser(app) as tksk, _browser(app) as pkb:
        await _signed_in(tksk, stack, stage.tksk.staff_no)
        await _signed_in(pkb, stack, stage.pkb.staff_no)
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
    async with _pages(stack, monkeypatch) as app, _browser(app) as browser:
        await browser.opens(f"/referrals/{uuid4()}")
        assert 'name="password"' in browser.shown
        await _signed_in(browser, stack, stage.tksk.staff_no)
        assert (await browser.http.post("/refer", data={"csrf": "x", "asked": "1"})).status_code == 403
        await browser.opens("/refer")
        assert await browser.sends("/refer", by="nik", asked="123") == 422
        assert 'value="123"' in browser.shown, "what was typed stays"
        known = re.search(r'name="csrf" value="([^"]+)"', browser.shown)
        assert known is not None
        nonsense = {"csrf": known.group(1), "referral": "x", "service": "y", "expected_version": "z"}
        for address in (f"/families/{uuid4()}/refer", f"/referrals/{uuid4()}/claim"):
            assert (await browser.http.post(address, data=nonsense)).status_code == 403
        answer = await browser.http.get("/work/unit")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert len(answer.content) < 60_000
        assert await browser.opens(f"/referrals/{uuid4()}") == 404


async def test_an_operator_is_told_that_the_pages_are_for_caseworkers(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _pages(stack, monkeypatch) as app, _browser(app) as browser:
        await _signed_in(browser, stack, stage.operator.staff_no, lands_on="Belum ada halaman untuk peran Anda")
