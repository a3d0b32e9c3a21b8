"""Whole passes over the books, by the product's own workflow: the first gives each of the load its waiting."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import LiteralString
from uuid import uuid4

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from services.cli.bench.ground import Ground
from services.contracts import book_commands as commands

LOOK_SECONDS = 5.0
_STARTED: LiteralString = "SELECT count(*) FROM referral.book_finding WHERE kind = 'workflow_missing'"

Look = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Passed:
    """*found* counts what differed, all of it healed; *seconds* are the whole pass."""

    seconds: float
    found: int
    healed: int


async def pass_over(ground: Ground, *, missing: int = 0, look: Look | None = None) -> Passed:
    """Go through the books once, as every five minutes.

    *look* is called with the number of those that a workflow was started for: at a quarter of *missing*, at half of
    them and at the end, or the next time that somebody looks.
    """
    servers = ground.stack.servers
    client = await Client.connect(
        servers.temporal_address, namespace=servers.temporal_namespace, data_converter=pydantic_data_converter
    )
    began = time.monotonic()
    running = asyncio.ensure_future(
        client.execute_workflow(
            "BooksWorkflow", commands.BooksOrder(whole=False), id=f"bench-pass/{uuid4()}",
            task_queue=commands.queue_of("workflows"), result_type=commands.PassEnded,
        )
    )  # fmt: skip
    parts = [missing // 4, missing // 2]
    while not (await asyncio.wait({running}, timeout=LOOK_SECONDS))[0]:
        started = await ground.backlog.number(_STARTED)
        ground.tell(f"a pass over the books: {started:,} workflows started in {time.monotonic() - began:.0f} s")
        if look and parts and started >= parts[0]:
            parts.pop(0)
            await look(started)
    ended, seconds = running.result(), time.monotonic() - began
    if look:
        await look(ended.healed)
    return Passed(seconds, ended.found, ended.healed)
