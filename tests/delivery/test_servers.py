"""The servers die, forget, refuse and come back: effects equal events, and no outage is blamed on an event."""

import asyncio
import json
import os
import signal
from uuid import UUID

import pytest

from services.kit import relay
from services.kit.streams import stream_client
from tests.delivery.inside import inside
from tests.delivery.world import World, an_event, until


def _pid(world: World, name: str) -> int:
    return next(program.pid for program in world.stack.status() if program.name == name and program.pid)


async def _back(world: World, name: str, killed: int) -> None:
    async def ready() -> bool:
        status = next(program for program in world.stack.status() if program.name == name)
        return status.state == "ready" and status.pid != killed

    await until(ready, f"{name} is back")


async def test_events_that_were_published_before_the_group_existed_are_read(world: World) -> None:
    ids = await world.tell(10)
    world.start(only="api,consumers", instance="early")
    world.start(only="api,relay", instance="late")
    await world.settled(ids)


async def test_flushall_loses_nothing(world: World) -> None:
    world.start()
    ids = await world.tell(50)
    await world.settled(ids)
    await world.valkey("FLUSHALL")
    more = await world.tell(50)
    await world.settled([*ids, *more])
    assert await world.valkey("XLEN", world.stream) == 100, "everything came back"


async def test_flushall_is_noticed_although_nothing_new_is_said(world: World) -> None:
    world.start()
    ids = await world.tell(5)
    await world.settled(ids)
    await world.valkey("FLUSHALL")

    async def restored() -> bool:
        return bool(await world.valkey("XLEN", world.stream) == 5)

    await until(restored, "the stream is whole again")
    await world.settled(ids)


async def test_whoever_finds_a_group_finds_behind_it_all_that_was_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BATCH", 5)
    ids = await world.tell(200)
    async with inside(world):
        await world.settled(ids)
        await world.valkey("FLUSHALL")

        async def made() -> bool:
            return bool(await world.valkey("XINFO", "GROUPS", world.stream))

        await until(made, "the group is made again", pause=0.001)
        assert await world.valkey("XLEN", world.stream) == len(ids)


async def test_a_killed_stream_server_comes_back_and_everything_arrives(world: World) -> None:
    world.start()
    ids = await world.tell(30)
    pid = _pid(world, "valkey")
    os.kill(pid, signal.SIGKILL)
    ids += await world.tell(30)
    await _back(world, "valkey", pid)
    await world.settled(ids)
    assert await world.letters() == []


async def test_a_killed_database_is_waited_for_longer_than_the_whole_backoff(world: World) -> None:
    world.start()
    ids = await world.tell(5)
    await world.settled(ids)
    await world.stack.hold_down("postgres")
    try:
        during = [an_event() for _ in range(20)]
        await world.append(*(json.dumps(event).encode() for event in during))

        async def paused() -> bool:
            return "consumer.paused" in (world.folder / "probe.log").read_text()

        await until(paused, "the consumer pauses")
        await _an_outage_lasts(5 * 4 * 0.3)  # more than every try of the longest backoff
    finally:
        await world.stack.bring_up("postgres")
    await world.settled([*ids, *(UUID(str(event["id"])) for event in during)])
    assert await world.letters() == [], "the outage was not the events' fault"


async def _an_outage_lasts(seconds: float) -> None:
    await asyncio.sleep(seconds)  # the length of the outage is what is tested


async def test_a_read_only_server_is_waited_for_and_not_stormed(world: World) -> None:
    world.start()
    ids = await world.tell(5)
    await world.settled(ids)
    await world.valkey("CONFIG", "RESETSTAT")
    await world.valkey("REPLICAOF", "127.0.0.1", "1")
    try:
        more = await world.tell(5)
        await _an_outage_lasts(3)
        stats = await world.valkey("INFO", "commandstats")
        reads = _stats(stats)["cmdstat_xreadgroup"]
        tried = reads["calls"] + reads.get("rejected_calls", 0)
        assert 0 < tried < 40, f"it asks again, patiently: {tried} times in 3 s"
    finally:
        await world.valkey("REPLICAOF", "NO", "ONE")
    await world.settled([*ids, *more], seconds=45)
    assert await world.letters() == []


def _stats(answer: object) -> dict[str, dict[str, int]]:
    assert isinstance(answer, dict)
    return {str(name): figures for name, figures in answer.items() if isinstance(figures, dict)}


async def test_the_order_on_the_stream_is_the_order_of_the_outbox(world: World) -> None:
    world.start()
    ids = [event for _ in range(10) for event in await world.tell(20)]
    await world.settled(ids)
    rows = world.rows("SELECT event_id FROM outbox ORDER BY stream_id")
    assert [row[0] for row in rows] == [row[0] for row in world.rows("SELECT event_id FROM outbox ORDER BY seq")]
    client = stream_client(world.stack.servers.redis_url("admin"))
    try:
        assert len(await client.xrange(world.stream)) == 200
    finally:
        await client.aclose()
