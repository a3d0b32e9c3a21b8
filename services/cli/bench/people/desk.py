"""A caseworker's day over HTTP. Locust runs it under gevent, in a process that does nothing else."""

import random
import time
from collections.abc import Callable
from typing import Any, ClassVar
from uuid import uuid4

from locust import FastHttpUser

from services.cli.bench.people.office import STEPS, Office, next_step
from services.cli.bench.people.tally import SIGN_IN

PAGE = 50
REFRESH_SECONDS = 480  # a token lives ten minutes
COMES_BACK = 5
# What a person reads when somebody else was faster, or when the family is still on its way to the record.
OVERTAKEN = {"referral.changed", "referral.action_not_allowed", "referral.family_not_known_yet"}


class Caseworker(FastHttpUser):
    """One person. *office* and the pauses are set before anybody comes to work."""

    office: ClassVar[Office]

    def on_start(self) -> None:
        self.account = self.office.account()
        self.mine: set[str] = set()
        self.token = ""
        body = {"staff_no": self.account["staff_no"], "password": self.account["password"]}
        self._keep(self.ask("POST", self.registry("/sign-in"), SIGN_IN, body))

    def registry(self, path: str) -> str:
        return f"http://{self.office.job['registry']}{path}"

    @property
    def leads(self) -> bool:
        """True for who watches the units below and does no case."""
        return self.account["role"] == "coordinator"

    def ask(self, method: str, url: str, name: str, body: dict[str, Any] | None = None) -> Any:
        """Return the answer; None where somebody else was faster, and where it went wrong, which is counted."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if method == "POST":
            headers["idempotency-key"] = str(uuid4())
        with self.client.request(method, url, name=name, json=body, headers=headers, catch_response=True) as response:
            if 200 <= response.status_code < 400:
                return response.json()
            code = _code(response)
            if code in OVERTAKEN:
                response.success()
                self.office.tally.refused(code)
            else:
                response.failure(f"{response.status_code} {code}")
        return None

    def stay_signed_in(self) -> None:
        if time.monotonic() - self._signed_in > REFRESH_SECONDS:
            self._keep(self.ask("POST", self.registry("/refresh"), "refresh", {"refresh_token": self._refresh}))

    def _keep(self, answer: dict[str, Any]) -> None:
        self.token, self._refresh, self._signed_in = answer["token"], answer["refresh_token"], time.monotonic()


def _code(response: Any) -> str:
    try:
        return str(response.json().get("code"))
    except (ValueError, AttributeError, TypeError):
        return "no answer"


def work(person: Caseworker) -> None:
    """Take one thing from the unit's list: open it, read its story or not, do what it waits for."""
    person.stay_signed_in()
    listed = person.ask("GET", f"/queues/unit?limit={PAGE}", "queue")
    if person.leads or not listed or not listed["referrals"]:
        return
    known = [each["id"] for each in listed["referrals"]]
    referral = random.choice([each for each in known if each in person.mine] or known)
    person.wait()
    shown = person.ask("GET", f"/referrals/{referral}", "referral")
    if shown and random.random() < 0.5:
        person.ask("GET", f"/referrals/{referral}/timeline", "timeline")
    step = next_step(shown["allowed"]) if shown else None
    if step is None:
        return
    person.wait()
    body = {"expected_version": shown["acted_version"], **STEPS[step]}
    if person.ask("POST", f"/referrals/{referral}/{step}", step, body):
        person.mine.add(referral)


def refer(person: Caseworker) -> None:
    """Record a family, write a draft about it and submit it."""
    person.stay_signed_in()
    if person.leads:
        return
    family = person.office.family()
    if not person.ask("POST", person.registry("/families"), "family", family):
        return
    person.office.numbers.append(family["members"][0]["nik"])
    person.wait()
    draft = {"basis": "public_task", "finding": "Keluarga perlu didampingi."}
    service = person.office.service_asked_by(person.account["unit"].partition("-")[0])
    body = {"id": str(uuid4()), "family": family["id"], "service": service, "draft": draft}
    written = person.ask("POST", "/referrals", "create", body)
    if not written:
        return
    person.mine.add(written["id"])
    for _ in range(COMES_BACK):
        person.wait()
        order = {"expected_version": written["acted_version"]}
        if person.ask("POST", f"/referrals/{written['id']}/submit", "submit", order):
            return


def search(person: Caseworker) -> None:
    """Look whether a family is known: by the name, or by a number."""
    person.stay_signed_in()
    if person.leads:
        return
    by_name = {"name": "Contoh Ibu", "region": person.office.job["village"]}
    person.ask("POST", person.registry("/families/search"), "search_name", by_name)
    if person.office.numbers:
        person.wait()
        by_number = {"nik": random.choice(person.office.numbers)}
        person.ask("POST", person.registry("/families/search"), "search_nik", by_number)


def look_round(person: Caseworker) -> None:
    """See what is late, what is one's own, and what one was told."""
    person.stay_signed_in()
    person.ask("GET", f"/queues/{random.choice(('mine', 'overdue', 'waiting'))}?limit={PAGE}", "queue")
    person.wait()
    person.ask("GET", f"http://{person.office.job['notify']}/inbox", "inbox")


DAY: dict[Callable[[Caseworker], None], int] = {work: 8, refer: 2, search: 1, look_round: 3}
