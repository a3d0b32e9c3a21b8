"""The pages on the stage's own stack, in this process, and a browser without JavaScript for each person."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx
import pytest

from deploy.local.parts import CONSOLE, part_settings
from deploy.local.stack import Stack
from services.console.__main__ import create_app
from services.console.apis import Apis
from services.console.forms import Forms
from services.console.live import Live
from services.console.settings import ConsoleSettings
from services.console.visit import Console
from services.kit.clock import system_clock
from services.kit.crypto import Keyring
from services.kit.health import Health


@dataclass
class Browser:
    """A browser without JavaScript: it follows links, fills in forms and keeps cookies."""

    http: httpx.AsyncClient
    shown: str = ""

    async def opens(self, address: str) -> int:
        return self._shows(await self.http.get(address))

    async def sends(self, address: str, /, **fields: str | list[str]) -> int:
        """Send the form that the page shows for *address*, its hidden fields and what is typed."""
        found = re.search(rf'action="{re.escape(address)}".*?</form>', self.shown, re.DOTALL)
        assert found is not None, f"no form for {address}"
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', found.group())
        return self._shows(await self.http.post(address, data={**dict(hidden), **fields}))

    def _shows(self, answer: httpx.Response) -> int:
        self.shown = unescape(answer.text)
        return answer.status_code


@asynccontextmanager
async def pages(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    settings = part_settings(CONSOLE, stack.home, stack.ports, stack.servers, demo=True)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    read = ConsoleSettings()
    apis, live = Apis(read), Live(read.redis_url)
    console = Console(apis, Keyring.load(read.session_key), system_clock(0.0), secure=False, open_urls=read.open_urls)
    try:
        yield create_app(console, Forms(apis), live, Health())
    finally:
        await live.close()
        await apis.close()


@asynccontextmanager
async def browser(app: Any) -> AsyncIterator[Browser]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True) as http:
        yield Browser(http)


async def signed_in(reader: Browser, stack: Stack, staff_no: str, lands_on: str = "Daftar kerja") -> None:
    accounts = json.loads((stack.home.path / "demo-accounts.json").read_text())
    password = next(each["password"] for each in accounts if each["staff_no"] == staff_no)
    await reader.opens("/")
    assert await reader.sends("/sign-in", staff_no=staff_no, password=password) == 200
    assert lands_on in reader.shown
