"""Who puts the load on: one caseworker of the sending unit, one of the receiving unit, over many connections."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from services.cli.bench.wire import Api, NotAnswered
from services.contracts.codes import Service

Item = TypeVar("Item")

# What the receiving kecamatan gives without a limit, so that one family can be referred many times at once.
SERVICES = (
    *(Service.TPK_DAMPING, Service.KIE, Service.BKB, Service.PIK_R, Service.BKR, Service.DASHAT),
    *(Service.KB_PASCASALIN, Service.YAN_KB, Service.ELSIMIL_CATIN, Service.GENTING),
)
RETRY_SECONDS = 0.1


def a_day_ago() -> str:
    """Return a day that is past in every time zone."""
    return (date.today() - timedelta(days=2)).isoformat()


@dataclass
class Crew:
    """The people's connections, and what went wrong."""

    registry: Api
    sender: Api
    unit: Api
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, job: dict[str, Any]) -> "Crew":
        tokens, referral = job["tokens"], job["referral"]
        return cls(
            Api(job["registry"], tokens["sender"]), Api(referral, tokens["sender"]), Api(referral, tokens["unit"])
        )

    def close(self) -> None:
        for api in (self.registry, self.sender, self.unit):
            api.close()

    async def submit(self, referral: str) -> None:
        """Submit a fresh draft; its family may still be on its way to the record."""
        while True:
            try:
                await self.sender.post(f"/referrals/{referral}/submit", {"expected_version": 1})
                return
            except NotAnswered as refused:
                if refused.code != "referral.family_not_known_yet":
                    raise
            await asyncio.sleep(RETRY_SECONDS)

    async def refer(self, referral: str, family: str, service: str) -> None:
        """Write a draft and submit it."""
        draft = {"basis": "public_task", "finding": "Keluarga perlu didampingi."}
        await self.sender.post("/referrals", {"id": referral, "family": family, "service": service, "draft": draft})
        await self.submit(referral)


async def share_out(items: Iterable[Item], clients: int, work: Callable[[Item], Awaitable[object]]) -> float:
    """Let *clients* at once work through *items*; return how many seconds that took."""
    left, began = iter(items), time.perf_counter()

    async def client(mine: Iterator[Item]) -> None:
        for item in mine:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(client(left))
    return time.perf_counter() - began


async def at_rate(
    items: Iterable[Item], per_second: float, seconds: float, work: Callable[[Item], Awaitable[object]]
) -> float:
    """Begin *work* on the next of *items* at an even pace, however long each takes; return the seconds until all ended.

    It never waits for an answer before the next begins, as people do not wait for each other.
    """
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for position, item in enumerate(items):
            due = position / per_second
            if due >= seconds:
                break
            await asyncio.sleep(max(began + due - time.perf_counter(), 0))
            group.create_task(_contained(work(item)))
    return time.perf_counter() - began


async def _contained(work: Awaitable[object]) -> None:
    await work
