"""First learn who works where: a message for a desk that only looks half empty would reach half of its people."""

import asyncio

from redis.exceptions import ResponseError

from services.kit.streams import StreamClient, order, stream_client
from services.kit.world import WorldAway

PATIENCE_SECONDS = 5.0
LOOK_SECONDS = 0.02


class DirectoryFirst:
    """Holds the reader of another stream back until *group* has taken in what *stream* was told before.

    One server gives the entries of all streams their ids, from its clock: what has the smaller id was told earlier.
    """

    def __init__(self, redis_url: str, stream: str, group: str) -> None:
        self._client: StreamClient = stream_client(redis_url)
        self._stream, self._group = stream, group

    async def __call__(self, entry: bytes) -> None:
        """Wait until all that is older than *entry* is taken in. Raises WorldAway where that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await self._has_all_before(order(entry)):
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise WorldAway(f"{self._group} still learns from {self._stream}") from None

    async def close(self) -> None:
        await self._client.aclose()

    async def _has_all_before(self, moment: tuple[int, int]) -> bool:
        """True where no entry up to *moment* is unread or unfinished.

        False while stream or group are missing: the relay makes the group when all that was lost is there again.
        """
        asked = self._client.pipeline(transaction=False)
        asked.xinfo_stream(self._stream)
        asked.xinfo_groups(self._stream)
        asked.xpending(self._stream, self._group)
        try:
            stream, groups, unfinished = await asked.execute()
        except ResponseError:
            return False
        group = next((each for each in groups if each["name"] == self._group.encode()), None)
        if group is None:
            return False
        wanted = min(moment, order(stream["last-generated-id"]))
        read = order(group["last-delivered-id"]) >= wanted
        return read and not (unfinished["pending"] and order(unfinished["min"]) <= wanted)
