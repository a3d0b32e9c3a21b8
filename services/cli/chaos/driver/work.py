"""Caseworkers at work: several at once, each with one story after the other, all of them at one even pace."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from services.cli.bench.loads.crew import SERVICES
from services.cli.chaos.driver.desk import Desk, GivenUp, Order
from services.cli.chaos.stories import Plot, Step, Story, Wait
from services.cli.stories.hard_times import CONSENT
from services.cli.stories.people import Addresses, NotDone, made_up_family
from services.contracts.lifecycle import Action

LOOK_AGAIN_SECONDS = 0.3
LONGEST_WAIT_SECONDS = 30.0
PUBLIC_TASK = {"basis": "public_task", "finding": "Keluarga perlu didampingi."}


@dataclass
class Pace:
    """Hands out turns at an even rate. Turns that nobody could take while a server was away are taken afterwards."""

    per_second: float
    _next: float = field(default_factory=time.monotonic)

    async def turn(self) -> None:
        due, self._next = self._next, self._next + 1 / self.per_second
        await asyncio.sleep(max(due - time.monotonic(), 0))


@dataclass
class Office:
    """Where the work is done: who sends, who works in which unit, and which needs are still open."""

    desk: Desk
    addresses: Addresses
    village: str
    senders: list[str]
    workers: dict[str, list[str]]
    pace: Pace
    dice: random.Random
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _needs: list[tuple[str, str]] = field(default_factory=list)

    async def work(self) -> None:
        """Play one story after the other until it is time to stop, and that one to its end."""
        while not self.stopping.is_set():
            try:
                await self._play(Story.draw(self.dice))
            except GivenUp:
                return
            except NotDone:
                continue  # a refusal is an answer; whether it was right to refuse is judged afterwards

    async def _play(self, story: Story) -> None:
        sender = self.dice.choice(self.senders)
        seen, worker = await self._drafted(story, sender), ""
        unit, waited_since = "", time.monotonic()
        while (step := story.next(seen)) is not None:
            if isinstance(step, Wait):
                if time.monotonic() - waited_since > LONGEST_WAIT_SECONDS:
                    return
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                seen = await self.desk.look(sender, f"{self.addresses.referral}/referrals/{seen['id']}")
                continue
            if (seen["unit_to"] or unit) != unit:
                unit = seen["unit_to"]
                worker = self.dice.choice(self.workers[unit])
            seen = await self._done(story, step, sender if step.sender else worker, sender, seen)
            waited_since = time.monotonic()

    async def _drafted(self, story: Story, sender: str) -> dict[str, Any]:
        family, service = await self._need(sender)
        referral = str(uuid4())
        draft = CONSENT if story.plot is Plot.WITHDRAWN else PUBLIC_TASK
        body = {"id": referral, "family": family, "service": service, "draft": draft}
        await self._turn()
        return await self.desk.give(Order(sender, f"{self.addresses.referral}/referrals", "create", referral, body))

    async def _need(self, sender: str) -> tuple[str, str]:
        """Return a family and a service that nobody has asked for it yet; record a family where none is left."""
        if not self._needs:
            family = str(uuid4())
            body = made_up_family(family, self.village)
            await self._turn()
            url = f"{self.addresses.registry}/families"
            await self.desk.give(Order(sender, url, "record_family", family, body))
            self._needs += [(family, service.value) for service in SERVICES]
        return self._needs.pop()

    async def _done(self, story: Story, step: Step, by: str, sender: str, seen: dict[str, Any]) -> dict[str, Any]:
        """Do *step* and return what is seen then; whoever was overtaken looks again."""
        await self._turn()
        url = f"{self.addresses.referral}/referrals/{seen['id']}"
        body = {**step.body, "expected_version": seen["acted_version"]}
        path = f"{url}/{step.action.value.replace('_', '-')}"
        try:
            answer = await self.desk.give(Order(by, path, step.action.value, seen["id"], body))
        except NotDone as refused:
            if refused.code not in {"referral.changed", "referral.action_not_allowed", "referral.not_found"}:
                raise
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            return await self.desk.look(sender, url)
        story.did[Action(step.action)] += 1
        return answer

    async def _turn(self) -> None:
        if not self.stopping.is_set():
            await self.pace.turn()
