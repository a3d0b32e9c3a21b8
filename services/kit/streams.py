"""The stream server as a consumer meets it, and the FastStream broker that reads through it."""

from typing import Any

import redis.asyncio
from faststream.redis import RedisBroker
from faststream.redis.configs.state import RedisConnectionState
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.kit.event_format import CloudEventFormat


class ReadingRedis(redis.asyncio.Redis):
    """The client that FastStream reads through: whatever goes wrong ends the reading, and the consumer begins anew.

    FastStream repeats a read at once after an error that the server answered, thousands of times a second. After any
    other it goes on with the next events, although the lost answer may have held some. Only NOGROUP makes it stop.
    """

    async def xreadgroup(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super().xreadgroup(*args, **kwargs)
        except (RedisError, OSError) as error:
            raise ResponseError(f"NOGROUP, or no answer: {type(error).__name__}") from error

    async def xgroup_create(self, *args: Any, **kwargs: Any) -> bool:
        """Make none: the relay makes the groups, at 0. FastStream would make them at the end of the stream."""
        return True

    async def ping(self, **kwargs: Any) -> bool:
        """Ask nobody: the first read will tell. FastStream would ask again without a pause."""
        return True


class _ReadingState(RedisConnectionState):
    __slots__ = ()

    async def connect(self) -> Any:
        options = {**self._options, "retry": Retry(NoBackoff(), 0), "protocol": 2}
        self._client = ReadingRedis.from_pool(redis.asyncio.ConnectionPool(**options))
        self._connected = True
        return self._client


class StreamBroker(RedisBroker):
    """FastStream's broker on a client that stops at the first fault."""

    def _make_connection_state(self, options: dict[str, Any], kwargs: dict[str, Any]) -> _ReadingState:
        return _ReadingState(options)


# redis-py types each reply as everything that any option could make of it; ours are bytes, as RESP2 sends them.
StreamClient = Any


def stream_client(url: str) -> StreamClient:
    """Return a client without retries of its own: a retried command could act twice."""
    return redis.asyncio.Redis.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_timeout=5, socket_connect_timeout=5, protocol=2
    )


def stream_broker(url: str) -> StreamBroker:
    """Return a broker that reads CloudEvents and logs nothing per message."""
    silent: Any = None  # FastStream would log every message; the consumer logs what matters
    return StreamBroker(
        url,
        message_format=CloudEventFormat,
        logger=silent,
        apply_types=False,  # injection by annotation would go through a thread four times for each message
        graceful_timeout=15.0,
        socket_connect_timeout=5,
    )


def order(entry: bytes) -> tuple[int, int]:
    """Return a stream's `ms-seq` as what it is ordered by."""
    milliseconds, _, sequence = entry.decode().partition("-")
    return int(milliseconds), int(sequence)


def is_away(error: BaseException) -> bool:
    """True where the stream server could not be reached or does not serve now."""
    return isinstance(error, RedisConnectionError | RedisTimeoutError | ReadOnlyError | ConnectionError)
