"""The floor of intake: bare workflows with the same start, signals, commands and timer on the same server.

`python -m services.cli.bench.floors.workflows JOB ANSWER`, two files of JSON.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvloop
from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from services.cli.bench.floors.bare_workflow import (
    NEVER,
    OFFER,
    OFFERED_VERSION,
    QUEUES,
    ROUTE,
    BareWorkflow,
    Snapshot,
)
from services.cli.bench.loads.crew import share_out

QUEUE = "bench"
LAST_ASKED = 8


class Bare:
    """Starts bare workflows and answers their commands."""

    def __init__(self, client: Client, snapshot: Snapshot) -> None:
        self._client, self._snapshot = client, snapshot
        self._offered: dict[str, asyncio.Event] = {}

    @activity.defn(name=ROUTE)
    async def route(self, seen: Snapshot) -> Snapshot:
        return seen

    @activity.defn(name=OFFER)
    async def offer(self, seen: Snapshot) -> Snapshot:
        self._offered[seen["referral_id"]].set()
        return {**seen, "version": OFFERED_VERSION}

    async def take_in(self, referral: str) -> None:
        """Start one, wait until its second command was answered, and signal that as the product's events do."""
        self._offered[referral] = asyncio.Event()
        await self._feed(referral, OFFERED_VERSION - 1)
        await self._offered[referral].wait()
        signal: dict[str, Any] = {"start_signal": "newer", "start_signal_args": [self._seen(referral, OFFERED_VERSION)]}
        await self._feed(referral, OFFERED_VERSION, **signal)

    async def _feed(self, referral: str, version: int, **signal: Any) -> None:
        await self._client.start_workflow(
            BareWorkflow.run, args=[self._seen(referral, version), NEVER], id=f"bench/{referral}", task_queue=QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING, **signal,
        )  # fmt: skip

    def _seen(self, referral: str, version: int) -> Snapshot:
        return {**self._snapshot, "referral_id": referral, "version": version}

    async def asleep(self, referral: str) -> None:
        """Return when the workflow has done all its work so far: an answer comes after it."""
        await self._client.get_workflow_handle(f"bench/{referral}").query(BareWorkflow.snapshot)

    async def end(self, referral: str) -> None:
        await self._client.get_workflow_handle(f"bench/{referral}").terminate("measured")


async def main(job: dict[str, Any]) -> dict[str, Any]:
    """Take *count* in by *clients* at once; return the seconds. They are ended afterwards, outside the time."""
    client = await Client.connect(job["temporal_address"], namespace=job["namespace"])
    bare, referrals = Bare(client, job["snapshot"]), [str(uuid4()) for _ in range(job["count"])]
    waiting = Worker(
        client, task_queue=QUEUE, workflows=[BareWorkflow], workflow_runner=UnsandboxedWorkflowRunner()
    )  # fmt: skip
    routing = Worker(client, task_queue=QUEUES[ROUTE], activities=[bare.route])
    offering = Worker(client, task_queue=QUEUES[OFFER], activities=[bare.offer])
    async with waiting, routing, offering:
        seconds = await share_out(referrals, job["clients"], bare.take_in)
        seconds += await share_out(referrals[-LAST_ASKED:], LAST_ASKED, bare.asleep)
        await share_out(referrals, job["clients"], bare.end)
    return {"seconds": seconds}


if __name__ == "__main__":
    asked, told = map(Path, sys.argv[1:3])
    told.write_text(json.dumps(uvloop.run(main(json.loads(asked.read_text())))))
