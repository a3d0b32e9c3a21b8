"""How a CloudEvent stands in a stream entry, for FastStream: one field that holds the JSON as it was written."""

from typing import Any

from faststream.redis.parser import MessageFormat


class CloudEventFormat(MessageFormat):
    """Hands the bytes on untouched: a parser must never raise, so judging them is the handler's work."""

    __slots__ = ()

    @classmethod
    async def encode(cls, *, message: Any, **_: Any) -> bytes:
        raise TypeError("events reach a stream through the outbox and its relay only")

    @classmethod
    def parse(cls, data: bytes) -> tuple[bytes, dict[str, Any]]:
        return data, {"content-type": "application/octet-stream"}
