"""At the start, first learn who works where: else the first messages would find desks that only look empty."""

from redis.exceptions import ResponseError

from services.kit.streams import StreamClient, stream_client
from services.kit.world import WorldAway

Entry = tuple[int, int]


class CaughtUp:
    """A probe for the reader of `referral`: answers once *group* has what stood in *stream* when first asked."""

    def __init__(self, redis_url: str, stream: str, group: str) -> None:
        self._client: StreamClient = stream_client(redis_url)
        self._stream, self._group = stream, group
        self._target: Entry | None = None
        self._done = False

    async def __call__(self) -> None:
        """Raise WorldAway until it is so; from then on answer at once."""
        if not self._done:
            self._done = await self._is_done()
        if not self._done:
            raise WorldAway(f"{self._group} still learns from {self._stream}")

    async def close(self) -> None:
        await self._client.aclose()

    async def _is_done(self) -> bool:
        try:
            info = await self._client.xinfo_stream(self._stream)
            groups = await self._client.xinfo_groups(self._stream)
        except ResponseError:
            return True  # no such stream: nobody works anywhere yet
        self._target = self._target or _entry(info["last-generated-id"])
        mine = next((each for each in groups if each["name"].decode() == self._group), None)
        if mine is None:
            return False
        pending = await self._client.xpending(self._stream, self._group)
        unfinished = pending["pending"] and _entry(pending["min"]) <= self._target
        return _entry(mine["last-delivered-id"]) >= self._target and not unfinished


def _entry(entry: bytes) -> Entry:
    milliseconds, _, sequence = entry.decode().partition("-")
    return int(milliseconds), int(sequence)
