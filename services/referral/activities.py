"""The commands that the clock gives to the record. Each is one transaction; asked twice, it has one effect."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import structlog
from sqlalchemy import TextClause, text

from services.contracts import commands
from services.contracts.codes import ClockName, ParkReason
from services.contracts.commands import Answer, Result
from services.contracts.ids import ReferralId
from services.contracts.lifecycle import Action
from services.contracts.refusals import Refused
from services.kit import temporal
from services.kit.database import Tx
from services.referral import clocks, orders
from services.referral.actors import SYSTEM
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.ledger import write_step
from services.referral.placement import lists, turns
from services.referral.repository import Referrals
from services.referral.transition import Step, act_by_system, fire, park
from services.referral.usecases import Record

log = structlog.get_logger()

_FOLLOW_UPS_DUE = text(
    "SELECT id FROM referral WHERE follow_up_at <= :now AND state = 'closed'"
    " ORDER BY follow_up_at LIMIT :limit FOR UPDATE SKIP LOCKED"
)
# A draft lies since it was written or edited last. Whoever was warned late, because a round did not run, has the same
# week to answer.
_LYING = (
    "SELECT id FROM referral WHERE state = 'draft' AND submitted_at IS NULL"
    " AND coalesce(edited_at, created_at) < CAST(:now AS timestamptz) - interval '{days} days' AND {warned}"
    " ORDER BY coalesce(edited_at, created_at) LIMIT :limit FOR UPDATE SKIP LOCKED"
)
_TO_WARN = text(_LYING.format(days=23, warned="warned_at IS NULL"))
_TO_PURGE = text(_LYING.format(days=30, warned="warned_at <= CAST(:now AS timestamptz) - interval '7 days'"))


def activities(record: Record) -> Sequence[temporal.Activity]:
    """Return the record's commands, ready to be served."""
    clock = ClockCommands(record)
    return (
        temporal.serves(commands.OFFER, clock.offer),
        temporal.serves(commands.FIRE_MARK, clock.fire_mark),
        temporal.serves(commands.PURGE_DRAFTS, clock.purge_drafts),
        temporal.serves(commands.ASK_FOLLOW_UPS, clock.ask_follow_ups),
    )


class ClockCommands:
    def __init__(self, record: Record) -> None:
        self._record = record

    async def offer(self, command: commands.Offer) -> Answer:
        """Ask the next unit, or leave the referral to the sending supervisor."""
        async with self._record.database.begin() as tx:
            referral = await Referrals(tx).find(command.referral_id, lock=True)
            if referral is None:
                return _unknown()
            if referral.version != command.version or not referral.snapshot().to_be_routed:
                return _answer(Result.STALE, referral)
            scene = self._record.scene(referral, await self._record.picture.now(tx))
            step = _offered_or_parked(referral, command, scene)
            return await self._apply(tx, step, scene)

    async def fire_mark(self, command: commands.FireMark) -> Answer:
        """Do what is due at a mark, if it is still the next one."""
        async with self._record.database.begin() as tx:
            if command.clock is ClockName.PLACE:
                await lists.hold(tx, command.referral_id, Action.LAPSE_PLACE)
            referral = await Referrals(tx).find(command.referral_id, lock=True)
            if referral is None:
                return _unknown()
            clock = referral.clocks.get(command.clock)
            if referral.version != command.version or clock is None or clock.next_mark is not command.mark:
                return _answer(Result.STALE, referral)
            scene = self._record.scene(referral, await self._record.picture.now(tx))
            # After an outage this may be a later mark than the one asked for: one late message, not a flood.
            mark = clocks.due_now(clock, scene.now, scene.timing(command.clock, referral))
            if mark is None:
                return _answer(Result.NOT_YET, referral)
            return await self._apply(tx, fire(referral, command.clock, mark, scene), scene)

    async def _apply(self, tx: Tx, step: Step, scene: Scene) -> Answer:
        after = await write_step(tx, replace(step, by_command=True), SYSTEM, self._record.keyring, now=scene.now)
        scene_of = partial(self._record.scene, offices=scene.offices)
        await turns.pass_on(tx, step.before, after, self._record.keyring, scene_of)
        log.info(f"referral.{step.fact}", referral=str(after.id), state=after.state, clock=step.clock, mark=step.mark)
        return _answer(Result.APPLIED, after)

    async def purge_drafts(self, command: commands.PurgeDrafts) -> commands.Purged:
        """Warn about drafts that lie for 23 days, end those of 30 days. Source: docs/lifecycle.md."""
        warned = await self._each_draft(Action.WARN_DRAFT, _TO_WARN, command.limit)
        purged = await self._each_draft(Action.PURGE, _TO_PURGE, command.limit)
        return commands.Purged(warned=warned, purged=purged)

    async def ask_follow_ups(self, command: commands.AskFollowUps) -> commands.Asked:
        """Ask what became of proposals whose referral is closed: at 100 days, then every quarter."""
        async with self._record.database.begin() as tx:
            due = {"now": self._record.now(), "limit": command.limit}
            ids = list((await tx.execute(_FOLLOW_UPS_DUE, due)).scalars())
            for each in ids:
                await self._system_step(tx, ReferralId(each), Action.ASK_FOLLOW_UP)
        return commands.Asked(asked=len(ids))

    async def _each_draft(self, action: Action, chosen: TextClause, limit: int) -> int:
        async with self._record.database.begin() as tx:
            ids = list((await tx.execute(chosen, {"now": self._record.now(), "limit": limit})).scalars())
            for each in ids:
                await self._system_step(tx, ReferralId(each), action)
        return len(ids)

    async def _system_step(self, tx: Tx, referral_id: ReferralId, action: Action) -> None:
        referral = await Referrals(tx).get(referral_id)
        scene = self._record.scene(referral, await self._record.picture.now(tx))
        await write_step(tx, act_by_system(referral, action, scene), SYSTEM, self._record.keyring, now=scene.now)


def _offered_or_parked(referral: Referral, command: commands.Offer, scene: Scene) -> Step:
    unit = referral.progress.suggested or command.unit
    if unit is None:
        return park(referral, command.why or ParkReason.NO_UNIT, scene)
    try:
        return act_by_system(referral, Action.OFFER, scene, orders.Offer(unit=unit))
    except Refused as refused:
        if refused.code == "referral.unit_unknown":
            raise  # the unit's event is still on its way here: the command is asked again
        return park(referral, ParkReason.NO_UNIT, scene)


def _answer(result: Result, referral: Referral) -> Answer:
    return Answer(result=result, snapshot=referral.snapshot())


def _unknown() -> Answer:
    return Answer(result=Result.REFUSED, snapshot=None, code="referral.not_found")
