"""What the record does when it hears of something. Repeats are dropped before; the version decides what is newer."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from services.contracts.codes import StopParty
from services.contracts.events import (
    Event,
    FamilyRecorded,
    NotifyStopped,
    OfficerChanged,
    OfficerLeft,
    RegistryStopped,
    UnitChanged,
)
from services.contracts.ids import OfficerId, ReferralId, UnitId
from services.contracts.lifecycle import Action
from services.kit.database import Tx
from services.kit.inbox import Handler, Received
from services.referral import orders, world
from services.referral.actors import SYSTEM
from services.referral.ledger import write_step
from services.referral.repository import Referrals
from services.referral.speaking.handlers import speaker_gone
from services.referral.transition import act_by_system
from services.referral.usecases import Record

_ASSIGNED = text(
    "SELECT id FROM referral WHERE assignee = :officer AND waits_for IS NOT NULL"
    " AND state NOT IN ('closed', 'cancelled', 'void')"
    " AND (CAST(:unit AS text) IS NULL OR unit_to IS DISTINCT FROM :unit) ORDER BY id"
)
# A draft takes its village when it is submitted.
_ELSEWHERE = text(
    "SELECT id FROM referral WHERE family = :family AND region <> :region AND state NOT IN ('draft', 'void')"
    " ORDER BY id"
)


class Hears:
    """The handlers of the streams `registry` and `notify`."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def of_registry(self) -> Mapping[type[Event], Handler]:
        return {
            UnitChanged: self._unit,
            OfficerChanged: self._officer,
            OfficerLeft: self._departure,
            FamilyRecorded: self._family,
            RegistryStopped: self._registry_stopped,
        }

    def of_notify(self) -> Mapping[type[Event], Handler]:
        return {NotifyStopped: self._notify_stopped}

    async def _unit(self, received: Received[UnitChanged], tx: Tx) -> None:
        await world.learn_unit(tx, received.event)
        self._record.picture.outdated()

    async def _officer(self, received: Received[OfficerChanged], tx: Tx) -> None:
        """Somebody who moved leaves the work of the old unit in its queue."""
        if await world.learn_officer(tx, received.event):
            await self._take_back(tx, received.event.officer, but_of=received.event.unit)
        self._record.picture.outdated()

    async def _family(self, received: Received[FamilyRecorded], tx: Tx) -> None:
        """Learn where a family lives. Its referrals follow where its village has got another code."""
        event = received.event
        if not await world.learn_family(tx, event) or event.version == 1:
            return
        elsewhere = {"family": event.family, "region": event.region}
        for each in (await tx.execute(_ELSEWHERE, elsewhere)).scalars().all():
            await self._step(tx, ReferralId(each), Action.RENUMBER, event.region)

    async def _departure(self, received: Received[OfficerLeft], tx: Tx) -> None:
        """Take the person's work back into the unit's queue. The person's tokens: `kit/departures.py`."""
        await world.learn_departure(tx, received.event, now=self._record.now())
        await self._take_back(tx, received.event.officer)
        self._record.picture.outdated()

    async def _take_back(self, tx: Tx, officer: OfficerId, *, but_of: UnitId | None = None) -> None:
        """Unassign what *officer* works on, except in the unit *but_of*: it lies in its unit's queue then."""
        for each in (await tx.execute(_ASSIGNED, {"officer": officer, "unit": but_of})).scalars().all():
            await self._step(tx, ReferralId(each), Action.ASSIGN, orders.Assign(assignee=None))
        await speaker_gone(self._record, tx, officer, but_of=but_of)

    async def _registry_stopped(self, received: Received[RegistryStopped], tx: Tx) -> None:
        await self._stop(tx, received.event.referral, StopParty.REGISTRY)

    async def _notify_stopped(self, received: Received[NotifyStopped], tx: Tx) -> None:
        await self._stop(tx, received.event.referral, StopParty.NOTIFY)

    async def _stop(self, tx: Tx, referral_id: ReferralId, party: StopParty) -> None:
        referral = await Referrals(tx).find(referral_id, lock=True)
        if referral is not None and party in referral.progress.stops_awaited:
            await self._step(tx, referral_id, Action.STOP_RECEIPT, party)

    async def _step(self, tx: Tx, referral_id: ReferralId, action: Action, order: Any) -> None:
        referral = await Referrals(tx).get(referral_id, lock=True)
        scene = self._record.scene(referral, await self._record.picture.now(tx))
        step = act_by_system(referral, action, scene, order)
        await write_step(tx, step, SYSTEM, self._record.keyring, now=scene.now)
