"""The commands about speaker requests: what the clock asks for, and what the books read."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog

from services.contracts.commands import Result
from services.contracts.refusals import Refused
from services.contracts.speaking import commands
from services.contracts.speaking.codes import SpeakerParkReason
from services.contracts.speaking.lifecycle import SpeakerAction
from services.kit import temporal
from services.kit.database import Tx
from services.referral import clocks
from services.referral.actors import SYSTEM
from services.referral.clock_rules import Scene
from services.referral.speaking import orders
from services.referral.speaking.clock_rules import timing
from services.referral.speaking.domain import SpeakerRequest
from services.referral.speaking.ledger import write_step
from services.referral.speaking.repository import READ, SpeakerRequests, from_row
from services.referral.speaking.transition import SpeakerStep, act_by_system, fire, park
from services.referral.speaking.usecases import scene_of
from services.referral.usecases import Record

log = structlog.get_logger()

_LIVE_PAGE: Final = """
SELECT id FROM speaker_request WHERE closed_at IS NULL AND (CAST(%(after)s AS uuid) IS NULL OR id > %(after)s)
ORDER BY id LIMIT %(limit)s
"""
_BY_IDS: Final = f"SELECT {', '.join(READ)} FROM speaker_request WHERE id = ANY(%(ids)s)"
# What somebody has just done is still on its way to the workflow: such a request is asked after by a later pass.
_RESTLESS: Final = """
SELECT request.id FROM speaker_request AS request JOIN speaker_line AS line ON line.request = request.id
    AND line.version = request.version AND line.at > %(now)s - make_interval(secs => %(settled)s)
WHERE request.id = ANY(%(ids)s)
"""


class SpeakerCommands:
    def __init__(self, record: Record) -> None:
        self._record = record

    def activities(self) -> Sequence[temporal.Activity]:
        """Return the commands, ready to be served."""
        return (
            temporal.serves(commands.SPEAKER_OFFER, self.offer),
            temporal.serves(commands.SPEAKER_FIRE_MARK, self.fire_mark),
            temporal.serves(commands.SPEAKER_LIVE_PAGE, self.live_page),
            temporal.serves(commands.SPEAKER_SNAPSHOTS, self.snapshots),
        )

    async def offer(self, command: commands.SpeakerOffer) -> commands.SpeakerAnswer:
        """Ask the next unit, or leave the request to who asks."""
        async with self._record.database.begin() as tx:
            request = await SpeakerRequests(tx).find(command.request_id, lock=True)
            if request is None:
                return _unknown()
            if request.version != command.version or not request.snapshot().to_be_routed:
                return _answer(Result.STALE, request)
            scene = scene_of(self._record, request, await self._record.picture.now(tx))
            return await self._apply(tx, _offered_or_parked(request, command, scene), scene)

    async def fire_mark(self, command: commands.SpeakerFireMark) -> commands.SpeakerAnswer:
        """Do what is due at a mark, if it is still the next one."""
        async with self._record.database.begin() as tx:
            request = await SpeakerRequests(tx).find(command.request_id, lock=True)
            if request is None:
                return _unknown()
            clock = request.clocks.get(command.clock)
            if request.version != command.version or clock is None or clock.next_mark is not command.mark:
                return _answer(Result.STALE, request)
            scene = scene_of(self._record, request, await self._record.picture.now(tx))
            # After an outage this may be a later mark than the one asked for: one late message, not a flood.
            mark = clocks.due_now(clock, scene.now, timing(command.clock, request, scene))
            if mark is None:
                return _answer(Result.NOT_YET, request)
            return await self._apply(tx, fire(request, command.clock, mark, scene), scene)

    async def _apply(self, tx: Tx, step: SpeakerStep, scene: Scene) -> commands.SpeakerAnswer:
        after = await write_step(tx, replace(step, by_command=True), SYSTEM, self._record.keyring, now=scene.now)
        told = {"request": str(after.id), "state": after.state, "clock": step.clock, "mark": step.mark}
        log.info(f"speaker_request.{step.fact}", **told)
        return _answer(Result.APPLIED, after)

    async def live_page(self, page: commands.SpeakerLivePage) -> commands.SpeakerLiveIds:
        async with self._record.database.read() as tx:
            ids = (await tx.exec_driver_sql(_LIVE_PAGE, page.model_dump())).scalars().all()
        return commands.SpeakerLiveIds(ids=tuple(ids), last=ids[-1] if len(ids) == page.limit else None)

    async def snapshots(self, asked: commands.SpeakersByIds) -> commands.SpeakerSnapshots:
        ids = list(asked.ids)
        async with self._record.database.view() as tx:
            since = {"ids": ids, "now": self._record.now(), "settled": asked.settled_seconds}
            restless = set((await tx.exec_driver_sql(_RESTLESS, since)).scalars())
            rows = (await tx.exec_driver_sql(_BY_IDS, {"ids": ids})).all()
        known = {row.id for row in rows}
        return commands.SpeakerSnapshots(
            snapshots=tuple(from_row(row).snapshot() for row in rows if row.id not in restless),
            unknown=tuple(each for each in asked.ids if each not in known),
        )


def _offered_or_parked(request: SpeakerRequest, command: commands.SpeakerOffer, scene: Scene) -> SpeakerStep:
    if command.unit is None:
        return park(request, command.why or SpeakerParkReason.NO_UNIT, scene)
    if request.system_offers >= scene.policy.attempts:
        return park(request, SpeakerParkReason.ATTEMPTS_USED, scene)
    try:
        return act_by_system(request, SpeakerAction.OFFER, scene, orders.Offer(unit=command.unit))
    except Refused as refused:
        if refused.code == "referral.unit_unknown":
            raise  # the unit's event is still on its way here: the command is asked again
        return park(request, SpeakerParkReason.NO_UNIT, scene)


def _answer(result: Result, request: SpeakerRequest) -> commands.SpeakerAnswer:
    return commands.SpeakerAnswer(result=result, snapshot=request.snapshot())


def _unknown() -> commands.SpeakerAnswer:
    return commands.SpeakerAnswer(result=Result.REFUSED, snapshot=None, code="speaking.not_found")
