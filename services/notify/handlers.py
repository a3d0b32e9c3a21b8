"""What the messages do when they hear of something. Repeats are dropped before; nothing is sent here."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from services.contracts.events import (
    CaseEvent,
    Event,
    OfficerChanged,
    OfficerLeft,
    ReferralEvent,
    SpeakerRequestEvent,
    UnitChanged,
)
from services.contracts.ids import OfficerId, UnitId
from services.kit.database import Tx
from services.kit.inbox import Handler, Received, Together
from services.notify import people, telling
from services.notify.desks import fill_desk, leave_desk
from services.notify.house import House

_DESK = text("SELECT unit FROM officer WHERE officer = :officer AND NOT gone FOR UPDATE")


class Hears:
    """The handlers of the streams `referral` and `registry`."""

    def __init__(self, house: House) -> None:
        self._house = house

    def of_referral(self) -> Mapping[type[Event], Together]:
        return {ReferralEvent: Together(self._facts), SpeakerRequestEvent: Together(self._facts)}

    def of_registry(self) -> Mapping[type[Event], Handler]:
        return {UnitChanged: self._unit, OfficerChanged: self._officer, OfficerLeft: self._departure}

    async def _facts(self, events: Sequence[Received[CaseEvent]], tx: Tx) -> None:
        await telling.tell(self._house, events, tx)

    async def _unit(self, received: Received[UnitChanged], tx: Tx) -> None:
        await people.learn_unit(tx, received.event)

    async def _officer(self, received: Received[OfficerChanged], tx: Tx) -> None:
        """Learn who works where; somebody who moved leaves the work of the old unit there."""
        event = received.event
        before = await _desk_of(tx, event.officer)
        if not await people.learn_officer(tx, event):
            return
        if before is not None and before != event.unit:
            await leave_desk(self._house, tx, event.officer, before)
        await fill_desk(self._house, tx, event.unit, event.role)

    async def _departure(self, received: Received[OfficerLeft], tx: Tx) -> None:
        """Pass on what waits for the person. The person's tokens: `kit/departures.py`."""
        event = received.event
        before = await _desk_of(tx, event.officer)
        if await people.learn_departure(tx, event, now=self._house.now()):
            await leave_desk(self._house, tx, event.officer, before or event.unit)


async def _desk_of(tx: Tx, officer: OfficerId) -> UnitId | None:
    return (await tx.execute(_DESK, {"officer": officer})).scalar()
