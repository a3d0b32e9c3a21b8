"""The messages that are to leave the house, as the senders take them from the database and write back what became."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.contracts.ids import OfficerId, UnitId
from services.kit.database import Database
from services.notify.domain import Channel, Status, Why

# Urgent first; at night nothing else. Whom it reaches is read with it: officers who left have no contact any more.
_CLAIM = """
WITH claimed AS (
    UPDATE message SET status = 'sending', claimed_by = %(by)s, claimed_at = now() WHERE id IN (
        SELECT id FROM message WHERE status = 'waiting' AND NOT digest AND channel = %(channel)s
            AND (urgent OR NOT %(quiet)s) AND next_at <= %(now)s
        ORDER BY urgent DESC, next_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING id, event_id, recipient, officer, unit, referral, version, fact, content, urgent, restricted, tries,
        created_at, next_at
)
SELECT claimed.id, event_id, recipient, claimed.officer, claimed.unit, referral, claimed.version, fact, content, urgent,
    restricted, tries, created_at, contact, language
FROM claimed LEFT JOIN officer ON officer.officer = claimed.officer AND NOT gone ORDER BY urgent DESC, next_at
"""
_BUNDLED = text("""
SELECT id, fact, content, urgent, restricted, officer, unit FROM message WHERE bundle = :id AND status = 'bundled'
ORDER BY urgent DESC, content->>'due_at', id
""")
# What was really sent is written down as sent, even if it was called off meanwhile.
_SENT = """
UPDATE message SET status = 'sent', why = NULL, receipt = %(receipt)s, sent_at = %(now)s
WHERE id = %(id)s OR (bundle = %(id)s AND status = 'bundled')
"""
_ENDED = text(
    "UPDATE message SET status = :status, why = :why, receipt = :receipt WHERE id = :id AND status = 'sending'"
)
_LATER = text("""
UPDATE message SET status = 'waiting', why = :why, receipt = :receipt, tries = :tries, next_at = :next_at
WHERE id = :id AND status = 'sending'
""")
_GIVEN_BACK = text("""
UPDATE message SET status = 'waiting', claimed_by = NULL WHERE id = ANY(:ids) AND status = 'sending'
""")
# A mail goes again with the Message-ID that it had; where there is no such key nobody can tell, so a person decides.
_HANGING = text("""
UPDATE message SET status = CASE channel WHEN 'mail' THEN 'waiting' ELSE 'unsure' END,
    why = CASE channel WHEN 'mail' THEN why ELSE 'interrupted' END
WHERE status = 'sending' AND channel = :channel
    AND (claimed_by = :by OR claimed_at < now() - make_interval(secs => :lease))
RETURNING id
""")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message that a sender has claimed. *contact* is sealed; None where there is nobody to reach any more."""

    id: UUID
    event_id: UUID
    recipient: str
    officer: OfficerId | None
    unit: UnitId | None
    referral: UUID | None
    version: int
    fact: str
    content: dict[str, Any]
    urgent: bool
    restricted: bool
    tries: int
    created_at: datetime
    contact: str | None
    language: str | None


class Outbound:
    """The messages of one channel, as the sender named *by* sees them. Each call is a transaction of its own."""

    def __init__(self, database: Database, channel: Channel, by: str) -> None:
        self._database = database
        self._whose = {"channel": channel.value, "by": by}

    async def claim(self, now: datetime, *, quiet: bool, most: int) -> list[Outgoing]:
        """Mark at most *most* messages that are due as being sent and return them."""
        async with self._database.begin() as tx:
            found = await tx.exec_driver_sql(_CLAIM, {**self._whose, "now": now, "quiet": quiet, "most": most})
            return [Outgoing(**dict(row._mapping)) for row in found]

    async def hanging(self, lease_seconds: int) -> int:
        """Free what this sender, or one that is silent for *lease_seconds*, began and never finished; say how many."""
        async with self._database.begin() as tx:
            return len((await tx.execute(_HANGING, {**self._whose, "lease": lease_seconds})).all())

    async def bundled(self, message: UUID) -> list[Any]:
        """Return the reminders that the morning mail *message* carries."""
        async with self._database.read() as tx:
            return list((await tx.execute(_BUNDLED, {"id": message})).all())

    async def sent(self, message: UUID, receipt: str, now: datetime) -> None:
        async with self._database.begin() as tx:
            await tx.exec_driver_sql(_SENT, {"id": message, "receipt": receipt, "now": now})

    async def ended(self, message: UUID, status: Status, why: Why, receipt: str | None = None) -> None:
        async with self._database.begin() as tx:
            await tx.execute(_ENDED, {"id": message, "status": status.value, "why": why.value, "receipt": receipt})

    async def later(self, message: UUID, tries: int, next_at: datetime, receipt: str) -> None:
        values = {"id": message, "tries": tries, "next_at": next_at, "receipt": receipt, "why": Why.TOLD_OFF.value}
        async with self._database.begin() as tx:
            await tx.execute(_LATER, values)

    async def give_back(self, messages: list[UUID]) -> None:
        """Let *messages* wait again as if they had never been claimed."""
        async with self._database.begin() as tx:
            await tx.execute(_GIVEN_BACK, {"ids": messages})
