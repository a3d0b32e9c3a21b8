"""When people come and go: what waits for somebody who has left, and what waited for somebody to come."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text, update
from sqlmodel import col

from services.contracts.codes import Role
from services.contracts.ids import OfficerId, UnitId
from services.kit.database import Tx
from services.notify.domain import DIGEST, Channel, Status, Why
from services.notify.house import House
from services.notify.note import Note, overtaken
from services.notify.people import staff_of
from services.notify.staff import CASEWORKERS, Officer, Staff
from services.notify.tables import MessageRow
from services.notify.telling import find_seen, officer_rows, write
from services.notify.wanted import Wanted

_UNREAD_OR_UNSENT = text(
    "officer = :officer AND unit = :unit AND fact <> :digest AND"
    " ((channel = 'mail' AND status IN ('waiting', 'bundled'))"
    " OR (channel = 'app' AND status = 'sent' AND read_at IS NULL))"
)
_HAS_IT = text("""
SELECT 1 FROM message WHERE event_id = :event AND officer = ANY(:officers) AND status <> 'cancelled' LIMIT 1
""")
_DROP_MORNING_MAIL = text("""
UPDATE message SET status = 'cancelled', why = 'officer_left'
WHERE officer = :officer AND fact = :digest AND status = 'waiting'
""")


async def leave_desk(house: House, tx: Tx, officer: OfficerId, unit: UnitId) -> None:
    """Hand what *officer* has not read or not been sent as one of *unit* to the others there, unless they have it."""
    values = {"officer": officer, "unit": unit, "digest": DIGEST}
    rows = (await tx.execute(_all_columns().where(_UNREAD_OR_UNSENT.bindparams(**values)))).all()
    staff = await staff_of(tx, [unit]) if rows else Staff()
    for row in _one_per_event(rows):
        await _pass_on(house, tx, row, staff)
    for row in rows:
        await _end(tx, row.id, Why.LEFT)
    await tx.execute(_DROP_MORNING_MAIL, {"officer": officer, "digest": DIGEST})


def _one_per_event(rows: Any) -> Iterator[Any]:
    """Yield one row of each event: mail if it would still go out, so that it goes out to the others too."""
    best: dict[UUID, Any] = {}
    for row in rows:
        if row.event_id not in best or row.channel == Channel.MAIL:
            best[row.event_id] = row
    yield from best.values()


async def _pass_on(house: House, tx: Tx, row: Any, staff: Staff) -> None:
    note = Note.from_row(row)
    others = _colleagues(row, note, staff)
    held = {"event": row.event_id, "officers": [each.id for each in others]}
    if others and (await tx.execute(_HAS_IT, held)).scalar():
        return
    if not others:
        await write(tx, [note.to_nobody(row.unit, row.role, house.now())])
    by_mail = row.channel == Channel.MAIL
    for each in others:
        await write(tx, officer_rows(house, note, each, leaves=by_mail))


def _colleagues(row: Any, note: Note, staff: Staff) -> list[Officer]:
    """Return who takes over: those with the same role, else anybody of the unit; restricted: only who leads it."""
    others = [each for each in staff.officers if each.id != row.officer and each.unit == row.unit]
    same = [each for each in others if each.role == row.role and each.sees(note.case)]
    if note.restricted:
        return [each for each in others if each.role is Role.SUPERVISOR]
    return same or [each for each in others if each.role in CASEWORKERS and each.sees(note.case)]


async def fill_desk(house: House, tx: Tx, unit: UnitId, role: Role) -> None:
    """Deliver what found nobody in *unit*, or no operator anywhere, now that somebody with *role* is there."""
    waiting = _all_columns().where(col(MessageRow.status) == Status.UNDELIVERABLE)
    here = col(MessageRow.unit) == unit
    if role is Role.OPERATOR:
        here = here | (col(MessageRow.unit).is_(None) & (col(MessageRow.role) == role))
    for row in (await tx.execute(waiting.where(here).order_by(col(MessageRow.id)).with_for_update())).all():
        if not await _is_past(tx, row):
            await hand_over(house, tx, row)


async def _is_past(tx: Tx, row: Any) -> bool:
    """True where the case has ended, or a reminder's thing was done: it stays on the operator's list."""
    seen = await find_seen(tx, row.referral)
    return seen is None or seen.ended or overtaken(row, seen)


async def hand_over(house: House, tx: Tx, row: Any) -> bool:
    """Deliver the undeliverable message in *row* to whoever is there now; False where still nobody is."""
    note = Note.from_row(row)
    wanted = Wanted(row.unit, Role(row.role) if row.role else None)
    staff = await staff_of(tx, [row.unit] if row.unit else [], operators=row.unit is None)
    officers = staff.reach(wanted, note.case)
    if not officers:
        return False
    seen = await find_seen(tx, note.case_id)
    stopped = seen is not None and seen.stopped_version is not None
    for officer in officers:
        await write(tx, officer_rows(house, note, officer, leaves=not stopped))
    await _end(tx, row.id, Why.HANDED_OVER)
    return True


async def _end(tx: Tx, message: UUID, why: Why) -> None:
    ended = update(MessageRow).where(col(MessageRow.id) == message)
    await tx.execute(ended.values(status=Status.CANCELLED, why=why))


def _all_columns() -> "Select[Any]":
    return select(*MessageRow.__table__.columns)  # type: ignore[attr-defined]
