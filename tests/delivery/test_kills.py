"""Effects equal events and nothing stays pending, whoever dies and whenever."""

import asyncio
import os
import signal

from services.kit.relay import Relay
from tests.delivery.world import GROUP, World, until


async def test_a_handler_that_fails_twice_gets_the_event_again(world: World) -> None:
    world.start("raise_twice")
    await world.settled(await world.tell(20))


async def test_a_process_that_dies_before_its_commit_gets_the_event_again(world: World) -> None:
    world.start("kill_before_commit")
    ids = await world.tell(20)
    await world.dies()
    world.start("kill_before_commit")
    await world.settled(ids)


async def test_a_process_that_dies_between_commit_and_acknowledgement_does_not_do_it_twice(world: World) -> None:
    world.start("kill_after_commit")
    ids = await world.tell(20)
    await world.dies()
    committed = len(world.effects())
    assert 0 < committed < 20, "it died with some committed, and none acknowledged"
    assert await world.pending() >= committed
    world.start("kill_after_commit")
    await world.settled(ids)


async def test_a_relay_that_dies_after_publishing_publishes_twice_and_the_effect_is_one(world: World) -> None:
    world.start("kill_after_xadd")
    ids = await world.tell(20)
    await world.dies()
    world.start("kill_after_xadd")
    await world.settled(ids)
    assert await world.valkey("XLEN", world.stream) == 40, "the same ids stand on the stream twice"


async def test_a_handler_that_hangs_is_given_up_and_tried_again(world: World) -> None:
    world.start("hang_once")
    await world.settled(await world.tell(10))


async def test_another_consumers_abandoned_events_are_taken_over(world: World) -> None:
    world.start("kill_before_commit", instance="gone")
    ids = await world.tell(10)
    await world.dies()
    world.start(instance="here", NYEKRUP_HANDLER_TIMEOUT_SECONDS="0.2")
    await world.settled(ids)


async def test_an_event_that_kills_the_process_every_time_ends_as_a_dead_letter(world: World) -> None:
    world.start()
    ids = await world.tell(3)
    await world.settled(ids)
    world.stop()
    (deadly,) = await world.tell(1)
    subject = world.rows(f"SELECT aggregate FROM outbox WHERE event_id = '{deadly}'")[0][0]
    more = await world.tell(3)

    async def buried() -> bool:
        if world.probes[-1].poll() is not None:
            world.start(f"deadly:{subject}")
        return len(await world.letters()) == 1 and await world.pending() == 0

    await until(buried, "the deadly event is set aside", seconds=60)
    await world.settled([*ids, *more])
    (letter,) = await world.letters()
    assert str(deadly).encode() in letter.body


async def test_a_second_relay_stands_by_and_takes_over(world: World) -> None:
    async def published() -> bool:
        return world.rows("SELECT count(*) FROM outbox WHERE stream_id IS NULL") == [(0,)]

    world.start(only="api,relay")
    await world.tell(1)
    await until(published, "the leader publishes")
    second = Relay(world.database_url, world.stack.servers.redis_url("workflows"), world.stream, [GROUP])
    standing_by = asyncio.create_task(second.run())
    try:
        await until(lambda: _alive(second), "the second one has asked for the lead")
        await world.tell(1)
        await until(published, "the leader goes on")
        assert not second.leading
        os.kill(world.probes[0].pid, signal.SIGKILL)
        await world.tell(5)
        await until(published, "the other one took over")
        assert second.leading
    finally:
        standing_by.cancel()
        await asyncio.gather(standing_by, return_exceptions=True)


async def _alive(relay: Relay) -> bool:
    return relay.heartbeat.alive


async def test_a_process_that_is_asked_to_stop_ends_cleanly_and_another_goes_on(world: World) -> None:
    world.start()
    ids = await world.tell(200)
    await until(lambda: _has_effects(world, 5), "it has begun")
    world.probes[-1].terminate()
    await world.dies()
    assert world.probes[-1].returncode == 0
    world.start()
    await world.settled(ids)


async def _has_effects(world: World, count: int) -> bool:
    return len(world.effects()) > count
