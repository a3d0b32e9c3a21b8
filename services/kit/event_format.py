"""How a CloudEvent stands in a stream entry, for FastStream: one field that holds the JSON as it was written."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from faststream.redis.message import DefaultStreamMessage, RedisStreamMessage
from faststream.redis.parser import MessageFormat

DATA = "__data__"


class CloudEventFormat(MessageFormat):
    """Hands the bytes on untouched: a parser must never raise, so judging them is the handler's work."""

    __slots__ = ()

    @classmethod
    async def encode(cls, *, message: Any, **_: Any) -> bytes:
        raise TypeError("events reach a stream through the outbox and its relay only")

    @classmethod
    def parse(cls, data: bytes) -> tuple[bytes, dict[str, Any]]:
        return data, {"content-type": "application/octet-stream"}


def body_of(fields: Mapping[bytes, bytes]) -> bytes:
    """Return the event in a stream entry; of an entry that is not ours all there is, which nobody will take for one."""
    return fields.get(DATA.encode()) or b"&".join(b"%b=%b" % field for field in fields.items())


async def parse_entry(
    entry: DefaultStreamMessage, parse: Callable[[DefaultStreamMessage], Awaitable[RedisStreamMessage]]
) -> RedisStreamMessage:
    """Parse as FastStream does, but for entries without our field, where it raises and the handler never learns."""
    return await parse({**entry, "data": {DATA.encode(): body_of(entry["data"])}})


async def whole_message(message: RedisStreamMessage) -> RedisStreamMessage:
    """Decode to the message itself: the handler needs the entry's id beside the body."""
    return message
