"""How a CloudEvent stands in a stream entry, for FastStream: one field that holds the JSON as it was written."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from faststream.redis.message import BatchStreamMessage, RedisBatchStreamMessage
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


ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it stands in a stream: where, and the bytes."""

    id: bytes
    body: bytes


async def parse_entries(
    batch: BatchStreamMessage, parse: Callable[[BatchStreamMessage], Awaitable[RedisBatchStreamMessage]]
) -> RedisBatchStreamMessage:
    """Parse as FastStream does, but keep every entry's own bytes: it would make one JSON of them all."""
    whole: Any = {**batch, "data": [], ENTRIES: batch["data"]}
    return await parse(whole)


async def whole_message(message: RedisBatchStreamMessage) -> RedisBatchStreamMessage:
    """Decode to the message itself: the handler needs each entry's id beside its body."""
    return message


def entries_of(message: RedisBatchStreamMessage) -> list[Entry]:
    """Return what was read at once, oldest first."""
    raw: Any = message.raw_message
    return [Entry(*pair) for pair in zip(raw["message_ids"], map(body_of, raw[ENTRIES]), strict=True)]
