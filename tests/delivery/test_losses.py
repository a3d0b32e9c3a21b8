"""What a server that was killed had not written down yet comes back from the outbox, whatever else happened."""

import asyncio
import shutil
from pathlib import Path

from services.kit.database import Tx
from services.kit.dead_letters import replay
from services.kit.streams import stream_client
from tests.delivery.inside import Told, inside, note_effect
from tests.delivery.world import World, until


class LastSecond:
    """Valkey's memory as it was at some moment: `forget` goes back to it, as a crash before the next fsync does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._log = world.stack.home.folder("valkey") / "appendonlydir"
        self._kept = Path(shutil.copytree(self._log, world.folder / "kept"))

    async def forget(self) -> None:
        await self._world.stack.hold_down("valkey")
        shutil.rmtree(self._log)
        shutil.copytree(self._kept, self._log)
        await self._world.stack.bring_up("valkey")


async def test_a_server_that_lost_its_last_second_gets_it_back(world: World) -> None:
    async with inside(world):
        ids = await world.tell(20)
        await world.settled(ids)
        last_second = LastSecond(world)
        ids += await world.tell(20)
        await world.settled(ids)
        await last_second.forget()
        await until(lambda: _has_length(world, 40), "the lost tail is there again")
        ids += await world.tell(1)
        await world.settled(ids)
        assert await world.letters() == []


async def test_a_dead_letter_that_is_put_back_first_does_not_hide_a_lost_tail(world: World) -> None:
    ill = True

    async def take(received: Told, tx: Tx) -> None:
        if ill and received.id == bad:
            raise RuntimeError("the handler fails")
        await note_effect(received, tx)

    (bad,) = await world.tell(1)
    async with inside(world, take) as running:
        await until(lambda: _buried(world), "the bad one is set aside")
        last_second = LastSecond(world)
        ids = await world.tell(10)
        await world.settled(ids)
        ill = False
        relay = running.tasks[1]
        await running.end(relay)
        await last_second.forget()
        (letter,) = await world.letters()
        client = stream_client(world.stack.servers.redis_url("workflows"))
        await replay(client, world.stream, letter)
        await client.aclose()
        running.tasks[1] = asyncio.create_task(running.relay.run())
        await world.settled([bad, *ids])
        await until(lambda: _has_length(world, 12), "the bad one, the ten, and the bad one again")
        assert await world.letters() == []


async def test_the_id_of_an_event_is_the_same_from_the_outbox_to_the_replay(world: World) -> None:
    ill = True

    async def take(received: Told, tx: Tx) -> None:
        if ill:
            raise RuntimeError("the handler fails")
        await note_effect(received, tx)

    async with inside(world, take):
        (event,) = await world.tell(1)
        await until(lambda: _buried(world), "it is set aside")
        ((body,),) = world.rows("SELECT body FROM outbox")
        (letter,) = await world.letters()
        assert letter.body == body
        assert (letter.group, letter.deliveries) == ("probe", 4)
        assert letter.reason == "failed 4 deliveries; the last: RuntimeError"
        ill = False
        client = stream_client(world.stack.servers.redis_url("workflows"))
        await replay(client, world.stream, letter)
        await world.settled([event])
        assert [fields[b"__data__"] for _, fields in await client.xrange(world.stream)] == [body, body]
        await client.aclose()
        assert world.rows("SELECT event_id FROM inbox") == [(event,)]


async def _buried(world: World) -> bool:
    return len(await world.letters()) == 1 and await world.pending() == 0


async def _has_length(world: World, length: int) -> bool:
    return bool(await world.valkey("XLEN", world.stream) == length)
