"""A loop that was told to end ends, also where a library lost the word."""

import asyncio
import contextlib

import pytest

from services.kit.health import Heartbeat


async def test_a_loop_that_missed_its_cancellation_ends_at_its_next_beat() -> None:
    heartbeat, rounds = Heartbeat("loop", max_age_seconds=1), 0

    async def loop() -> None:
        nonlocal rounds
        while True:
            heartbeat.beat()
            rounds += 1
            with contextlib.suppress(asyncio.CancelledError):  # what `wait_for` does when the answer comes with it
                await asyncio.sleep(60)

    task = asyncio.create_task(loop())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert rounds == 1


async def test_a_timeout_that_was_handled_is_no_cancellation() -> None:
    heartbeat = Heartbeat("loop", max_age_seconds=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await asyncio.sleep(60)
    heartbeat.beat()
    assert heartbeat.alive


def test_a_heart_beats_without_a_loop_too() -> None:
    heartbeat = Heartbeat("loop", max_age_seconds=1)
    heartbeat.beat()
    assert heartbeat.alive
