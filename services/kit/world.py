"""Telling a fault of the world (a server that is away) from a fault of the event or the request."""

from temporalio.service import RPCError, RPCStatusCode

from services.kit import database, streams

_TEMPORAL_AWAY = frozenset(
    {RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.RESOURCE_EXHAUSTED}
)


class WorldAway(Exception):
    """A server that this work needs is not reachable now."""


def is_away(error: BaseException) -> bool:
    """True where PostgreSQL, the stream server or Temporal is away, anywhere in the chain of causes."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, WorldAway) or database.is_away(seen) or streams.is_away(seen) or _temporal_is_away(seen):
            return True
        seen = seen.__cause__
    return False


def _temporal_is_away(error: BaseException) -> bool:
    return isinstance(error, RPCError) and error.status in _TEMPORAL_AWAY
