"""A caseworker's day in the pages: a browser without JavaScript that keeps cookies, follows links and sends forms."""

import random
import re
from collections.abc import Callable
from html import unescape
from typing import ClassVar
from uuid import uuid4

from locust import FastHttpUser

from services.cli.bench.people.office import STEPS, Office
from services.cli.bench.people.tally import SIGN_IN

TABS = ("mine", "overdue", "waiting", "sent")
COMPRESSED = {"accept-encoding": "gzip"}
# The pages say so themselves, and show what was typed.
OVERTAKEN = {409: "an outdated page"}


class PageReader(FastHttpUser):
    """One person. *office*, the address of the pages and the pauses are set before anybody comes to work."""

    office: ClassVar[Office]

    def on_start(self) -> None:
        account = self.office.account()
        self.leads = account["role"] == "coordinator"
        self.shown = ""
        fields = {"staff_no": account["staff_no"], "password": account["password"], "to": "/work/unit"}
        self.asks("POST", "/sign-in", SIGN_IN, fields)

    def asks(self, method: str, path: str, name: str, fields: dict[str, str] | None = None) -> bool:
        """Show what the pages answer; False where they show that somebody else was faster, or that it went wrong."""
        sent = {"data": fields, "headers": COMPRESSED, "name": name, "catch_response": True}
        with self.client.request(method, path, **sent) as response:
            self.shown = response.text or ""
            if 200 <= response.status_code < 400 and '"/sign-out"' in self.shown:
                return True
            overtaken = OVERTAKEN.get(response.status_code)
            if overtaken:
                response.success()
                self.office.tally.refused(overtaken)
            else:
                response.failure(f"{response.status_code} from {name}")
        return False

    def form(self, address: str) -> dict[str, str] | None:
        """Return the hidden fields of the form for *address*; None where the page shows none."""
        found = re.search(rf'action="{re.escape(address)}".*?</form>', self.shown, re.DOTALL)
        if found is None:
            return None
        return {name: unescape(value) for name, value in re.findall(_HIDDEN, found.group())}


_HIDDEN = r'type="hidden" name="([^"]+)" value="([^"]*)"'


def work(person: PageReader) -> None:
    """Look at the unit's list, open one, and do what it waits for."""
    if not person.asks("GET", "/work/unit", "page_worklist") or person.leads:
        return
    known = re.findall(r'href="(/referrals/[0-9a-f-]{36})"', person.shown)
    if not known:
        return
    page = random.choice(known)
    person.wait()
    if not person.asks("GET", page, "page_referral"):
        return
    step, hidden = next(((step, form) for step in STEPS if (form := person.form(f"{page}/{step}"))), ("", {}))
    if step:
        person.wait()
        person.asks("POST", f"{page}/{step}", "page_action", {**hidden, **STEPS[step]})


def look_round(person: PageReader) -> None:
    """See what is late, what is one's own, and what one has sent."""
    person.asks("GET", f"/work/{random.choice(TABS)}", "page_tab")


def search(person: PageReader) -> None:
    """Look for a family by its name, and open it."""
    if person.leads or not person.asks("GET", "/refer", "page_search"):
        return
    hidden = person.form("/refer")
    person.wait()
    asked = {"by": "name", "asked": "Contoh Ibu", "village": person.office.job["village"], "key": str(uuid4())}
    if not person.asks("POST", "/refer", "page_found", {**(hidden or {}), **asked}):
        return
    families = re.findall(r'href="(/families/[0-9a-f-]{36})"', person.shown)
    if families:
        person.wait()
        person.asks("GET", random.choice(families), "page_family")


DAY: dict[Callable[[PageReader], None], int] = {work: 8, look_round: 3, search: 3}
