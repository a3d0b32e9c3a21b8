"""Opening a referral: what it says, its story, and who read what. Whoever reads sealed text leaves a line about it.

The line is written in the transaction that opens the text, so there is no reading without it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from services.contracts.ids import ReferralId, UnitId
from services.contracts.lifecycle import Party
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.kit.http import Answered
from services.referral.actors import Actor, parties, privileged
from services.referral.domain import Referral
from services.referral.offices import Offices
from services.referral.placement.views import beside
from services.referral.record import Record, open_draft
from services.referral.repository import Referrals
from services.referral.tables import TimelineRow
from services.referral.views import actor_of, full

_HIDDEN_OF_A_RESTRICTED_CASE: Final = ("staff_no", "unit", "reason", "outcome", "told")
WATCHES: Final = frozenset({Party.DPO, Party.SENDING_SUPERVISOR, Party.RECEIVING_SUPERVISOR})
_READ: Final = text("""
INSERT INTO reading (at, referral, officer, staff_no, unit, what)
VALUES (:at, :referral, :officer, :staff_no, :unit, :what)
""")
_READINGS: Final = text(
    "SELECT id, at, staff_no, unit, what FROM reading"
    " WHERE referral = :referral AND (CAST(:before AS bigint) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"
)


class What(StrEnum):
    """What was read: the draft with its finding and papers, or what was said on the way."""

    DRAFT = "draft"
    TIMELINE = "timeline"


class ReadingView(Answered):
    id: int
    at: datetime
    staff_no: str
    unit: UnitId
    what: What


class ReadingsView(Answered):
    readings: list[ReadingView]
    next: int | None


@dataclass(frozen=True, slots=True)
class Sight:
    """*open_case*: more than the number and the clock may be seen; *readable*: also what was written of the family."""

    who: frozenset[Party]
    offices: Offices
    open_case: bool

    @property
    def readable(self) -> bool:
        return self.open_case and Party.OPERATOR not in self.who


async def show(record: Record, referral_id: ReferralId, caller: Caller) -> dict[str, Any]:
    """Return ReferralView as a dict. Raises Refused("referral.not_found") for strangers."""
    draft, more, actor = None, {}, actor_of(caller)
    async with record.database.begin() as tx:
        referral, sight = await _seen(record, tx, referral_id, actor)
        if sight.open_case:
            more = await beside(tx, referral, actor, sight.offices)
        if sight.readable:
            draft = open_draft(record.keyring, referral.id, await Referrals(tx).sealed(referral.id))
            await note_reading(record, tx, referral_id, caller, What.DRAFT)
    return full(record, referral, actor, sight.offices) | more | {"draft": draft}


async def timeline(record: Record, referral_id: ReferralId, caller: Caller) -> list[dict[str, Any]]:
    """Return the lines oldest first; what was said is opened only for those who may read the case."""
    query = select(*TimelineRow.__table__.columns).where(col(TimelineRow.referral) == referral_id)  # type: ignore[attr-defined]
    async with record.database.begin() as tx:
        _, sight = await _seen(record, tx, referral_id, actor_of(caller))
        rows = (await tx.execute(query.order_by(col(TimelineRow.version)))).all()
        if sight.readable and any(row.sealed for row in rows):
            await note_reading(record, tx, referral_id, caller, What.TIMELINE)
    return [_line(record, row, sight) for row in rows]


async def readings(
    record: Record, referral_id: ReferralId, caller: Caller, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return who read the referral's sealed text, newest first, for those who watch over it. Raises Refused."""
    async with record.database.read() as tx:
        _, sight = await _seen(record, tx, referral_id, actor_of(caller))
        if not sight.who & WATCHES:
            raise Refused("auth.forbidden")
        return await read_trail(tx, referral_id, before=before, limit=limit)


async def read_trail(tx: Tx, subject: UUID, *, before: int | None, limit: int) -> dict[str, Any]:
    """Return ReadingsView of the referral or speaker request *subject*."""
    values = {"referral": subject, "before": before, "limit": limit}
    lines = (await tx.execute(_READINGS, values)).mappings().all()
    return {"readings": lines, "next": lines[-1]["id"] if len(lines) == limit else None}


async def _seen(record: Record, tx: Tx, referral_id: ReferralId, actor: Actor) -> tuple[Referral, Sight]:
    """Return the referral and how far *actor* sees into it. Raises Refused("referral.not_found") for strangers."""
    referral, offices = await Referrals(tx).get(referral_id), await record.picture.now(tx)
    who = parties(actor, referral, offices)
    if not who:
        raise Refused("referral.not_found")
    return referral, Sight(who, offices, privileged(actor, referral, who))


async def note_reading(record: Record, tx: Tx, referral_id: ReferralId, caller: Caller, what: What) -> None:
    who = {"officer": caller.officer, "staff_no": caller.staff_no, "unit": caller.unit}
    await tx.execute(_READ, {**who, "at": record.now(), "referral": referral_id, "what": what.value})


def _line(record: Record, row: Any, sight: Sight) -> dict[str, Any]:
    line = dict(row._mapping)
    if not sight.open_case:
        line |= dict.fromkeys(_HIDDEN_OF_A_RESTRICTED_CASE)
    sealed = line.pop("sealed")
    belongs_to = f"timeline/{line.pop('referral')}/{line['version']}"
    line["said"] = record.keyring.open(sealed, belongs_to=belongs_to) if sealed and sight.readable else None
    return line
