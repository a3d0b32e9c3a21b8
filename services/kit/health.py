"""Health is movement: a loop that does not come round any more is not healthy, whatever its socket says."""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from typing import Any


class Heartbeat:
    """A loop's sign of life. `beat()` each time round; stale after *max_age_seconds*."""

    def __init__(self, name: str, *, max_age_seconds: float) -> None:
        self.name = name
        self.max_age_seconds = max_age_seconds
        self._last = 0.0

    def beat(self) -> None:
        """Say that the loop came round. Raises CancelledError in a task that was told to end and did not hear it.

        Before Python 3.12 `asyncio.wait_for`, which redis-py and aiosmtplib use, can drop a cancellation that comes
        together with the answer; the loop would go on for ever, and a part would not stop.
        """
        self._last = time.monotonic()
        with contextlib.suppress(RuntimeError):  # no loop: then nobody was cancelled
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError

    @property
    def age_seconds(self) -> float | None:
        """How long ago the loop came round; None where it never did."""
        return time.monotonic() - self._last if self._last else None

    @property
    def alive(self) -> bool:
        age = self.age_seconds
        return age is not None and age <= self.max_age_seconds


class Health:
    """All heartbeats of one process."""

    def __init__(self) -> None:
        self._heartbeats: list[Heartbeat] = []

    def watch(self, heartbeats: Iterable[Heartbeat]) -> None:
        self._heartbeats.extend(heartbeats)

    def silent(self) -> list[str]:
        """Return the names of the loops that do not move; empty means ready."""
        return [heartbeat.name for heartbeat in self._heartbeats if not heartbeat.alive]

    def loops(self) -> list[dict[str, Any]]:
        """Return each loop with its sign of life, for an operator."""
        names = ("name", "alive", "age_seconds", "max_age_seconds")
        return [{name: getattr(heartbeat, name) for name in names} for heartbeat in self._heartbeats]
