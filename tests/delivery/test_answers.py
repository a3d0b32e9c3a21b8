"""Answers that get lost, servers that refuse or freeze, and entries that nobody wrote: still one effect each."""

import asyncio
import os
import signal

import pytest

from services.kit import reclaimer
from services.kit.database import Tx
from services.kit.relay import Relay
from tests.delivery.inside import Told, inside, note_effect, settings_of
from tests.delivery.proxy import LossyWire
from tests.delivery.world import GROUP, World, until


async def test_a_lost_answer_to_the_relay_makes_a_duplicate_and_one_effect(world: World) -> None:
    async with LossyWire(settings_of(world).redis_url).opened() as wire:
        relay = Relay(world.database_url, wire.url, world.stream, [GROUP])
        async with inside(world, relay=relay):
            first = await world.tell(3)
            await world.settled(first)
            wire.lose_answer_to(b"XADD")
            ids = [*first, *await world.tell(5)]
            await world.settled(ids)
            await until(lambda: _has_length(world, 13), "the five stand there twice")
            assert wire.lost == 1


async def test_events_whose_delivery_got_lost_on_the_way_are_taken_although_no_other_follows(world: World) -> None:
    """The server counts them as delivered and the reader never saw them: they are behind nothing that was handled."""
    async with LossyWire(settings_of(world).redis_url).opened() as wire, inside(world, redis_url=wire.url):
        first = await world.tell(1)
        await world.settled(first)
        wire.lose_answer_to(b"XREADGROUP")
        await until(lambda: _is_on_its_way(wire), "the doomed read waits at the server")
        ids = [*first, *await world.tell(5)]
        await world.settled(ids, seconds=10)
        assert wire.lost == 1


async def _is_on_its_way(wire: LossyWire) -> bool:
    return not wire.is_armed


async def test_what_the_relay_publishes_at_once_is_read_at_once_by_a_reader_that_waits(world: World) -> None:
    async with inside(world):
        first = await world.tell(1)
        await world.settled(first)
        await world.valkey("CONFIG", "RESETSTAT")
        await world.settled([*first, *await world.tell(12)])
        assert (await _calls(world))["cmdstat_xack"] == 1


async def test_a_lost_answer_to_an_acknowledgement_is_a_duplicate_that_changes_nothing(world: World) -> None:
    async with LossyWire(settings_of(world).redis_url).opened() as wire, inside(world, redis_url=wire.url):
        first = await world.tell(1)
        await world.settled(first)
        wire.lose_answer_to(b"XACK")
        ids = [*first, *await world.tell(5)]
        await world.settled(ids, seconds=10)
        assert await world.letters() == []


async def test_a_server_without_enough_replicas_is_waited_for_and_not_stormed(world: World) -> None:
    async with inside(world):
        ids = await world.tell(3)
        await world.settled(ids)
        await world.valkey("CONFIG", "RESETSTAT")
        await world.valkey("CONFIG", "SET", "min-replicas-to-write", 1)
        try:
            ids += await world.tell(3)
            await until(lambda: _asked(world, "cmdstat_xack", failures=4), "it asked whether the server serves again")
            calls = await _calls(world)
        finally:
            await world.valkey("CONFIG", "SET", "min-replicas-to-write", 0)
        assert sum(calls.get(f"cmdstat_{name}", 0) for name in ("xreadgroup", "xack", "xclaim", "xadd")) < 20, calls
        await world.settled(ids)
        assert await world.letters() == []


async def test_an_entry_without_our_field_is_set_aside_although_it_is_the_last(world: World) -> None:
    async with inside(world):
        ids = await world.tell(1)
        await world.settled(ids)
        await world.valkey("XADD", world.stream, "*", b"\xff\xfe", b"\x00\x80")
        await until(lambda: _letters(world, 1), "it is set aside")
        await world.settled(ids)
        (letter,) = await world.letters()
        assert letter.body == b"\xff\xfe=\x00\x80"
        assert letter.deliveries == 1


async def test_a_group_that_somebody_removed_is_made_again_and_reads_from_the_start(world: World) -> None:
    async with inside(world):
        ids = await world.tell(3)
        await world.settled(ids)
        await world.valkey("XGROUP", "DESTROY", world.stream, GROUP)
        ids += await world.tell(3)
        await world.settled(ids)


async def test_a_database_that_freezes_is_nobodys_fault(world: World) -> None:
    """Frozen for longer than all the tries of an event would take, in the middle of a handler."""
    reached = asyncio.Event()

    async def take(received: Told, tx: Tx) -> None:
        reached.set()
        await asyncio.sleep(0.1)  # so that the database freezes within the transaction
        await note_effect(received, tx)

    async with inside(world, take, handler_timeout_seconds=0.5):
        ids = await world.tell(3)
        await reached.wait()
        postmaster = next(each.pid for each in world.stack.status() if each.name == "postgres" and each.pid)
        with frozen(postmaster):
            await asyncio.sleep(4)  # the length of the outage is what is tested
        await world.settled(ids)
        assert await world.letters() == []


async def test_an_error_that_only_looks_like_the_worlds_does_not_stop_the_others_and_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reclaimer, "DOUBTS", 2)
    tries = 0
    (blamed,) = await world.tell(1)

    async def take(received: Told, tx: Tx) -> None:
        nonlocal tries
        if received.id == blamed:
            tries += 1
            raise ConnectionError("a bug of the handler")
        await note_effect(received, tx)

    async def tried() -> bool:
        return tries > 0

    async with inside(world, take):
        await until(tried, "it was read, and read alone: with others it would be tried once more")
        ids = await world.tell(20)
        await until(lambda: _letters(world, 1), "it is given up")
        await world.settled(ids)
        (letter,) = await world.letters()
        assert str(blamed).encode() in letter.body
        assert letter.reason == "failed 4 deliveries; the last: ConnectionError"
        assert tries == 2 + 4, "forgiven twice, then counted"


def frozen(postmaster: int) -> "Frozen":
    return Frozen(postmaster)


class Frozen:
    """PostgreSQL with all its processes stopped, as on a machine that hangs."""

    def __init__(self, postmaster: int) -> None:
        import psutil

        process = psutil.Process(postmaster)
        self._pids = [process.pid, *(child.pid for child in process.children(recursive=True))]

    def __enter__(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGSTOP)

    def __exit__(self, *_: object) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGCONT)


async def _has_length(world: World, length: int) -> bool:
    return bool(await world.valkey("XLEN", world.stream) == length)


async def _letters(world: World, count: int) -> bool:
    return len(await world.letters()) == count and await world.pending() == 0


async def _stats(world: World) -> dict[str, dict[str, int]]:
    figures: dict[str, dict[str, int]] = await world.valkey("INFO", "commandstats")
    return figures


async def _calls(world: World) -> dict[str, int]:
    return {name: figures["calls"] + figures["rejected_calls"] for name, figures in (await _stats(world)).items()}


async def _asked(world: World, name: str, *, failures: int) -> bool:
    figures = (await _stats(world)).get(name, {})
    return figures.get("rejected_calls", 0) + figures.get("failed_calls", 0) >= failures
