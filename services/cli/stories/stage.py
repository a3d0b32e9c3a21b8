"""Where stories are played: the people by their part, somebody who watches, and waiting for what the clock does."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from services.cli.stories.people import Addresses, NotDone, Person
from services.contracts.codes import Service
from services.contracts.lifecycle import Action


class Outage(Protocol):
    """Whoever can take a program of the stack away and bring it back."""

    async def hold_down(self, name: str) -> None: ...

    async def bring_up(self, name: str) -> None: ...


Watcher = Callable[[str], None]


class StoryFailed(Exception):
    """A story did not go as it should."""


@dataclass
class Stage:
    """The people by nickname (see CAST), the pilot village, and the stack for stories that need an outage."""

    people: Mapping[str, Person]
    village: str
    stack: Outage | None = None
    watch: Watcher = field(default=lambda _line: None)
    outage_seconds: float = 60.0

    def __getattr__(self, nickname: str) -> Person:
        try:
            return self.people[nickname]
        except KeyError:
            raise AttributeError(nickname) from None

    def watched_by(self, watch: Watcher) -> "Stage":
        return Stage(self.people, self.village, self.stack, watch, self.outage_seconds)

    async def referred(self, sender: Person, service: Service, **changes: Any) -> str:
        """Let *sender* record a family, draft and submit; return the referral's id."""
        family = await sender.record_family(self.village, pregnant=True)
        draft = await sender.draft(family, service, **changes)
        self.watch(f"{draft['number']} drafted")
        await self.submitted(sender, draft["id"])
        return str(draft["id"])

    async def submitted(self, sender: Person, referral: str, **order: Any) -> None:
        """Submit; the family's record may still be on its way to the referral service."""
        await self.retried(lambda: sender.act(referral, Action.SUBMIT, **order), "referral.family_not_known_yet")
        self.watch("submitted")

    async def becomes(self, who: Person, referral: str, state: str, *, timeout_seconds: float = 30) -> dict[str, Any]:
        """Wait until *who* sees the referral in *state*, and return it."""

        async def there() -> dict[str, Any] | None:
            try:
                shown = await who.show(referral)
            except NotDone as refused:
                if refused.code == "referral.not_found":
                    return None  # a unit sees it only once it was asked
                raise
            return shown if shown["state"] == state else None

        found: dict[str, Any] = await self.until(there, f"the referral is {state}", timeout_seconds=timeout_seconds)
        return found

    async def told(self, who: Person, referral: str, fact: str, *, count: int = 1, timeout_seconds: float = 30) -> None:
        """Wait until the timeline has *fact* *count* times."""

        async def there() -> bool:
            facts = [line["fact"] for line in await who.timeline(referral)]
            return facts.count(fact) >= count

        await self.until(there, f"{count} times {fact}", timeout_seconds=timeout_seconds)
        self.watch(f"{fact} x{count}" if count > 1 else fact)

    async def until(self, condition: Callable[[], Awaitable[Any]], what: str, *, timeout_seconds: float = 30) -> Any:
        """Ask *condition* again until it answers something true, and return that. Raises StoryFailed."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            found = await condition()
            if found:
                return found
            if time.monotonic() > deadline:
                raise StoryFailed(f"after {timeout_seconds:g} s still not: {what}")
            await asyncio.sleep(0.1)

    async def retried(self, act: Callable[[], Awaitable[Any]], code: str, *, timeout_seconds: float = 30) -> Any:
        """Do *act* again as long as it is refused with *code*, which says to come back later."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                return await act()
            except NotDone as refused:
                if refused.code != code or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.1)


def expect(condition: object, what: str) -> None:
    """Raise StoryFailed unless *condition* holds."""
    if not condition:
        raise StoryFailed(what)


def read_cast(accounts_file: Path, addresses: Addresses, *, language: str = "id") -> dict[str, Person]:
    """Return everybody of the demo's accounts file by nickname: `tksk`, `tksk_2`, `pkb_supervisor`, ..."""
    cast: dict[str, Person] = {}
    for account in json.loads(accounts_file.read_text()):
        nickname = _nickname(account["unit"], account["role"])
        same = sum(name == nickname or (name.startswith(f"{nickname}_") and name[-1].isdigit()) for name in cast)
        name = f"{nickname}_{same + 1}" if same else nickname
        cast[name] = Person(addresses, account["staff_no"], account["password"], language=language)
    return cast


_DESKS = {("dinsos", 2): "tksk", ("bkkbn", 2): "pkb", ("dinsos", 1): "dinsos_kab", ("bkkbn", 1): "bkkbn_kab"}


def _nickname(unit: str, role: str) -> str:
    if role in {"operator", "dpo"}:
        return role
    agency, _, region = unit.partition("-")
    if agency == "upt":
        return "upt" if role == "officer" else f"upt_{role}"
    desk = _DESKS.get((agency, region.count(".")), f"{agency}_province")
    return desk if role == "officer" else f"{desk}_{role}"
