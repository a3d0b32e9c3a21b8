"""The stream server as a consumer meets it, and the FastStream broker that reads through it."""

import asyncio
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

_REFUSED_PAUSE_SECONDS = 1.0


class ServerRefused(RedisError):
    """The server answers, but will not serve reads of this group now (read-only, loading, no memory)."""


class PatientRedis(redis.asyncio.Redis):
    """A client whose group reads fail slowly.

    FastStream restarts a read at once after any ResponseError, thousands of times a second. Only NOGROUP passes,
    which FastStream takes as "stop"; everything else waits here and comes out as an error that it logs and retries.
    """

    async def xreadgroup(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super().xreadgroup(*args, **kwargs)
        except ResponseError as error:
            if "NOGROUP" in str(error):
                raise
            await asyncio.sleep(_REFUSED_PAUSE_SECONDS)
            raise ServerRefused(str(error)) from error


class _PatientState(RedisConnectionState):
    __slots__ = ()

    async def connect(self) -> Any:
        self._client = open_client_from(self._options)
        self._connected = True
        return self._client


class StreamBroker(RedisBroker):
    """FastStream's broker on the patient client."""

    def _make_connection_state(self, options: dict[str, Any], kwargs: dict[str, Any]) -> _PatientState:
        return _PatientState(options)


# redis-py types each reply as everything that any option could make of it; ours are bytes, as RESP2 sends them.
StreamClient = Any


def open_client_from(options: dict[str, Any]) -> StreamClient:
    pool = redis.asyncio.ConnectionPool(**{**options, "retry": Retry(NoBackoff(), 0)})
    return PatientRedis(connection_pool=pool)


def stream_client(url: str) -> StreamClient:
    """Return a client without retries of its own: a retried command could act twice."""
    return PatientRedis.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_timeout=5, socket_connect_timeout=5, protocol=2
    )


def stream_broker(url: str) -> StreamBroker:
    """Return a broker that reads CloudEvents and logs nothing per message."""
    silent: Any = None  # FastStream would log every message; the consumer logs what matters
    return StreamBroker(
        url, message_format=CloudEventFormat, logger=silent, graceful_timeout=15.0, socket_connect_timeout=5
    )


def is_away(error: BaseException) -> bool:
    """True where the stream server could not be reached or does not serve now."""
    return isinstance(error, RedisConnectionError | RedisTimeoutError | ReadOnlyError | ServerRefused | ConnectionError)
