"""Beginning, going round and ending: migrations by turns, health as movement, and a stop that finishes its work."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from services.kit.auth import Verifier
from services.kit.clock import system_clock
from services.kit.database import Tx
from services.kit.health import Health, Heartbeat
from services.kit.http import create_api
from services.kit.relay import Relay
from tests.delivery.inside import Told, inside, note_effect
from tests.delivery.world import GROUP, ROOT, World, until

MIGRATE = """
import pathlib, sys
from services.kit.migrations import migrate
migrate(sys.argv[1], pathlib.Path(sys.argv[2]))
"""


class StuckRelay(Relay):
    """Leads, and then does not come round any more."""

    async def _publish_batch(self, *_: Any) -> int:
        await asyncio.Event().wait()
        return 0


async def test_a_relay_that_does_not_move_makes_the_part_unready(world: World) -> None:
    relay = StuckRelay(world.database_url, world.stack.servers.redis_url("workflows"), world.stream, [GROUP])
    async with inside(world, relay=relay) as running:
        silent = await silent_after(world, running.relay.heartbeat, running.consumer.heartbeat)
        assert silent == [f"relay:{world.stream}"]


async def test_a_consumer_whose_handler_never_ends_makes_the_part_unready(world: World) -> None:
    go, began = asyncio.Event(), asyncio.Event()

    async def deaf(received: Told, tx: Tx) -> None:
        began.set()
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue  # its timeout tells it to end, and it does not listen
        await note_effect(received, tx)

    async with inside(world, deaf, handler_timeout_seconds=0.1) as running:
        ids = await world.tell(1)
        await began.wait()
        silent = await silent_after(world, running.relay.heartbeat, running.consumer.heartbeat)
        assert silent == [f"consumer:{world.stream}:{GROUP}"]
        go.set()
        await world.settled(ids)


async def silent_after(world: World, *heartbeats: Heartbeat) -> list[str]:
    """Wait for `/ready` to turn from 200 to 503 and return who is silent."""
    health = Health()
    for heartbeat in heartbeats:
        heartbeat.beat()
        heartbeat.max_age_seconds = 1
    health.watch(heartbeats)
    api = create_api("probe", verifier=Verifier(world.stack.home.jwks, now=system_clock()), health=health)
    async with asking(api) as client:
        assert (await client.get("/ready")).status_code == 200

        async def unready() -> Any:
            answer = await client.get("/ready")
            return answer.status_code == 503 and answer.json()["silent"]

        silent: list[str] = await until(unready, "it is unready")
        return silent


def asking(api: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=api), base_url="http://probe")


async def test_a_process_that_is_asked_to_stop_finishes_and_acknowledges_what_it_has_in_hand(world: World) -> None:
    world.start("slow_once")
    ids = await world.tell(1)

    async def begun() -> bool:
        return any(world.folder.glob("*.mark"))

    await until(begun, "the handler is at work")
    assert world.effects() == []
    world.probes[-1].terminate()
    await world.dies()
    assert world.probes[-1].returncode == 0
    assert world.effects() == ids
    assert await world.pending() == 0


async def test_a_stop_also_waits_for_what_was_delivered_again(world: World) -> None:
    tries, at_work, go = 0, asyncio.Event(), asyncio.Event()

    async def take(received: Told, tx: Tx) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("the first try fails")
        at_work.set()
        await go.wait()
        await note_effect(received, tx)

    async with inside(world, take) as running:
        ids = await world.tell(1)
        await at_work.wait()
        consumer = running.tasks[0]
        consumer.cancel()
        go.set()
        await asyncio.gather(consumer, return_exceptions=True)
        assert world.effects() == ids
        assert await world.pending() == 0


async def test_two_processes_that_migrate_at_once_take_turns(world: World) -> None:
    world.rows("DROP TABLE IF EXISTS migrated, alembic_version")
    argv = [sys.executable, "-c", MIGRATE, world.database_url, str(Path(__file__).parent / "probe_migrations")]
    both = [await asyncio.create_subprocess_exec(*argv, cwd=ROOT) for _ in range(2)]
    assert await asyncio.gather(*(each.wait() for each in both)) == [0, 0]
    assert world.rows("SELECT count(*) FROM migrated") == [(1,)]
