"""What no consumer can take is set aside with its reason and can be put back; nobody waits behind it."""

import json
import random

import pytest

from services.kit.dead_letters import DATA, replay
from services.kit.streams import stream_client
from tests.delivery.world import World, an_event, until

SECRET = "3501995001900001"


POISON = {
    "bytes": b"\xff\xfe\x00 " + SECRET.encode(),
    "no envelope": json.dumps({"nik": SECRET}).encode(),
    "a string as data": json.dumps(an_event(data=SECRET)).encode(),
    "an unknown type": json.dumps(an_event(type="notify.exploded.v1")).encode(),
    "an unknown version": json.dumps(an_event(type="notify.stopped.v9")).encode(),
    "wrong data": json.dumps(an_event(data={"referral": SECRET, "version": 1})).encode(),
    "oversized": json.dumps(an_event(subject="x" * 70_000)).encode(),
}


@pytest.mark.parametrize("poison", POISON, ids=lambda name: name.replace(" ", "_"))
async def test_poison_is_set_aside_and_the_good_ones_behind_it_are_taken(world: World, poison: str) -> None:
    world.start()
    ids = await world.tell(1)
    await world.settled(ids)
    await world.append(POISON[poison])
    more = await world.tell(2)
    await world.settled([*ids, *more])
    (letter,) = await world.letters()
    assert letter.body == POISON[poison]
    assert letter.group == "probe"
    assert letter.reason
    assert SECRET not in letter.reason, "the reason quotes none of it"
    assert SECRET not in (world.folder / "probe.log").read_text()


async def test_an_event_that_always_fails_is_set_aside_after_the_cap_and_can_be_put_back(world: World) -> None:
    world.start("raise_always")
    (event,) = await world.tell(1)

    async def buried() -> bool:
        return len(await world.letters()) == 1 and await world.pending() == 0

    await until(buried, "it is given up")
    (letter,) = await world.letters()
    assert letter.deliveries >= 4
    assert str(event).encode() in letter.body, "the id is the one of the outbox"
    assert world.effects() == []
    world.stop()
    world.start()
    client = stream_client(world.stack.servers.redis_url("admin"))
    try:
        await replay(client, world.stream, letter)
    finally:
        await client.aclose()
    await world.settled([event])
    assert await world.letters() == []


async def test_duplicates_in_any_order_have_one_effect_each(world: World) -> None:
    world.start()
    ids = await world.tell(30)
    await world.settled(ids)
    client = stream_client(world.stack.servers.redis_url("admin"))
    try:
        bodies = [fields[DATA.encode()] for _, fields in await client.xrange(world.stream)]
    finally:
        await client.aclose()
    shuffled = random.Random(7).sample(bodies * 2, len(bodies) * 2)
    await world.append(*shuffled)
    more = await world.tell(1)
    await world.settled([*ids, *more])
    assert await world.letters() == []


async def test_one_event_that_always_fails_holds_up_none_of_those_that_were_read_with_it(world: World) -> None:
    world.start(only="api,relay")
    ids = await world.tell(12)

    async def published() -> bool:
        return world.rows("SELECT count(*) FROM outbox WHERE stream_id IS NULL") == [(0,)]

    await until(published, "all are on the stream, to be read at once")
    world.stop()
    refused = ids[5]
    subject = world.rows(f"SELECT aggregate FROM outbox WHERE event_id = '{refused}'")[0][0]
    world.start(f"refused:{subject}")

    async def buried() -> bool:
        return len(await world.letters()) == 1 and await world.pending() == 0

    await until(buried, "it alone is given up")
    (letter,) = await world.letters()
    assert str(refused).encode() in letter.body
    assert sorted(world.effects()) == sorted(set(ids) - {refused})
