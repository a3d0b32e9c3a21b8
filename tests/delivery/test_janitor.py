"""The janitor keeps streams and tables small, and drops nothing that somebody still needs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from services.kit import janitor as janitor_module
from services.kit.database import Database
from services.kit.janitor import Janitor
from services.kit.streams import stream_client
from tests.delivery.inside import inside, settings_of
from tests.delivery.world import GROUP, World

SLOW = "slow"
PLENTY = 350  # a server trims by whole nodes of 100 entries


@asynccontextmanager
async def janitor(world: World, groups: Sequence[str] = (GROUP, SLOW), **own: Any) -> AsyncIterator[Janitor]:
    """A janitor that keeps nothing for its age alone."""
    settings = settings_of(world, **own).model_copy(update={"stream_retention_seconds": 0})
    database = Database(settings.database_url, pool=2)
    sweeper = Janitor(database, settings, world.stream, groups)
    try:
        yield sweeper
    finally:
        await sweeper.close()
        await database.close()


async def fill(world: World, groups: Sequence[str] = (GROUP, SLOW)) -> list[bytes]:
    """Publish PLENTY of events, let GROUP take them all, and return their entries."""
    async with inside(world, groups=groups):
        await world.settled(await world.tell(PLENTY))
    return await entries(world)


async def entries(world: World) -> list[bytes]:
    async with client_of(world) as client:
        return [entry for entry, _ in await client.xrange(world.stream)]


@asynccontextmanager
async def client_of(world: World) -> AsyncIterator[Any]:
    client = stream_client(world.stack.servers.redis_url("workflows"))
    try:
        yield client
    finally:
        await client.aclose()


async def read_slowly(world: World, count: int, *, finished: int) -> None:
    """Let SLOW be given *count* events and acknowledge the first *finished* of them."""
    async with client_of(world) as client:
        ((_, given),) = await client.xreadgroup(SLOW, "snail", {world.stream: ">"}, count=count)
        for entry, _ in given[:finished]:
            await client.xack(world.stream, SLOW, entry)


async def test_what_the_slowest_group_has_not_read_stays(world: World) -> None:
    published = await fill(world)
    await read_slowly(world, 150, finished=150)
    async with janitor(world) as sweeper:
        await sweeper.once()
    left = await entries(world)
    assert left != published, "what everybody has is trimmed"
    assert left[-200:] == published[-200:], "what the slow group still has to read is not"


async def test_what_is_pending_anywhere_stays(world: World) -> None:
    published = await fill(world)
    await read_slowly(world, PLENTY, finished=120)
    async with janitor(world) as sweeper:
        await sweeper.once()
    left = await entries(world)
    assert len(left) < PLENTY
    assert left[-230:] == published[-230:]


async def test_nothing_is_trimmed_while_an_expected_group_is_missing(world: World) -> None:
    published = await fill(world, groups=[GROUP])
    async with janitor(world) as sweeper:
        await sweeper.once()
    assert await entries(world) == published


async def test_outbox_rows_go_with_their_entries_and_no_earlier(world: World) -> None:
    await fill(world)
    await read_slowly(world, 150, finished=150)
    (waiting,) = await world.tell(1)
    async with janitor(world) as sweeper:
        await sweeper.once()
    left = world.rows("SELECT event_id FROM outbox WHERE stream_id IS NOT NULL ORDER BY seq")
    assert len(left) == len(await entries(world)) < PLENTY
    assert world.rows("SELECT event_id FROM outbox WHERE stream_id IS NULL") == [(waiting,)]


async def test_the_inbox_remembers_for_as_long_as_a_dead_letter_may_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(janitor_module, "DEAD_LETTER_SECONDS", 3600)
    for age in ("0 min", "50 min", "100 min"):
        world.rows(f"INSERT INTO inbox VALUES ('probe', gen_random_uuid(), now() - interval '{age}')")
    async with janitor(world) as sweeper:
        await sweeper.once()
    assert world.rows("SELECT count(*) FROM inbox") == [(2,)]


async def test_tables_are_purged_although_the_stream_server_is_away(world: World) -> None:
    world.rows("INSERT INTO inbox VALUES ('probe', gen_random_uuid(), now() - interval '1 year')")
    async with janitor(world, redis_url="redis://127.0.0.1:1/0") as sweeper:
        await sweeper.once()
    assert world.rows("SELECT count(*) FROM inbox") == [(0,)]


async def test_a_consumer_with_pending_events_is_never_dropped_and_an_empty_one_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(janitor_module, "CONSUMER_IDLE_MILLISECONDS", -1)
    await fill(world)
    await read_slowly(world, 10, finished=9)
    async with janitor(world) as sweeper, client_of(world) as client:
        await sweeper.once()
        assert await client.xinfo_consumers(world.stream, GROUP) == []
        (kept,) = await client.xinfo_consumers(world.stream, SLOW)
        assert (kept["name"], kept["pending"]) == (b"snail", 1)


async def test_of_two_janitors_of_a_service_one_works(world: World) -> None:
    published = await fill(world, groups=[GROUP])
    async with janitor(world, [GROUP]) as first, janitor(world, [GROUP]) as second:
        async with first._database.begin() as tx:
            lock = text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))")
            await tx.execute(lock, {"lock": janitor_module._LOCK})
            await second.once()
            assert await entries(world) == published
        await second.once()
        assert len(await entries(world)) < PLENTY
