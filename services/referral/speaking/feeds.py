"""Secret addresses of calendars: a calendar program cannot sign in, so whoever has the address reads the calendar.

Only a keyed hash of the secret is kept. A new address ends the one before, and so does the departure of who made it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from services.contracts.codes import Role
from services.contracts.ids import OfficerId, UnitId
from services.contracts.reading import LEADS
from services.contracts.refusals import Refused
from services.contracts.speaking.codes import SessionStatus, Topic
from services.contracts.words import Language
from services.kit.auth import Caller
from services.kit.database import Tx
from services.kit.http import Answered
from services.kit.session_calendar import Entry, calendar_file
from services.referral.speaking.calendar import OF_SPEAKER, OF_UNIT, sessions_sql
from services.referral.usecases import CASEWORKERS, Record

BACK: Final = timedelta(days=120)
AHEAD: Final = timedelta(days=731)

_END: Final = """
UPDATE calendar_feed SET ended_at = %(now)s
WHERE unit = %(unit)s AND officer IS NOT DISTINCT FROM %(officer)s AND ended_at IS NULL
"""
_MAKE: Final = """
INSERT INTO calendar_feed (token_hash, unit, officer, made_by, made_at)
VALUES (%(token_hash)s, %(unit)s, %(officer)s, %(made_by)s, %(now)s)
"""
# Who made it still works there: an address that somebody takes along when leaving shows nothing any more.
_FIND: Final = """
SELECT feed.unit, feed.officer FROM calendar_feed AS feed
JOIN officer AS maker ON maker.officer = feed.made_by AND NOT maker.gone AND maker.unit = feed.unit
WHERE feed.token_hash = %(token_hash)s AND feed.ended_at IS NULL
"""
_OPEN: Final = """
SELECT unit, officer, made_by, made_at FROM calendar_feed
WHERE unit = %(unit)s AND ended_at IS NULL AND (officer = %(officer)s OR officer IS NULL) ORDER BY officer NULLS FIRST
"""
_COLUMNS: Final = """
session.request, session.no, session.number, session.topic, session.status, session.starts_at, session.ends_at,
session.version, coalesce(asks.title, session.unit_from) AS asks, coalesce(speaks.title, session.unit_to) AS speaks,
room.title AS place, line.at AS changed_at
"""
_BESIDE: Final = """
LEFT JOIN unit AS asks ON asks.unit = session.unit_from LEFT JOIN unit AS speaks ON speaks.unit = session.unit_to
JOIN speaker_line AS line ON line.request = session.request AND line.version = session.version
"""


class FeedOf(StrEnum):
    """`me`: where I speak. `unit`: all of my unit, for those who lead it."""

    ME = "me"
    UNIT = "unit"


class FeedView(Answered):
    """An address that is in use. The secret itself is shown once, when it is made."""

    of: FeedOf
    unit: UnitId
    made_by: UUID
    made_at: datetime


class NewFeedView(FeedView):
    """`path` is the secret address, from the API's own root on."""

    path: str


@dataclass(frozen=True, slots=True)
class Feed:
    unit: UnitId
    officer: OfficerId | None


async def make(record: Record, of: FeedOf, caller: Caller) -> dict[str, Any]:
    """Return NewFeedView with a new address; the one before is not good any more. Raises Refused("auth.forbidden")."""
    _check(of, caller)
    token, now = secrets.token_urlsafe(32), record.now()
    feed = {"unit": caller.unit, "officer": caller.officer if of is FeedOf.ME else None, "now": now}
    async with record.database.begin() as tx:
        await tx.exec_driver_sql(_END, feed)
        hashed = {"token_hash": _hash(record, token), "made_by": caller.officer}
        await tx.exec_driver_sql(_MAKE, feed | hashed)
    shown = {"of": of, "unit": caller.unit, "made_by": caller.officer, "made_at": now}
    return shown | {"path": f"/calendar/{token}.ics"}


async def revoke(record: Record, of: FeedOf, caller: Caller) -> None:
    """End the address, if there is one. Raises Refused("auth.forbidden")."""
    _check(of, caller)
    officer = caller.officer if of is FeedOf.ME else None
    async with record.database.begin() as tx:
        await tx.exec_driver_sql(_END, {"unit": caller.unit, "officer": officer, "now": record.now()})


async def in_use(record: Record, caller: Caller) -> list[dict[str, Any]]:
    """Return FeedView of the caller's own address and the unit's, where there are any."""
    if caller.role not in CASEWORKERS:
        raise Refused("auth.forbidden")
    async with record.database.read() as tx:
        rows = await tx.exec_driver_sql(_OPEN, {"unit": caller.unit, "officer": caller.officer})
        return [{**dict(row), "of": FeedOf.ME if row["officer"] else FeedOf.UNIT} for row in rows.mappings()]


async def read(record: Record, token: str, language: Language) -> bytes:
    """Return the calendar file of the address with *token*. Raises Refused("speaking.feed_unknown")."""
    async with record.database.read() as tx:
        feed = await _find(record, tx, token)
        chosen = OF_SPEAKER if feed.officer else OF_UNIT
        now = record.now()
        values = {"unit": feed.unit, "speaker": feed.officer, "since": now - BACK, "until": now + AHEAD}
        statement = sessions_sql(chosen, columns=_COLUMNS, beside=_BESIDE)
        rows = (await tx.exec_driver_sql(statement, values)).mappings().all()
    return calendar_file((_entry(dict(row)) for row in rows), language)


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**row | {"topic": Topic(row["topic"]), "status": SessionStatus(row["status"])})


async def _find(record: Record, tx: Tx, token: str) -> Feed:
    row = (await tx.exec_driver_sql(_FIND, {"token_hash": _hash(record, token)})).one_or_none()
    if row is None:
        raise Refused("speaking.feed_unknown")
    return Feed(row.unit, row.officer)


def _hash(record: Record, token: str) -> bytes:
    return record.keyring.hash("calendar_feed", token)


def _check(of: FeedOf, caller: Caller) -> None:
    allowed = LEADS if of is FeedOf.UNIT else frozenset({*LEADS, Role.OFFICER})
    if caller.role not in allowed:
        raise Refused("auth.forbidden")
