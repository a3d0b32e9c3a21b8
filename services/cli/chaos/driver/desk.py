"""Sending a command as a patient client does: the same key until somebody answers, every line in the journal."""

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from services.cli.chaos.journal import FAILED, Journal
from services.cli.stories.people import NotDone, Person

TRY_SECONDS = 5.0
PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 1.0
SIGN_IN_AGAIN_SECONDS = 240.0
TWICE_SHARE = 0.05
KEPT = ("id", "state", "version", "acted_version", "unit_from", "unit_to", "parked", "attempt", "code")


class GivenUp(Exception):
    """The time was over and nobody had answered."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command to be given. *subject* is the id that its effect will be looked for under."""

    by: str
    url: str
    action: str
    subject: str
    body: Mapping[str, Any]


class Desk:
    """People by staff number, the journal, and until when (by the monotonic clock) they try."""

    def __init__(self, people: Mapping[str, Person], journal: Journal, dice: random.Random) -> None:
        self._people, self._journal, self._dice = people, journal, dice
        self._signed_in: dict[str, float] = {}
        self._signing_in = {staff_no: asyncio.Lock() for staff_no in people}
        self.ends = float("inf")

    async def give(self, order: Order) -> dict[str, Any]:
        """Return what was answered. Raises NotDone where it was refused, GivenUp at the end of the time."""
        key = str(uuid4())
        self._journal.write("sent", key, by=order.by, action=order.action, subject=order.subject)
        response = await self._until_answered(order, key)
        answer = response.json()
        self._journal.write("answer", key, status=response.status_code, answer=_kept(answer))
        if response.is_error:
            raise NotDone(answer.get("code", "unknown"), answer.get("detail", ""), answer)
        if self._dice.random() < TWICE_SHARE:
            twice = await self._until_answered(order, key)
            self._journal.write("again", key, status=twice.status_code, answer=_kept(twice.json()))
        return dict(answer)

    async def look(self, by: str, url: str) -> dict[str, Any]:
        """Return what *url* shows, however often that takes. Raises NotDone, GivenUp."""
        while True:
            try:
                response = await self._once("GET", by, url)
                if not _is_silence(response):
                    return dict(Person.checked(response))
            except httpx.TransportError:
                pass
            await self._pause(PAUSE_SECONDS)

    async def _until_answered(self, order: Order, key: str) -> httpx.Response:
        pause = PAUSE_SECONDS
        while True:
            try:
                response = await self._once("POST", order.by, order.url, order.body, key)
                if not _is_silence(response):
                    return response
                why = f"{response.status_code} {_code(response)}"
            except httpx.TransportError as error:
                why = type(error).__name__
            self._journal.write("silence", key, why=why)
            await self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _pause(self, seconds: float) -> None:
        if time.monotonic() > self.ends:
            raise GivenUp
        await asyncio.sleep(seconds * self._dice.uniform(0.5, 1.0))

    async def _once(
        self, method: str, by: str, url: str, body: Mapping[str, Any] | None = None, key: str = ""
    ) -> httpx.Response:
        person = await self._signed(by)
        headers = {"idempotency-key": key} if key else {}
        response = await person.http.request(method, url, json=body, headers=headers, timeout=TRY_SECONDS)
        if response.status_code == 401:
            self._signed_in.pop(by, None)
        return response

    async def _signed(self, by: str) -> Person:
        person = self._people[by]
        async with self._signing_in[by]:
            if time.monotonic() - self._signed_in.get(by, float("-inf")) > SIGN_IN_AGAIN_SECONDS:
                try:
                    await person.sign_in()
                except (NotDone, ValueError) as error:  # the registry is there, but not what it needs
                    raise httpx.ConnectError("not signed in") from error
                self._signed_in[by] = time.monotonic()
        return person


def _is_silence(response: httpx.Response) -> bool:
    """True for what a client should ask again: no answer of the service, or one that says to come back."""
    return response.status_code >= FAILED or response.status_code == 401 or "retry-after" in response.headers


def _code(response: httpx.Response) -> str:
    try:
        return str(response.json().get("code"))
    except ValueError:
        return "unreadable"


def _kept(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the journal keeps of an answer: ids, codes and versions, nothing of a person."""
    return {name: answer[name] for name in KEPT if answer.get(name) is not None}
