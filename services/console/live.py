"""What has just happened, told to open pages: the stream is read without a group, and nothing is kept.

A page that misses something shows it at its next look; so a lost line loses nothing.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from redis.exceptions import RedisError

from services.kit.event_format import body_of
from services.kit.streams import stream_client

log = structlog.get_logger()

STREAM = "referral"
BLOCK_MILLISECONDS = 2_000
PAUSE_SECONDS = 1.0
EVERYTHING = "everything"
"""The subject of a page that shows all referrals together."""
QUIET_SECONDS = 20.0
"""How often an open page hears that the line still stands."""
_READ_AT_ONCE = 500


class Live:
    """Reads the stream of referrals and wakes the pages that show one of them, or a queue that it is in."""

    def __init__(self, redis_url: str) -> None:
        self._client = stream_client(redis_url)
        self._waiting: dict[str, set[asyncio.Event]] = {}

    async def run(self) -> None:
        last = "$"
        while True:
            try:
                last = await self._read(last)
            except (RedisError, OSError) as error:
                log.warning("console.stream_away", error=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def close(self) -> None:
        await self._client.aclose()

    async def changes(self, *subjects: str) -> AsyncIterator[bool]:
        """Yield True when something of *subjects* has changed, False when all was quiet for long.

        Subjects are units, referrals and EVERYTHING.
        """
        with self._listening(subjects) as woken:
            while True:
                try:
                    await asyncio.wait_for(woken.wait(), QUIET_SECONDS)
                except TimeoutError:
                    yield False
                else:
                    woken.clear()
                    yield True

    @contextmanager
    def _listening(self, subjects: tuple[str, ...]) -> Iterator[asyncio.Event]:
        woken = asyncio.Event()
        for subject in subjects:
            self._waiting.setdefault(subject, set()).add(woken)
        try:
            yield woken
        finally:
            for subject in subjects:
                self._waiting[subject].discard(woken)
                if not self._waiting[subject]:
                    del self._waiting[subject]

    async def _read(self, last: str) -> str:
        """Wake whom the next entries concern; return the last one's id."""
        found = await self._client.xread({STREAM: last}, count=_READ_AT_ONCE, block=BLOCK_MILLISECONDS)
        for _, entries in found:
            for entry, fields in entries:
                last = entry.decode()
                self._wake(subjects_of(body_of(fields)) | {EVERYTHING})
        return last

    def _wake(self, subjects: set[str]) -> None:
        for subject in subjects:
            for woken in self._waiting.get(subject, ()):
                woken.set()


def subjects_of(body: bytes) -> set[str]:
    """Return the case and the units that an event is about; none of what is no event of ours."""
    try:
        snapshot: dict[str, Any] = json.loads(body)["data"]["snapshot"]
        named = (snapshot.get(name) for name in ("referral_id", "request_id", "unit_from", "unit_to"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()
    return {name for name in named if isinstance(name, str)}
