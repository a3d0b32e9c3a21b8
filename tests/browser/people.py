"""Somebody at a browser, and a strict look at what it shows."""

from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1440, "height": 900}
# WCAG 2.1 AA and axe's own good practice.
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}

_MOST_TABS = 60
_FOCUSED = """() => { const each = document.activeElement;
  return each.labels?.length ? each.labels[0].innerText : each.innerText || each.value || ""; }"""


@dataclass
class Desk:
    """One person's browser, showing one page."""

    page: Page

    async def sign_in(self, staff_no: str, password: str) -> None:
        await self.page.goto("/")
        await self.page.get_by_label("Nomor petugas").fill(staff_no)
        await self.page.get_by_label("Kata sandi").fill(password)
        await self.press("Masuk")
        await expect(self.page.get_by_role("button", name="Keluar")).to_be_visible()

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def is_looked_after(self) -> None:
        """Wait until the service worker looks after this browser's pages."""
        # Not `wait_for_function`, which the pages' Content-Security-Policy refuses.
        await self.page.evaluate(
            """() => navigator.serviceWorker.controller !== null || new Promise((taken) =>
                 navigator.serviceWorker.addEventListener("controllerchange", () => taken(true), { once: true }))"""
        )

    async def kept(self) -> list[str]:
        """Return the addresses of the pages that can be read without a line."""
        found: list[str] = await self.page.evaluate(
            """() => caches.open("pages").then((kept) => kept.keys())
                 .then((all) => all.map((each) => new URL(each.url).pathname))"""
        )
        return found

    async def does(self, action: str, **fields: str) -> None:
        """Open the form of *action* and send it with *fields* by label."""
        form = self.page.locator("details").filter(has=self.page.locator("summary", has_text=action)).first
        if await form.get_attribute("open") is None:
            await form.locator("summary").click()
        for label, value in fields.items():
            await fill(form.get_by_label(label.replace("_", " ")), value)
        await form.get_by_role("button", name=action, exact=True).click()

    async def reaches(self, name: str) -> None:
        """Press Tab until what is called *name* has the focus; whoever sees must see where that is."""
        for _ in range(_MOST_TABS):
            await self.page.keyboard.press("Tab")
            if name in await self.page.evaluate(_FOCUSED):
                assert await self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
                return
        raise AssertionError(f"{_MOST_TABS} tabs do not lead to {name}")

    async def enters(self) -> None:
        """Press Enter, and wait for the page that it leads to."""
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")

    async def reaches_and_enters(self, name: str) -> None:
        await self.reaches(name)
        await self.enters()

    async def types_into(self, label: str, text: str) -> None:
        await self.reaches(label)
        await self.page.keyboard.type(text)

    async def opens_anew(self, path: str) -> tuple[int, int]:
        """Open *path* as somebody who never opened a page; return the status, and how many bytes came over the line."""
        told = await self.page.context.new_cdp_session(self.page)
        came: list[float] = []
        told.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
        await told.send("Network.enable")
        await told.send("Network.setCacheDisabled", {"cacheDisabled": True})
        answer = await self.page.goto(path, wait_until="load")
        await told.detach()
        assert answer is not None
        return answer.status, round(sum(came))

    async def looks(self, name: str) -> None:
        """Picture the page on a phone and on a desk; nothing sticks out, and axe has nothing to say."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for device, size in (("phone", PHONE), ("desktop", DESKTOP)):
            await self.page.set_viewport_size(size)
            await self.page.screenshot(path=SCREENSHOTS / f"{name}-{device}.png", full_page=True)
            wide = await self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], f"{name} sticks out: {wide} of {size['width']} px"
            found = await Axe().run(self.page, options=_RULES)
            assert not found.violations_count, f"{name}, {device}: {found.generate_report()}"


async def fill(field: Locator, value: str) -> None:
    """Type *value*, or choose it where there is a choice."""
    if await field.evaluate("each => each.tagName") == "SELECT":
        await field.select_option(label=value)
    else:
        await field.fill(value)
