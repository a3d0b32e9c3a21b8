"""What the messages do for a caller. One use case, one transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from services.contracts.ids import OfficerId
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.notify.desks import hand_over
from services.notify.domain import Status
from services.notify.house import House
from services.notify.tables import MessageRow
from services.notify.views import as_operated, as_read, language_for, own_message

_READ = text("UPDATE message SET read_at = coalesce(read_at, :now) WHERE id = :id")
# By a person's decision, so the tries count anew; of a stopped referral nothing leaves, whoever asks.
_AGAIN = text("""
UPDATE message SET status = 'waiting', why = NULL, tries = 0, next_at = :next_at WHERE id = :id
AND NOT EXISTS (SELECT FROM seen WHERE seen.referral = message.referral AND stopped_version > message.version)
""")


async def mark_read(house: House, tx: Tx, message: UUID, officer: OfficerId, accept: str | None) -> dict[str, Any]:
    """Note that *officer* has read it, the first time, and return InboxMessageView's fields."""
    await own_message(tx, message, officer)
    await tx.execute(_READ, {"id": message, "now": house.now()})
    return as_read(await own_message(tx, message, officer), await language_for(tx, officer, accept))


async def send_again(house: House, tx: Tx, message: UUID) -> dict[str, Any]:
    """Send a message that did not arrive once more, or to whoever is there now, and return MessageView as JSON.

    Anything that is not in trouble stays as it is. Raises Refused("notify.message_not_found").
    """
    query = select(*MessageRow.__table__.columns).where(col(MessageRow.id) == message)  # type: ignore[attr-defined]
    row = (await tx.execute(query.with_for_update())).one_or_none()
    if row is None:
        raise Refused("notify.message_not_found")
    if row.status == Status.UNDELIVERABLE:
        await hand_over(house, tx, row)
    elif row.status in {Status.FAILED, Status.UNSURE}:
        await tx.execute(_AGAIN, {"id": message, "next_at": _next_at(house, urgent=row.urgent)})
    return await as_operated(tx, message)


def _next_at(house: House, *, urgent: bool) -> datetime:
    return house.hours.release(house.now(), urgent=urgent)
