"""A tiny part made of the kit alone, run as a process of its own, with faults that a test chooses.

The faults are injected from here, by wrapping; the kit knows nothing of them. `PROBE_FAULT` names one, `PROBE_MARK` a
file by which a fault that is to happen once remembers that it did.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import text

from services.contracts.events import Event, NotifyStopped
from services.kit import relay as relay_module
from services.kit.auth import Verifier
from services.kit.clock import system_clock
from services.kit.consumer import Consumer
from services.kit.database import Database, Tx
from services.kit.health import Health
from services.kit.http import create_api
from services.kit.inbox import Handler, Received
from services.kit.logging import configure_logging
from services.kit.part import Part
from services.kit.relay import Relay
from services.kit.settings import PartSettings
from services.kit.streams import stream_broker

FAULT = os.environ.get("PROBE_FAULT", "")
MARK = Path(os.environ["PROBE_MARK"])
STREAM = os.environ["PROBE_STREAM"]
GROUP = "probe"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def first_time() -> bool:
    """True once, whoever asks and however often the process is started again."""
    if MARK.exists():
        return False
    MARK.touch()
    return True


def die_once() -> None:
    if first_time():
        die()


class FaultyDatabase(Database):
    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        async with super().begin() as tx:
            yield tx
        if FAULT == "kill_after_commit":
            die_once()


class Effects:
    """The handler: one row for each time that it took an event in."""

    def __init__(self) -> None:
        self._failures: dict[Any, int] = {}

    async def take(self, received: Received[NotifyStopped], tx: Tx) -> None:
        await tx.execute(text("INSERT INTO effect (event_id) VALUES (:id)"), {"id": received.id})
        failures = self._failures.get(received.id, 0)
        if FAULT == "raise_always" or (FAULT == "raise_twice" and failures < 2):
            self._failures[received.id] = failures + 1
            raise RuntimeError("the handler fails")
        if FAULT.startswith("refused:") and FAULT.endswith(str(received.event.referral)):
            raise RuntimeError("the handler never takes this one")
        if FAULT == "kill_before_commit":
            die_once()
        if FAULT == "hang_once" and first_time():
            await asyncio.Event().wait()
        if FAULT == "slow_once" and first_time():
            await asyncio.sleep(0.7)  # work that takes its time; the mark says that it has begun
        if FAULT.startswith("deadly:") and str(received.event.referral) == FAULT.removeprefix("deadly:"):
            die()


def kill_after_xadd() -> None:
    """Let the relay die between the server's answer and the note of it."""
    pipeline = relay_module._pipeline

    async def dying(valkey: Any, commands: Any) -> Any:
        answers = await pipeline(valkey, commands)
        if commands[0][0] == "MULTI" and commands[1][0] == "XADD":  # a batch of events, as one
            die_once()
        return answers

    relay_module._pipeline = dying


async def main() -> int:
    settings = PartSettings()
    configure_logging("probe", "json")
    if FAULT == "kill_after_xadd":
        kill_after_xadd()
    database, health = FaultyDatabase(settings.database_url, pool=4), Health()
    broker = stream_broker(settings.redis_url)
    await broker.connect()
    handlers: dict[type[Event], Handler] = {NotifyStopped: Effects().take}
    consumer = Consumer(STREAM, GROUP, handlers, broker=broker, database=database, settings=settings)
    part = Part("probe", host=settings.http_host, port=settings.http_port, health=health)
    verifier = Verifier(settings.jwks, now=system_clock())
    part.serve(create_api("probe", verifier=verifier, health=health))
    part.add("relay", Relay(settings.database_url, settings.redis_url, STREAM, [GROUP]))
    part.add("consumers", consumer)
    part.on_close(consumer.close, broker.stop, database.close)
    return await part.run()


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
