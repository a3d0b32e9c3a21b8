"""What an operator can put right in the record: each repair a step like any other, by a named person with a reason.

The line on the timeline is the audit line: it is written with the change, bears the operator's staff number, and the
reason rests in it, sealed.
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid5

from services.contracts.ids import ReferralId
from services.contracts.lifecycle import Action
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.kit.idempotency import CommandKey, once
from services.referral import clocks, orders
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.ledger import write_step
from services.referral.operations_views import Done, Repair, RepairOrder, RepairPlan
from services.referral.placement import lists, turns
from services.referral.repository import READ, Referrals, from_row
from services.referral.transition import Step, act, fire
from services.referral.usecases import Record, note_refusal

_ORDERS: Final[Mapping[Repair, type[orders.SendOn] | type[orders.RouteAgain]]] = MappingProxyType(
    {Repair.SEND_ON: orders.SendOn, Repair.ROUTE_AGAIN: orders.RouteAgain}
)
_CHOSEN: Final = f"SELECT {', '.join(READ)} FROM referral WHERE id = ANY(%(ids)s)"


def repairs_of(referral: Referral, allowed: Sequence[Action]) -> tuple[Repair, ...]:
    """Return the repairs that *referral* can have, for somebody who may do what *allowed* says."""
    fires = (Repair.FIRE_MARK,) if referral.next_mark else ()
    return (*fires, *(repair for repair, order in _ORDERS.items() if order.action in allowed))


def repaired(referral: Referral, repair: Repair, text: str, actor: Actor, scene: Scene) -> Step:
    """Return the step that *repair* is. Raises Refused."""
    if repair is Repair.FIRE_MARK:
        return _fired(referral, scene)
    order = _ORDERS[repair](text=text)
    return act(referral, order, actor, scene, expected_version=referral.acted_version)


def _fired(referral: Referral, scene: Scene) -> Step:
    """What the next mark would do, done now."""
    following = referral.next_mark
    if following is None:
        raise Refused("referral.nothing_armed", number=referral.number)
    clock = referral.clocks[following.clock]
    mark = clocks.due_first(clock, scene.now, scene.timing(following.clock, referral))
    assert mark is not None, "a clock that is armed has a next mark"
    return fire(referral, following.clock, mark, scene, early=True)


async def plan(record: Record, asked: RepairPlan, actor: Actor) -> dict[str, Any]:
    """Return PlanView as a dict: what the repair would do to each. Nothing is written."""
    async with record.database.read() as tx:
        rows = (await tx.exec_driver_sql(_CHOSEN, {"ids": asked.referrals})).all()
        offices = await record.picture.now(tx)
    known = {row.id: from_row(row) for row in rows}
    planned = [
        _planned(known[each], asked.repair, actor, record.scene(known[each], offices))
        for each in dict.fromkeys(asked.referrals)
        if each in known
    ]
    return {"referrals": planned, "unknown": [each for each in asked.referrals if each not in known]}


def _planned(referral: Referral, repair: Repair, actor: Actor, scene: Scene) -> dict[str, Any]:
    try:
        step, refused = repaired(referral, repair, "-", actor, scene), None
    except Refused as error:
        step, refused = None, error.code
    return {
        "id": referral.id,
        "number": referral.number,
        "version": referral.version,
        "state": referral.state,
        "refused": refused,
        "fact": step and step.fact,
        "state_after": step and step.after.state,
        "clock": step and step.clock,
        "mark": step and step.mark,
        "parked_after": step and step.after.progress.parked,
        "tells": [{"unit": each.unit, "role": each.role} for each in step.told] if step else [],
    }


async def repair_all(record: Record, order: RepairOrder, command: CommandKey, actor: Actor) -> list[dict[str, Any]]:
    """Repair each of the chosen in a transaction of its own; return DoneView of each as a dict.

    Each has a key made of the command's: sent again, what was done is answered as it was, and what was not is done.
    """
    return [
        await _repair_one(record, order, ReferralId(each.id), each.version, command, actor) for each in order.referrals
    ]


async def _repair_one(
    record: Record, order: RepairOrder, referral_id: ReferralId, version: int, command: CommandKey, actor: Actor
) -> dict[str, Any]:
    async def work(tx: Tx) -> tuple[int, dict[str, Any]]:
        return 200, await _applied(record, tx, order, referral_id, version, actor)

    key = CommandKey(command.actor, uuid5(command.key, str(referral_id)), command.body_hash)
    try:
        answer: dict[str, Any] = json.loads(bytes((await once(record.database, key, work)).body))
    except Refused as refused:
        if not refused.code.startswith("referral."):
            raise
        await note_refusal(record, referral_id, order.repair, actor, refused.code)
        number = refused.facts.get("number")
        return {"id": referral_id, "number": number, "result": Done.REFUSED, "refused": refused.code}
    return answer


async def _applied(
    record: Record, tx: Tx, order: RepairOrder, referral_id: ReferralId, version: int, actor: Actor
) -> dict[str, Any]:
    await lists.hold(tx, referral_id, Action.LAPSE_PLACE)  # the next mark may be that
    referral = await Referrals(tx).get(referral_id, lock=True)
    answer = {"id": str(referral_id), "number": referral.number, "refused": None}
    if referral.version != version:
        return {**answer, "result": Done.STALE}
    scene = record.scene(referral, await record.picture.now(tx))
    step = repaired(referral, order.repair, order.text, actor, scene)
    after = await write_step(tx, step, actor, record.keyring, now=scene.now, sealed={"text": order.text})
    await turns.pass_on(tx, referral, after, record.keyring, partial(record.scene, offices=scene.offices))
    return {**answer, "result": Done.APPLIED}


def counted(done: Sequence[Mapping[str, Any]], result: Done) -> int:
    return sum(each["result"] == result for each in done)
