"""The pipes as one part sees them: what it reads and how far behind, what it has still to tell, what it set aside.

Putting a dead letter back is for the owner of the stream, who alone may write to it. Dropping one is for the part that
could not take it: its inbox notes the event as taken, or the books would find it missing and have it told again.
"""

import time
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from redis.exceptions import RedisError, ResponseError

from services.contracts.events import GROUPS, Envelope
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.clock import Now
from services.kit.crypto import Keyring
from services.kit.database import Database, Tx
from services.kit.dead_letters import DeadLetter, dead_letters, drop, find, replay
from services.kit.health import Health
from services.kit.repair_notes import note_repair, noted_repairs
from services.kit.settings import PartSettings
from services.kit.streams import StreamClient, order, stream_client

MOST_LETTERS: Final = 100
_OUTBOX: Final = """
SELECT count(*) AS waiting, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS oldest_seconds
FROM outbox WHERE stream_id IS NULL
"""
_TAKEN: Final = "INSERT INTO inbox (consumer, event_id) VALUES (%(part)s, %(event)s) ON CONFLICT DO NOTHING"


class Pipes:
    """What *part* can say, and do, about its streams, its outbox and its loops."""

    def __init__(
        self, part: str, database: Database, settings: PartSettings, health: Health, keyring: Keyring, now: Now
    ) -> None:
        self.part, self.database = part, database
        self._health, self._keyring, self._now, self._instance = health, keyring, now, settings.instance
        self._reads = tuple(stream for stream, groups in GROUPS.items() if part in groups)
        self._client: StreamClient = stream_client(settings.redis_url)

    async def close(self) -> None:
        await self._client.aclose()

    async def shown(self) -> dict[str, Any]:
        """Return PipesView as a dict. A stream server that is away is shown, not an error: that is when one looks."""
        groups: list[dict[str, Any]] = []
        letters: list[dict[str, Any]] = []
        away = False
        try:
            for stream in self._reads:
                mine = [
                    each for each in await dead_letters(self._client, stream, limit=1000) if each.group == self.part
                ]
                groups.append(await self._group(stream) | {"dead": len(mine)})
                letters += [_shown(stream, letter) for letter in mine[:MOST_LETTERS]]
        except (RedisError, OSError):
            away = True
        async with self.database.read() as tx:
            outbox = (await tx.exec_driver_sql(_OUTBOX)).mappings().one() if self.part in GROUPS else None
            repairs = await noted_repairs(tx, self._keyring)
        return {
            "part": self.part,
            "instance": self._instance,
            "streams_away": away,
            "groups": groups,
            "outbox": outbox,
            "loops": self._health.loops(),
            "dead_letters": letters,
            "repairs": repairs,
        }

    async def _group(self, stream: str) -> dict[str, Any]:
        """How far this part's group is behind. *oldest_seconds*: of what was not delivered, or not finished."""
        nothing = {"stream": stream, "group": self.part, "missing": True, "lag": 0, "pending": 0, "oldest_seconds": 0.0}
        try:
            groups = await self._client.xinfo_groups(stream)
            pending = await self._client.xpending(stream, self.part)
        except ResponseError:
            return nothing  # the relay of its owner is about to make them
        mine = next((each for each in groups if each["name"].decode() == self.part), None)
        if mine is None:
            return nothing
        after = f"({mine['last-delivered-id'].decode()}"
        waiting = [entry for entry, _ in await self._client.xrange(stream, min=after, count=1)]
        oldest = min((order(each) for each in (*waiting, pending["min"]) if each), default=None)
        return nothing | {
            "missing": False,
            "lag": mine.get("lag") or 0,
            "pending": pending["pending"],
            "oldest_seconds": max(time.time() - oldest[0] / 1000, 0.0) if oldest else 0.0,
        }

    async def put_back(self, tx: Tx, stream: str, entry: str, caller: Caller, text: str) -> dict[str, Any]:
        """Have the relay publish a dead letter of the part's own stream again. Raises Refused."""
        letter = await self._letter(stream, entry)
        if stream != self.part:
            raise Refused("pipes.letter_not_found")
        await self._note(tx, "replayed", stream, letter, caller, text)
        await replay(self._client, stream, letter)
        return _shown(stream, letter)

    async def discard(self, tx: Tx, stream: str, entry: str, caller: Caller, text: str) -> dict[str, Any]:
        """Drop what this part could not take, for good: it counts as taken from now on. Raises Refused."""
        letter = await self._letter(stream, entry)
        if letter.group != self.part:
            raise Refused("pipes.letter_not_found")
        envelope = _envelope(letter)
        if envelope:
            await tx.exec_driver_sql(_TAKEN, {"part": self.part, "event": envelope.id})
        await self._note(tx, "discarded", stream, letter, caller, text)
        await drop(self._client, stream, letter)
        return _shown(stream, letter)

    async def _letter(self, stream: str, entry: str) -> DeadLetter:
        letter = await find(self._client, stream, entry) if stream in GROUPS else None
        if letter is None:
            raise Refused("pipes.letter_not_found")
        return letter

    async def _note(self, tx: Tx, what: str, stream: str, letter: DeadLetter, caller: Caller, text: str) -> None:
        subject = f"{stream}/{letter.entry}/{letter.group}"
        await note_repair(tx, self._keyring, caller, what, subject, text, now=self._now())


def _envelope(letter: DeadLetter) -> Envelope | None:
    try:
        return Envelope.model_validate_json(letter.body)
    except ValidationError:
        return None


def _shown(stream: str, letter: DeadLetter) -> dict[str, Any]:
    """Return LetterView as a dict: nothing of the body but what it is about, and that only where it is an id."""
    envelope = _envelope(letter)
    return {
        "stream": stream,
        "entry": letter.entry,
        "group": letter.group,
        "reason": letter.reason,
        "deliveries": letter.deliveries,
        "died_at": letter.died_at,
        "event": envelope.id if envelope else None,
        "type": envelope.type[:80] if envelope else None,
        "subject": _id_in(envelope.subject) if envelope else None,
    }


def _id_in(subject: str) -> UUID | None:
    try:
        return UUID(subject)
    except ValueError:
        return None
