"""Moving many referrals to another policy: which ones, what becomes of their time, and the act itself, page by page."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import Field

from services.contracts.codes import Priority, Service
from services.contracts.ids import UnitId
from services.contracts.lifecycle import State
from services.kit.database import Tx
from services.kit.http import Answered, Body
from services.referral import orders
from services.referral.actors import Actor
from services.referral.checks import LIVE
from services.referral.ending_effects import check_policy
from services.referral.ledger import write_step
from services.referral.repository import READ, from_row
from services.referral.transition import Step, act
from services.referral.usecases import Record

# Chosen and locked at once, in the order of their ids, so that two who move do not wait for each other for ever.
_CHOSEN: Final = f"""
SELECT {", ".join(READ)} FROM referral
WHERE {LIVE} AND policy_version <> %(to)s AND id > %(after)s::uuid
    AND (%(policy)s::varchar IS NULL OR policy_version = %(policy)s)
    AND (%(unit)s::varchar IS NULL OR %(unit)s IN (unit_from, unit_to))
    AND (%(service)s::varchar IS NULL OR service = %(service)s)
    AND (%(priority)s::varchar IS NULL OR priority = %(priority)s)
    AND (%(state)s::varchar IS NULL OR state = %(state)s)
ORDER BY id LIMIT %(limit)s
"""
_CHOSEN_AND_LOCKED: Final = f"{_CHOSEN} FOR UPDATE"


class Chosen(Body):
    """Live referrals that do not have the policy *to* yet; what is empty chooses nothing out."""

    to: orders.PolicyVersion
    policy: orders.PolicyVersion | None = Field(default=None, description="only those that have this one now")
    unit: UnitId | None = Field(default=None, description="only those that this unit sent or was asked", max_length=64)
    service: Service | None = None
    priority: Priority | None = None
    state: State | None = None
    after: UUID | None = Field(default=None, description="`next` of the page before")
    limit: int = Field(default=50, ge=1, le=100)


class Move(Chosen):
    text: orders.Text = Field(description="why; it is kept with each referral")


class MovedView(Answered):
    """*late*: by the new times something is to be told at once."""

    id: UUID
    number: str
    state: State
    policy_before: str
    due_before: datetime | None
    due_after: datetime | None
    late: bool


class MovesView(Answered):
    referrals: list[MovedView]
    next: UUID | None


async def preview(record: Record, tx: Tx, chosen: Chosen, actor: Actor) -> dict[str, Any]:
    """Return what `move` would do with this page. Raises Refused where the policy cannot be used."""
    steps = await _steps(record, tx, chosen, "-", actor, _CHOSEN)
    return _answer(record, chosen, steps)


async def move(record: Record, tx: Tx, order: Move, actor: Actor) -> dict[str, Any]:
    """Move this page, each referral by an act of its own. Raises Refused where the policy cannot be used."""
    steps = await _steps(record, tx, order, order.text, actor, _CHOSEN_AND_LOCKED)
    for step in steps:
        await write_step(tx, step, actor, record.keyring, now=record.now(), sealed={"text": order.text})
    return _answer(record, order, steps)


async def _steps(record: Record, tx: Tx, chosen: Chosen, why: str, actor: Actor, query: str) -> list[Step]:
    check_policy(chosen.to)
    order = orders.MovePolicy(policy=chosen.to, text=why)
    rows = (await tx.exec_driver_sql(query, {**chosen.model_dump(), "after": chosen.after or UUID(int=0)})).all()
    offices = await record.picture.now(tx)
    return [
        act(each, order, actor, record.scene(each, offices), expected_version=each.acted_version)
        for each in map(from_row, rows)
    ]


def _answer(record: Record, chosen: Chosen, steps: list[Step]) -> dict[str, Any]:
    moved = [_moved(step, record.now()) for step in steps]
    return {"referrals": moved, "next": moved[-1]["id"] if len(moved) == chosen.limit else None}


def _moved(step: Step, now: datetime) -> dict[str, Any]:
    next_mark = step.after.next_mark
    return {
        "id": step.before.id,
        "number": step.before.number,
        "state": step.before.state,
        "policy_before": step.before.policy_version,
        "due_before": step.before.due_at,
        "due_after": step.after.due_at,
        "late": next_mark is not None and next_mark.at <= now,
    }
