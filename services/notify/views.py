"""What a caller sees of the messages: an officer the own inbox, an operator what did not arrive."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from services.contracts.cases import CaseKind
from services.contracts.codes import Role
from services.contracts.ids import OfficerId, UnitId
from services.contracts.refusals import Refused
from services.contracts.words import Language, pick_language
from services.kit.database import Tx
from services.kit.http import Answered
from services.notify.domain import Channel, Status, Why
from services.notify.house import House
from services.notify.letters import Reader, Told, compose
from services.notify.note import Content
from services.notify.people import language_of


class InboxMessageView(Answered):
    """One message in the reader's language. `event` is what it tells of, `due_at` the deadline that it names.

    `referral`: the id of the case, which is a request for a speaker where *kind* says so.
    """

    id: UUID
    at: datetime
    event: UUID
    kind: CaseKind
    referral: UUID
    number: str
    fact: str
    urgent: bool
    subject: str
    body: str
    due_at: datetime | None
    read_at: datetime | None


class InboxView(Answered):
    messages: list[InboxMessageView]
    next: UUID | None


class CountView(Answered):
    unread: int
    urgent: int


class Trouble(StrEnum):
    """`failed`: refused, or tried too often. `unsure`: perhaps it arrived. `undeliverable`: nobody is there."""

    FAILED = "failed"
    UNSURE = "unsure"
    UNDELIVERABLE = "undeliverable"


class MessageView(Answered):
    """One message as an operator sees it: for whom and why it did not arrive, but no address and no words."""

    id: UUID
    at: datetime
    event: UUID
    kind: CaseKind
    referral: UUID | None
    number: str | None
    fact: str
    channel: Channel
    officer: UUID | None
    unit: UnitId | None
    role: Role | None
    urgent: bool
    status: Status
    why: Why | None
    tries: int
    receipt: str | None
    sent_at: datetime | None
    read_at: datetime | None


class MessagesView(Answered):
    messages: list[MessageView]
    next: UUID | None


_READER: Final = (
    "SELECT id, created_at, event_id, referral, fact, content, urgent, restricted, unit, officer, read_at FROM message"
)
_MINE: Final = "officer = :officer AND channel = 'app' AND status = 'sent'"
_COUNT: Final = text(
    "SELECT count(*) AS unread, count(*) FILTER (WHERE urgent) AS urgent FROM message"
    f" WHERE {_MINE} AND read_at IS NULL"
)
# As the index `message_trouble` has it.
_IN_TROUBLE: Final = "status IN ('failed', 'unsure', 'undeliverable')"
_OPERATOR: Final = """
SELECT id, created_at AS at, event_id AS event, coalesce(content->>'kind', 'referral') AS kind, referral,
    content->>'number' AS number, fact, channel, officer, unit, role, urgent, status, why, tries, receipt, sent_at,
    read_at FROM message
"""


async def language_for(tx: Tx, officer: OfficerId, accept_language: str | None) -> Language:
    """Return what the request asks for, else the officer's own choice."""
    return pick_language(accept_language or await language_of(tx, officer))


async def inbox(
    house: House, officer: OfficerId, accept_language: str | None, *, after: UUID | None, unread: bool, limit: int
) -> dict[str, Any]:
    """Return one page of *officer*'s messages, newest first; *after*: the last one of the page before."""
    where = f" WHERE {_MINE}" + (" AND read_at IS NULL" if unread else "") + (" AND id < :after" if after else "")
    values = {"officer": officer, "most": limit + 1} | ({"after": after} if after else {})
    async with house.database.read() as tx:
        rows = (await tx.execute(text(f"{_READER}{where} ORDER BY id DESC LIMIT :most"), values)).all()
        language = await language_for(tx, officer, accept_language)
    return {"messages": [as_read(row, language) for row in rows[:limit]], "next": _next(rows, limit)}


def as_read(row: Any, language: Language) -> dict[str, Any]:
    """Return InboxMessageView as a dict."""
    content = Content.model_validate(row.content)
    reader = Reader(row.unit, row.officer)
    letter = compose(Told(row.fact, content, reader, urgent=row.urgent, restricted=row.restricted), language)
    return {
        "id": row.id,
        "at": row.created_at,
        "event": row.event_id,
        "kind": content.kind,
        "referral": row.referral,
        "number": content.number,
        "fact": row.fact,
        "urgent": row.urgent,
        "subject": letter.subject,
        "body": letter.body,
        "due_at": content.due_at,
        "read_at": row.read_at,
    }


async def count(house: House, officer: OfficerId) -> dict[str, Any]:
    """Return CountView as a dict, from one index."""
    async with house.database.read() as tx:
        return dict((await tx.execute(_COUNT, {"officer": officer})).one()._mapping)


async def own_message(tx: Tx, message: UUID, officer: OfficerId) -> Any:
    """Return the message in *officer*'s inbox. Raises Refused("notify.message_not_found")."""
    query = text(f"{_READER} WHERE {_MINE} AND id = :id")
    row = (await tx.execute(query, {"officer": officer, "id": message})).one_or_none()
    if row is None:
        raise Refused("notify.message_not_found")
    return row


async def messages(
    house: House, trouble: Trouble | None, referral: UUID | None, *, after: UUID | None, limit: int
) -> dict[str, Any]:
    """Return one page of MessagesView, the oldest first: all of one *referral*, else what somebody must look at."""
    conditions = [
        *(["referral = :referral"] if referral else []),
        *([f"status = '{trouble.value}'"] if trouble else [] if referral else [_IN_TROUBLE]),
        *(["id > :after"] if after else []),
    ]
    values = {"referral": referral, "after": after, "most": limit + 1}
    query = text(f"{_OPERATOR} WHERE {' AND '.join(conditions)} ORDER BY id LIMIT :most")
    async with house.database.read() as tx:
        rows = (await tx.execute(query, {name: value for name, value in values.items() if value is not None})).all()
    return {"messages": [dict(row._mapping) for row in rows[:limit]], "next": _next(rows, limit)}


async def as_operated(tx: Tx, message: UUID) -> dict[str, Any]:
    """Return MessageView as JSON. Raises Refused("notify.message_not_found")."""
    row = (await tx.execute(text(f"{_OPERATOR} WHERE id = :id"), {"id": message})).one_or_none()
    if row is None:
        raise Refused("notify.message_not_found")
    return MessageView.model_validate(dict(row._mapping)).model_dump(mode="json")


def _next(rows: Sequence[Any], limit: int) -> UUID | None:
    return rows[limit - 1].id if len(rows) > limit else None
