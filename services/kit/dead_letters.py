"""Setting an event aside for a person to look at, putting it back, or dropping it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from services.kit.event_format import DATA as DATA
from services.kit.streams import StreamClient


def dead_letter_stream(stream: str) -> str:
    return f"{stream}.dlq"


def replay_stream(stream: str) -> str:
    """Return where dead letters wait that the relay is to put back on *stream*."""
    return f"{stream}:replay"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event that *group* could not take. *body* is the bytes as they came."""

    entry: str
    group: str
    reason: str
    deliveries: int
    died_at: datetime
    body: bytes


async def bury(
    client: StreamClient, stream: str, group: str, entry: bytes, body: bytes, *, reason: str, deliveries: int
) -> None:
    """Move one pending entry of *group* to the dead letters, in one step: it is never in neither place."""
    letter: dict[str, str | bytes | int] = {
        DATA: body,
        "group": group,
        "reason": reason,
        "deliveries": deliveries,
        "origin": entry,
        "died_at": datetime.now(UTC).isoformat(),
    }
    async with client.pipeline(transaction=True) as both:
        both.xadd(dead_letter_stream(stream), letter)
        both.xack(stream, group, entry)
        await both.execute()


async def dead_letters(client: StreamClient, stream: str, *, limit: int = 100) -> list[DeadLetter]:
    """Return the newest dead letters of *stream*, newest first."""
    entries = await client.xrevrange(dead_letter_stream(stream), count=limit)
    return [_letter(*each) for each in entries]


async def find(client: StreamClient, stream: str, entry: str) -> DeadLetter | None:
    """Return the dead letter of *stream* that stands at *entry*; None where there is none any more."""
    found = await client.xrange(dead_letter_stream(stream), min=entry, max=entry)
    return _letter(*found[0]) if found else None


def _letter(entry: bytes, fields: Mapping[bytes, bytes]) -> DeadLetter:
    return DeadLetter(
        entry=entry.decode(),
        group=fields[b"group"].decode(),
        reason=fields[b"reason"].decode(),
        deliveries=int(fields[b"deliveries"]),
        died_at=datetime.fromisoformat(fields[b"died_at"].decode()),
        body=fields[DATA.encode()],
    )


async def drop(client: StreamClient, stream: str, letter: DeadLetter) -> None:
    """Forget *letter*. Whoever asks for that has noted that nobody waits for its event any more."""
    await client.xdel(dead_letter_stream(stream), letter.entry)


async def replay(client: StreamClient, stream: str, letter: DeadLetter) -> None:
    """Hand *letter* to the relay, which puts the same bytes back on *stream*: groups that had it drop it by its id.

    Not straight onto the stream: an entry newer than the lost tail of a restarted server would hide that loss from
    the relay.
    """
    async with client.pipeline(transaction=True) as both:
        both.xadd(replay_stream(stream), {DATA: letter.body})
        both.xdel(dead_letter_stream(stream), letter.entry)
        await both.execute()
