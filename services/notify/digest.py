"""The loop that makes the morning mail: one for each officer, of all reminders that still stand."""

import asyncio
from typing import Any

import structlog
from sqlalchemy import text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from services.contracts.ids import OfficerId, new_id
from services.kit.database import Tx
from services.kit.health import Heartbeat
from services.notify.domain import DIGEST, Channel, Status, Why
from services.notify.house import House
from services.notify.note import overtaken
from services.notify.tables import MessageRow
from services.notify.telling import find_seen, write

log = structlog.get_logger()

_POLL_SECONDS = 1.0
_LOCK = 0x64696765  # "dige": one maker of morning mails at a time, or an officer could get two halves
_OFFICERS = text("""
SELECT DISTINCT officer FROM message WHERE status = 'waiting' AND digest AND next_at <= :now LIMIT 200
""")
_REMINDERS = text("""
SELECT id, referral, version, fact, content, unit, role FROM message
WHERE officer = :officer AND status = 'waiting' AND digest AND next_at <= :now FOR UPDATE
""")


class DigestLoop:
    """Looks every second for officers whose morning mail is due, and writes it for the sender."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.heartbeat = Heartbeat("digest", max_age_seconds=30)

    async def run(self) -> None:
        while True:
            self.heartbeat.beat()
            try:
                await self.once()
            except (SQLAlchemyError, OSError) as error:
                log.warning("digest.interrupted", error=type(error).__name__)
            await asyncio.sleep(_POLL_SECONDS)

    async def once(self) -> None:
        """Write the morning mails that are due."""
        async with self._house.database.read() as tx:
            officers = list((await tx.execute(_OFFICERS, {"now": self._house.now()})).scalars())
        for officer in officers:
            self.heartbeat.beat()
            async with self._house.database.begin() as tx:
                await self._bundle(tx, OfficerId(officer))

    async def _bundle(self, tx: Tx, officer: OfficerId) -> None:
        lock = text("SELECT pg_advisory_xact_lock(:lock, hashtext(current_schema()))")
        await tx.execute(lock, {"lock": _LOCK})
        now = self._house.now()
        rows = (await tx.execute(_REMINDERS, {"officer": officer, "now": now})).all()
        # Nobody should be reminded in the morning of what was done in the night.
        over = [row.id for row in rows if overtaken(row, await find_seen(tx, row.referral))]
        await _mark(tx, over, status=Status.CANCELLED, why=Why.OUTDATED)
        standing = [row for row in rows if row.id not in over]
        if standing:
            digest = _morning_mail(officer, standing[-1], now)
            await write(tx, [digest])
            await _mark(tx, [row.id for row in standing], status=Status.BUNDLED, bundle=digest["id"])


async def _mark(tx: Tx, messages: list[Any], **values: Any) -> None:
    if messages:
        await tx.execute(update(MessageRow).where(col(MessageRow.id).in_(messages)).values(**values))


def _morning_mail(officer: OfficerId, like: Any, now: Any) -> dict[str, Any]:
    """Return the mail's row. It is its own event: what it carries points to it."""
    mail = new_id()
    return {
        "id": mail,
        "event_id": mail,
        "recipient": str(officer),
        "channel": Channel.MAIL,
        "officer": officer,
        "unit": like.unit,
        "role": like.role,
        "version": 0,
        "fact": DIGEST,
        "content": {},
        "urgent": False,
        "digest": False,
        "restricted": False,
        "status": Status.WAITING,
        "next_at": now,
        "created_at": now,
    }
