"""Work queues: what waits for whom, the most urgent first. Each list is one indexed query."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, literal, select, text
from sqlmodel import col

from services.contracts.codes import Role
from services.contracts.ids import FamilyId, RegionCode, UnitId
from services.contracts.lifecycle import State
from services.contracts.reading import LEADS
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.http import Answered
from services.referral.actors import parties, privileged
from services.referral.deciding import awaiting
from services.referral.domain import Referral
from services.referral.offices import Offices
from services.referral.paging import cursor_of, read_cursor
from services.referral.repository import from_row, select_referral
from services.referral.tables import ReferralRow
from services.referral.usecases import Record
from services.referral.views import BriefView, actor_of, brief

MOST_COUNTED = 1_000
Nobody = Literal["nobody"]


class QueueName(StrEnum):
    """`mine`: my own move. `unit`: my unit's. `overdue`: late. `waiting`: the other side waits for our answer.

    `sent`: what I have written and is not over yet, whoever's move it is. For those who lead, `team`: what the unit was
    asked for and has to move, to be assigned; `decisions`: what they decide, for their own unit and for others below.
    """

    MINE = "mine"
    UNIT = "unit"
    OVERDUE = "overdue"
    WAITING = "waiting"
    SENT = "sent"
    TEAM = "team"
    DECISIONS = "decisions"

    @property
    def of_those_who_lead(self) -> bool:
        return self in {QueueName.TEAM, QueueName.DECISIONS}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a queue to list; None does not narrow. *holder*: whose move it is; *region*: families in that area."""

    unit: UnitId | None = None
    region: RegionCode | None = None
    holder: UUID | Nobody | None = None


class QueueView(Answered):
    referrals: list[BriefView]
    next: str | None


class CountsView(Answered):
    """How many wait in each queue that the caller has; a queue of more than a thousand says 1000."""

    counts: dict[QueueName, int]


class FoundView(Answered):
    referrals: list[BriefView]


_ANSWER_AWAITED = (
    *(State.OFFERED, State.RECEIVED, State.INFO_NEEDED, State.PLACE_OFFERED, State.REPORTED, State.REROUTING),
    *(State.CANCELLING, State.STOPPING),
)


async def page(
    record: Record,
    name: QueueName,
    caller: Caller,
    wanted: Wanted,
    *,
    after: str | None,
    limit: int,
) -> dict[str, Any]:
    """Return one page of a queue, by due date.

    Raises Refused for a unit that is not below the caller's, and for a queue of those who lead.
    """
    page_before = read_cursor(after) if after else None
    async with record.database.read() as tx:
        offices = await record.picture.now(tx)
        query = _query(name, caller, unit_of(caller, wanted.unit, offices), record.now(), offices)
        query = _narrowed(query, wanted)
        if page_before:
            query = query.where(text("(queue_at, id) > (:queue_at, :after_id)").bindparams(**page_before))
        query = query.order_by(col(ReferralRow.queue_at), col(ReferralRow.id)).limit(limit + 1)
        rows = (await tx.execute(query.add_columns(col(ReferralRow.queue_at)))).all()
    more = cursor_of(rows[limit - 1].queue_at, rows[limit - 1].id) if len(rows) > limit else None
    return {"referrals": [_seen_by(caller, from_row(row), offices) for row in rows[:limit]], "next": more}


def _narrowed(query: Any, wanted: Wanted) -> Any:
    if wanted.holder == "nobody":
        query = query.where(col(ReferralRow.holder).is_(None))
    elif wanted.holder:
        query = query.where(col(ReferralRow.holder) == wanted.holder)
    if region := wanted.region:
        query = query.where((col(ReferralRow.region) == region) | col(ReferralRow.region).startswith(f"{region}."))
    return query


async def counts(record: Record, caller: Caller) -> dict[str, Any]:
    """Return CountsView as a dict: all queues of the caller's, by one statement."""
    async with record.database.read() as tx:
        offices = await record.picture.now(tx)
        unit, now = unit_of(caller, None, offices), record.now()
        names = [name for name in QueueName if caller.role in LEADS or not name.of_those_who_lead]
        counted = [_count(_query(name, caller, unit, now, offices)).label(name) for name in names]
        row = (await tx.execute(select(*counted))).one()
    return {"counts": dict(zip(names, row, strict=True))}


async def by_number(record: Record, number: str, caller: Caller) -> list[dict[str, Any]]:
    """Return the referral of that *number*, if the caller has a part in it."""
    return await _with_a_part(record, select_referral().where(col(ReferralRow.number) == number), caller)


async def of_family(record: Record, family: FamilyId, caller: Caller) -> list[dict[str, Any]]:
    """Return the family's referrals in which the caller has a part, newest first."""
    query = select_referral().where(col(ReferralRow.family) == family)
    return await _with_a_part(record, query.order_by(col(ReferralRow.created_at).desc()).limit(100), caller)


async def _with_a_part(record: Record, query: Any, caller: Caller) -> list[dict[str, Any]]:
    async with record.database.read() as tx:
        rows = (await tx.execute(query)).all()
        offices, actor = await record.picture.now(tx), actor_of(caller)
    return [_seen_by(caller, each, offices) for each in map(from_row, rows) if parties(actor, each, offices)]


def _seen_by(caller: Caller, referral: Referral, offices: Offices) -> dict[str, Any]:
    actor = actor_of(caller)
    return brief(referral, open_case=privileged(actor, referral, parties(actor, referral, offices)))


def unit_of(caller: Caller, unit: UnitId | None, offices: Offices) -> UnitId:
    if caller.role in {Role.DPO, Role.OPERATOR}:
        raise Refused("auth.forbidden")
    if unit is None or unit == caller.unit:
        return caller.unit
    if caller.role is Role.OFFICER or not offices.is_above(caller.unit, unit):
        raise Refused("auth.forbidden")
    return unit


def _query(name: QueueName, caller: Caller, unit: UnitId, now: datetime, offices: Offices) -> Any:
    if name.of_those_who_lead and caller.role not in LEADS:
        raise Refused("auth.forbidden")
    if name is QueueName.DECISIONS:
        return select_referral().where(awaiting(caller, offices))
    if name is QueueName.MINE:
        return select_referral().where(col(ReferralRow.holder) == caller.officer)
    if name is QueueName.SENT:
        mine = col(ReferralRow.created_by) == caller.officer
        return select_referral().where(mine, col(ReferralRow.waits_for).is_not(None))
    query = select_referral().where(col(ReferralRow.waits_for) == unit)
    if caller.village:
        query = query.where((col(ReferralRow.region) == caller.village) | (col(ReferralRow.assignee) == caller.officer))
    if name is QueueName.TEAM:
        return query.where(col(ReferralRow.unit_to) == unit)
    if name is QueueName.OVERDUE:
        return query.where(col(ReferralRow.queue_at) < now)
    if name is QueueName.WAITING:
        return query.where(col(ReferralRow.state).in_(_ANSWER_AWAITED))
    return query


def _count(query: Any) -> Any:
    """Return how many rows *query* has, counted no further than MOST_COUNTED."""
    counted = query.with_only_columns(literal(1)).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(counted).scalar_subquery()
