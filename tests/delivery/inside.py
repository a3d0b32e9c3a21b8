"""A relay and a consumer inside the test's own loop, for scenes in which no process has to die.

They are the parts' own, with the rights of a part; the handler is the test's.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from services.contracts.events import NotifyStopped
from services.kit.consumer import Consumer
from services.kit.database import Database, Tx
from services.kit.inbox import Received
from services.kit.relay import Relay
from services.kit.settings import PartSettings
from services.kit.streams import stream_broker
from tests.delivery.world import GROUP, World

Told = Received[NotifyStopped]
Take = Callable[[Told, Tx], Awaitable[None]]


async def note_effect(received: Told, tx: Tx) -> None:
    """What every handler of these tests does when nothing is wrong: one row for each time."""
    await tx.execute(text("INSERT INTO effect (event_id) VALUES (:id)"), {"id": received.id})


def settings_of(world: World, **own: Any) -> PartSettings:
    """Return the settings of an impatient part in *world*."""
    told = {
        "database_url": world.database_url,
        "redis_url": world.stack.servers.redis_url("workflows"),
        "http_port": 0,
        "keyring": world.stack.home.keyring,
        "jwks": world.stack.home.jwks,
        "retry_base_seconds": 0.05,
        "retry_cap_seconds": 0.3,
        "delivery_cap": 4,
        "handler_timeout_seconds": 1.0,
        **own,
    }
    return PartSettings(**told)


@dataclass
class Inside:
    """What runs. *tasks* are the loops of the consumer and the relay."""

    consumer: Consumer
    relay: Relay
    database: Database
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def end(self, *tasks: asyncio.Task[None]) -> None:
        """Cancel *tasks*, all of them if none is named, and wait for them."""
        chosen = tasks or tuple(self.tasks)
        for task in chosen:
            task.cancel()
        await asyncio.gather(*chosen, return_exceptions=True)


@contextlib.asynccontextmanager
async def inside(
    world: World, take: Take = note_effect, *, groups: Sequence[str] = (GROUP,), relay: Relay | None = None, **own: Any
) -> AsyncIterator[Inside]:
    """Run a relay and a consumer of *world*'s stream; *own* are settings on top."""
    settings = settings_of(world, **own)
    database, broker = Database(settings.database_url, pool=4), stream_broker(settings.redis_url)
    await broker.connect()
    consumer = Consumer(world.stream, GROUP, {NotifyStopped: take}, broker=broker, database=database, settings=settings)
    running = Inside(
        consumer, relay or Relay(settings.database_url, settings.redis_url, world.stream, groups), database
    )
    running.tasks = [asyncio.create_task(loop.run()) for loop in (running.consumer, running.relay)]
    try:
        yield running
    finally:
        await running.end()
        await consumer.close()
        await broker.stop()
        await database.close()
