"""Who has left is refused also by a part that keeps no copy of the officers: it reads the registry's stream itself."""

import asyncio
import time
from typing import Final

import structlog
from redis.exceptions import RedisError

from services.contracts.events import OfficerChanged, OfficerLeft
from services.contracts.ids import OfficerId
from services.kit.auth import TOKEN_LIFE, Verifier
from services.kit.departures import OVERLAP
from services.kit.event_format import body_of
from services.kit.health import Heartbeat
from services.kit.inbox import Unreadable, read
from services.kit.streams import StreamClient, stream_client

log = structlog.get_logger()

STREAM: Final = "registry"
_OF_OFFICERS: Final = b'"registry.officer_'
_READ_AT_ONCE: Final = 1000


class HeardDepartures:
    """Refuses the tokens of everybody who left while a token of theirs may still be good. Reads without a group."""

    PASS_SECONDS = 2.0

    def __init__(self, redis_url: str, verifier: Verifier) -> None:
        self._client: StreamClient = stream_client(redis_url)
        self._verifier = verifier
        began = time.time() - (TOKEN_LIFE + OVERLAP).total_seconds()
        self._last = f"{int(began * 1000)}-0"
        self.heartbeat = Heartbeat("departures", max_age_seconds=30)

    async def close(self) -> None:
        await self._client.aclose()

    async def once(self) -> None:
        """Hear what has happened since the last time; of one person the newest counts, for who left may come back."""
        gone: dict[OfficerId, bool] = {}
        while True:
            entries = await self._client.xrange(STREAM, min=f"({self._last}", count=_READ_AT_ONCE)
            for entry, fields in entries:
                self._last = entry.decode()
                gone |= _told_by(body_of(fields))
            if len(entries) < _READ_AT_ONCE:
                break
        for officer in (each for each, left in gone.items() if left):
            self._verifier.left(officer)

    async def run(self) -> None:
        while True:
            try:
                await self.once()
            except (RedisError, OSError) as error:
                log.warning("departures.interrupted", error=type(error).__name__)
            self.heartbeat.beat()
            await asyncio.sleep(self.PASS_SECONDS)


def _told_by(body: bytes) -> dict[OfficerId, bool]:
    """Return whom an event is about and whether they have left; nobody for any other event."""
    if _OF_OFFICERS not in body:
        return {}
    try:
        event = read(body).event
    except Unreadable:
        return {}
    return {event.officer: isinstance(event, OfficerLeft)} if isinstance(event, OfficerLeft | OfficerChanged) else {}
