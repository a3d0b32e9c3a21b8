"""The floor of a whole life: bare transactions, bare events and a bare workflow, as many as the product's life has.

`python -m services.cli.bench.floors.life JOB ANSWER`, two files of JSON. Each fact is one transaction that changes a
row and keeps the event, and one XADD. Each group reads, notes what it read by one transaction, and sends one XACK; one
of the groups starts the workflow and signals it. The third fact is made by the workflow's second command.
"""

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvloop
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from services.cli.bench.floors.bare_workflow import OFFER, OFFERED_VERSION, QUEUES, ROUTE, BareWorkflow, Snapshot
from services.cli.bench.loads.crew import at_rate
from services.contracts.events import GROUPS
from services.kit.consumer import MAX_RECORDS, POLLING_MILLISECONDS
from services.kit.database import Database
from services.kit.event_format import DATA
from services.kit.streams import stream_client

SCHEMA, STREAM, QUEUE = "bench_life", "bench-life", "bench"
READERS, WAITING = GROUPS["referral"], "workflows"
# Created, submitted, offered, claimed, accepted, contacted, reported, confirmed.
SUBMITTED_VERSION, LAST_VERSION = 2, 8
LAST_ASKED = 8

_TABLES = f"""
DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA};
CREATE TABLE {SCHEMA}.referral (id uuid PRIMARY KEY, version bigint NOT NULL);
CREATE TABLE {SCHEMA}.event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE {SCHEMA}.noted (reader text, event text, PRIMARY KEY (reader, event))
"""
_CREATE = f"INSERT INTO {SCHEMA}.referral (id, version) VALUES (%(id)s, %(version)s)"
_CHANGE = f"UPDATE {SCHEMA}.referral SET version = %(version)s WHERE id = %(id)s"
_KEEP = f"INSERT INTO {SCHEMA}.event (body) VALUES (%(body)s)"
_NOTE = f"INSERT INTO {SCHEMA}.noted (reader, event) SELECT %(reader)s, unnest(%(events)s::text[])"


class BareLives:
    """Lives bare lives and counts those that ended."""

    def __init__(self, job: Mapping[str, Any], client: Client) -> None:
        self._event, self._client = job["event"], client
        self._database = Database(job["database_url"])
        self._valkey = stream_client(job["redis_url"])
        self._offered: dict[str, asyncio.Event] = {}

    async def prepare(self) -> None:
        """Make tables and stream anew; both stay, to be weighed."""
        await self._valkey.delete(STREAM)
        async with self._database.begin() as tx:
            for statement in _TABLES.split(";"):
                await tx.exec_driver_sql(statement)
        for reader in READERS:
            await self._valkey.xgroup_create(STREAM, reader, id="0", mkstream=True)

    async def close(self) -> None:
        await self._valkey.aclose()
        await self._database.close()

    async def live(self, referral: str) -> None:
        """Make every fact; the third is the workflow's to make."""
        self._offered[referral] = asyncio.Event()
        for version in range(1, LAST_VERSION + 1):
            if version == OFFERED_VERSION:
                await self._offered[referral].wait()
            else:
                await self._tell(referral, version)

    async def _tell(self, referral: str, version: int) -> None:
        snapshot = {**self._event["data"]["snapshot"], "referral_id": referral, "version": version}
        event = {**self._event, "id": str(uuid4()), "data": {**self._event["data"], "snapshot": snapshot}}
        body, row = json.dumps(event, separators=(",", ":")).encode(), {"id": referral, "version": version}
        async with self._database.begin() as tx:
            await tx.exec_driver_sql(_CREATE if version == 1 else _CHANGE, row)
            await tx.exec_driver_sql(_KEEP, {"body": body})
        await self._valkey.xadd(STREAM, {DATA: body})

    @activity.defn(name=ROUTE)
    async def route(self, seen: Snapshot) -> Snapshot:
        return seen

    @activity.defn(name=OFFER)
    async def offer(self, seen: Snapshot) -> Snapshot:
        await self._tell(seen["referral_id"], OFFERED_VERSION)
        self._offered[seen["referral_id"]].set()
        return {**seen, "version": OFFERED_VERSION}

    async def read(self, reader: str) -> None:
        while True:
            read = await self._valkey.xreadgroup(
                reader, "1", {STREAM: ">"}, count=MAX_RECORDS, block=POLLING_MILLISECONDS
            )
            for _, entries in read or ():
                events = [json.loads(fields[DATA.encode()]) for _, fields in entries]
                async with self._database.begin() as tx:
                    await tx.exec_driver_sql(_NOTE, {"reader": reader, "events": [each["id"] for each in events]})
                if reader == WAITING:
                    await asyncio.gather(*(self._hand_on(each["data"]["snapshot"]) for each in events))
                await self._valkey.xack(STREAM, reader, *(entry for entry, _ in entries))

    async def _hand_on(self, seen: Snapshot) -> None:
        if seen["version"] == SUBMITTED_VERSION:
            await self._client.start_workflow(
                BareWorkflow.run, args=[seen, LAST_VERSION], id=_id(seen["referral_id"]), task_queue=QUEUE
            )
        elif seen["version"] > SUBMITTED_VERSION:
            await self._client.get_workflow_handle(_id(seen["referral_id"])).signal(BareWorkflow.newer, seen)

    async def ended(self, referrals: Sequence[str]) -> None:
        """Return when their workflows have ended."""
        await asyncio.gather(*(self._client.get_workflow_handle(_id(each)).result() for each in referrals))


def _id(referral: str) -> str:
    return f"bench/{referral}"


async def main(job: dict[str, Any]) -> dict[str, Any]:
    """Begin *rate* lives a second for *seconds*; return how many, and the processor seconds of this process."""
    client = await Client.connect(job["temporal_address"], namespace=job["namespace"])
    bare = BareLives(job, client)
    await bare.prepare()
    referrals = [str(uuid4()) for _ in range(job["count"])]
    waiting = Worker(client, task_queue=QUEUE, workflows=[BareWorkflow], workflow_runner=UnsandboxedWorkflowRunner())
    routing = Worker(client, task_queue=QUEUES[ROUTE], activities=[bare.route])
    offering = Worker(client, task_queue=QUEUES[OFFER], activities=[bare.offer])
    async with waiting, routing, offering:
        spent = time.process_time()
        readers = [asyncio.create_task(bare.read(reader)) for reader in READERS]
        await at_rate(referrals, job["rate"], job["seconds"], bare.live)
        await bare.ended(referrals[-LAST_ASKED:])
        spent = time.process_time() - spent
        for reader in readers:
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader
    await bare.close()
    return {"lives": len(referrals), "cpu_seconds": spent}


if __name__ == "__main__":
    asked, told = map(Path, sys.argv[1:3])
    told.write_text(json.dumps(uvloop.run(main(json.loads(asked.read_text())))))
