"""First learn who works where: a message for a desk that only looks half empty would reach half of its people."""

import asyncio
from dataclasses import dataclass

from redis.exceptions import ResponseError

from services.kit.streams import StreamClient, order, stream_client
from services.kit.world import WorldAway

PATIENCE_SECONDS = 5.0
LOOK_SECONDS = 0.02

Id = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Progress:
    """The newest id of a stream, the newest that a group was given, and the oldest that it is not done with."""

    newest: Id
    given: Id
    unfinished: Id | None

    def has_all_up_to(self, entry: Id) -> bool:
        return self.given >= entry and not (self.unfinished and self.unfinished <= entry)


class DirectoryFirst:
    """Holds the reader of another stream back until *group* has taken in all that *stream* holds at that moment."""

    def __init__(self, redis_url: str, stream: str, group: str) -> None:
        self._client: StreamClient = stream_client(redis_url)
        self._stream, self._group = stream, group

    async def __call__(self) -> None:
        """Wait for what is there now, however much comes meanwhile. Raises WorldAway where that takes too long."""
        wanted: Id | None = None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    progress = await self._progress()
                    if progress is None:
                        wanted = None  # a stream that was lost begins anew
                    elif progress.has_all_up_to(wanted := wanted or progress.newest):
                        return
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise WorldAway(f"{self._group} still learns from {self._stream}") from None

    async def close(self) -> None:
        await self._client.aclose()

    async def _progress(self) -> _Progress | None:
        """None while stream or group are missing: the relay makes the group once all that was lost is there again."""
        asked = self._client.pipeline(transaction=False)
        asked.xinfo_stream(self._stream)
        asked.xinfo_groups(self._stream)
        asked.xpending(self._stream, self._group)
        try:
            stream, groups, pending = await asked.execute()
        except ResponseError:
            return None
        group = next((each for each in groups if each["name"] == self._group.encode()), None)
        if group is None:
            return None
        unfinished = order(pending["min"]) if pending["pending"] else None
        return _Progress(order(stream["last-generated-id"]), order(group["last-delivered-id"]), unfinished)
