"""How long it takes until all is as before: a command that was sent after the fault is answered, and all have heard."""

import asyncio
import time
from typing import Any

from redis.exceptions import RedisError

from services.cli.chaos.ground import Ground
from services.cli.chaos.journal import Command, JournalReader
from services.contracts.events import GROUPS
from services.kit.streams import order

LOOK_SECONDS = 0.1
PAGE = 200
PAGES = 20
STREAM = "referral"


async def recovered(ground: Ground, journal: JournalReader, since: float, *, bound_seconds: float) -> float | None:
    """Return after how many seconds from *since* all is as before, or None where that takes longer than the bound."""
    while time.time() - since < bound_seconds:
        probe = _first_answered(journal, since)
        if probe is not None and await _everybody_heard(ground, probe):
            return time.time() - since
        await asyncio.sleep(LOOK_SECONDS)
    return None


def _first_answered(journal: JournalReader, since: float) -> Command | None:
    """Return the first command about a referral that was sent after *since* and is done."""
    later = [command for command in journal.follow().values() if command.sent_at >= since]
    return next((command for command in later if command.done and "version" in command.answer), None)


async def _everybody_heard(ground: Ground, probe: Command) -> bool:
    """Say whether the event of *probe* is on the stream, and read and acknowledged by every group."""
    client = ground.valkey
    try:
        entry = await _entry_of(client, probe.subject.encode(), probe.answer["version"])
        if entry is None:
            return False
        groups = {each["name"].decode(): each for each in await client.xinfo_groups(STREAM)}
        return all([await _has_taken(client, name, groups.get(name), entry) for name in GROUPS[STREAM]])
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()


async def _entry_of(client: Any, referral: bytes, version: int) -> bytes | None:
    """Return where the event stands, looked for from the newest entry back."""
    last, wanted = "+", b'"subjectversion":%d,' % version
    for _ in range(PAGES):
        page = await client.xrevrange(STREAM, last, count=PAGE)
        for entry, fields in page:
            body = b"".join(fields.values())
            if referral in body and wanted in body.replace(b" ", b""):
                return bytes(entry)
        if len(page) < PAGE:
            break
        last = f"({page[-1][0].decode()}"
    return None


async def _has_taken(client: Any, name: str, group: dict[str, Any] | None, entry: bytes) -> bool:
    if group is None or order(group["last-delivered-id"]) < order(entry):
        return False
    return not await client.xpending_range(STREAM, name, entry, entry, 1)
