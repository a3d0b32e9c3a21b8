"""One relay and one consumer as they are, and the same done bare: XADD in pipelines, FastStream with a transaction.

`python -m services.cli.bench.floors.delivery JOB ANSWER`, two files of JSON. It works in a schema and on streams of its
own, so that no part takes part.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvloop
from faststream.redis import RedisBroker, StreamSub
from sqlalchemy import text

from services.contracts.events import Event, NotifyStopped
from services.contracts.ids import ReferralId
from services.kit import outbox
from services.kit.consumer import MAX_RECORDS, POLLING_MILLISECONDS, Consumer
from services.kit.database import Database, Tx
from services.kit.delivery_tables import DELIVERY_DDL
from services.kit.event_format import DATA, CloudEventFormat
from services.kit.inbox import Handler, Received
from services.kit.relay import BATCH, Relay
from services.kit.settings import PartSettings
from services.kit.streams import StreamClient, stream_broker, stream_client

SCHEMA = "bench"
OURS, BARE = "bench-ours", "bench-bare"
LOOK_SECONDS = 0.02

_EFFECT = text("INSERT INTO effect (body_length) VALUES (:length)")
_UNPUBLISHED = text("SELECT count(*) FROM outbox WHERE stream_id IS NULL")
_BODIES = text("SELECT body FROM outbox ORDER BY seq")


class Bench:
    """The servers, and how many events there are."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.count: int = job["count"]
        self.database_url = f"{job['database_url']}?options=-csearch_path%3D{SCHEMA}"
        self.redis_url: str = job["redis_url"]
        self.database = Database(self.database_url, pool=4)
        self.client: StreamClient = stream_client(self.redis_url)

    async def prepare(self) -> None:
        """Make the schema anew, with all events in the outbox, and the streams empty."""
        await self.client.delete(OURS, BARE)
        async with self.database.begin() as tx:
            await tx.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
            await tx.execute(text(f"CREATE SCHEMA {SCHEMA}"))
            await tx.exec_driver_sql(DELIVERY_DDL)
            await tx.execute(text("CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, body_length int)"))
            events = [NotifyStopped(referral=ReferralId(uuid4()), version=1) for _ in range(self.count)]
            await outbox.write(tx, *events, now=datetime.now(UTC))

    async def relayed(self) -> float:
        """Return the events a second that our relay takes to the stream."""
        relay = Relay(self.database_url, self.redis_url, OURS, [SCHEMA])

        async def done() -> bool:
            async with self.database.read() as tx:
                return (await tx.execute(_UNPUBLISHED)).scalar() == 0

        return await self._rate(relay.run, done)

    async def added(self) -> float:
        """Return the events a second that a bare pipeline adds, read from the same table and not marked there."""
        async with self.database.read() as tx:
            bodies = list((await tx.execute(_BODIES)).scalars())
        began = time.perf_counter()
        for first in range(0, self.count, BATCH):
            async with self.client.pipeline(transaction=False) as pipe:
                for body in bodies[first : first + BATCH]:
                    pipe.xadd(BARE, {DATA: body})
                await pipe.execute()
        await self.client.xgroup_create(BARE, SCHEMA, id="0")
        return self.count / (time.perf_counter() - began)

    async def consumed(self, settings: PartSettings) -> float:
        """Return the events a second that our consumer takes in."""
        broker = stream_broker(self.redis_url)
        await broker.connect()
        handlers: dict[type[Event], Handler] = {NotifyStopped: _ours}
        consumer = Consumer(OURS, SCHEMA, handlers, broker=broker, database=self.database, settings=settings)
        try:
            return await self._rate(consumer.run, lambda: self._read(OURS))
        finally:
            await consumer.close()
            await broker.stop()

    async def received(self) -> float:
        """Return the events a second that FastStream hands to a handler with a transaction, each acknowledged."""
        silent: Any = None
        broker = RedisBroker(self.redis_url, message_format=CloudEventFormat, logger=silent, apply_types=False)
        sub = StreamSub(
            BARE, group=SCHEMA, consumer="1", max_records=MAX_RECORDS, polling_interval=POLLING_MILLISECONDS
        )

        @broker.subscriber(stream=sub, decoder=_as_it_is)
        async def take(message: Any) -> None:
            async with self.database.begin() as tx:
                await tx.execute(_EFFECT, {"length": len(message.body)})

        @asynccontextmanager
        async def running() -> AsyncIterator[None]:
            await broker.start()
            yield
            await broker.stop()

        async def run() -> None:
            async with running():
                await asyncio.Event().wait()

        return await self._rate(run, lambda: self._read(BARE))

    async def _read(self, stream: str) -> bool:
        group = next(each for each in await self.client.xinfo_groups(stream) if each["name"] == SCHEMA.encode())
        return bool(group["lag"] == 0 and group["pending"] == 0)

    async def _rate(self, run: Callable[[], Awaitable[None]], done: Callable[[], Awaitable[bool]]) -> float:
        began = time.perf_counter()
        running = asyncio.ensure_future(run())
        while not await done():
            await asyncio.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - began
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return self.count / seconds

    async def close(self) -> None:
        await self.client.delete(OURS, BARE)
        await self.client.aclose()
        async with self.database.begin() as tx:  # else it is vacuumed in the middle of the next measure
            await tx.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        await self.database.close()


async def _ours(received: Received[NotifyStopped], tx: Tx) -> None:
    await tx.execute(_EFFECT, {"length": len(received.event.type)})


async def _as_it_is(message: Any) -> Any:
    return message


async def main(job: dict[str, Any]) -> dict[str, Any]:
    """Return, for each of *rounds*, the rates of relay and consumer and of their bare forms."""
    bench = Bench(job)
    nowhere = Path(job["nowhere"])
    settings = PartSettings(
        database_url=bench.database_url, redis_url=bench.redis_url, http_port=0, keyring=nowhere, jwks=nowhere
    )
    rounds = []
    try:
        for _ in range(job["rounds"]):
            await bench.prepare()
            rounds.append(
                {
                    "relayed": await bench.relayed(),
                    "added": await bench.added(),
                    "consumed": await bench.consumed(settings),
                    "received": await bench.received(),
                }
            )
    finally:
        await bench.close()
    return {"rounds": rounds}


if __name__ == "__main__":
    asked, told = map(Path, sys.argv[1:3])
    told.write_text(json.dumps(uvloop.run(main(json.loads(asked.read_text())))))
