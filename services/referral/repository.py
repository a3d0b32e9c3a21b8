"""Referrals in and out of the database: domain in, domain out. Never commits."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Select, insert, select, text, update
from sqlalchemy.engine import Row
from sqlmodel import col

from services.contracts.codes import ClockName, StopParty
from services.contracts.ids import OfficerId, ReferralId, UnitId
from services.contracts.lifecycle import LIVE, WITH_RECEIVER, State
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.referral.clocks import Clock
from services.referral.domain import Progress, Referral
from services.referral.tables import ReferralRow

NO_DUE_DATE: Final = datetime(9999, 1, 1, tzinfo=UTC)
_PROGRESS: Final = TypeAdapter(Progress)
_REFERRAL: Final = TypeAdapter(Referral)
_DERIVED: Final = frozenset({"progress", "clocks"})
_PLAIN: Final = tuple(field.name for field in fields(Referral) if field.name not in _DERIVED)
_COLUMNS: Final = tuple(getattr(ReferralRow, name) for name in (*_PLAIN, "progress", "clocks"))


def select_referral() -> "Select[Any]":
    """Return the SELECT whose rows `from_row` reads; add the WHERE."""
    return select(*_COLUMNS)


def from_row(row: Row[Any]) -> Referral:
    """Return the referral in *row*, typed again from the codes that the columns hold."""
    plain = {name: getattr(row, name) for name in _PLAIN}
    plain["progress"] = row.progress
    clocks = {ClockName(name): Clock.from_json(written) for name, written in row.clocks.items()}
    referral = _REFERRAL.validate_python({**plain, "clocks": {}})
    object.__setattr__(referral, "clocks", clocks)
    return referral


def waits_for(referral: Referral) -> UnitId | None:
    """Return the unit whose move it is; None when nothing is to be done any more."""
    if referral.state not in LIVE:
        return referral.unit_to if referral.progress.follow_up_open else None
    with_receiver = referral.state in WITH_RECEIVER - {State.INFO_NEEDED, State.REPORTED}
    if referral.state is State.STOPPING:
        with_receiver = StopParty.RECEIVING_UNIT in referral.progress.stops_awaited
    return referral.unit_to if with_receiver else referral.unit_from


def holder(referral: Referral) -> OfficerId | None:
    """Return the person whose move it is, where one is known."""
    unit = waits_for(referral)
    if unit is None:
        return None
    return referral.assignee if unit == referral.unit_to else referral.created_by


def to_values(referral: Referral) -> dict[str, Any]:
    """Return the columns of *referral*, without the sealed draft."""
    values = {name: getattr(referral, name) for name in _PLAIN}
    next_mark = referral.next_mark
    return values | {
        "progress": _PROGRESS.dump_python(referral.progress, mode="json", exclude_defaults=True),
        "clocks": {name.value: clock.to_json() for name, clock in referral.clocks.items()},
        "due_at": referral.due_at,
        "next_mark_at": next_mark.at if next_mark else None,
        "waits_for": waits_for(referral),
        "holder": holder(referral),
        "queue_at": referral.due_at or NO_DUE_DATE,
    }


class Referrals:
    """The referrals as one transaction sees them."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    async def get(self, referral: ReferralId, *, lock: bool = False) -> Referral:
        """Return the referral. Raises Refused("referral.not_found")."""
        found = await self.find(referral, lock=lock)
        if found is None:
            raise Refused("referral.not_found")
        return found

    async def find(self, referral: ReferralId, *, lock: bool = False) -> Referral | None:
        query = select_referral().where(col(ReferralRow.id) == referral)
        row = (await self._tx.execute(query.with_for_update() if lock else query)).one_or_none()
        return from_row(row) if row else None

    async def add(self, referral: Referral, sealed: bytes) -> None:
        await self._tx.execute(insert(ReferralRow).values(**to_values(referral), sealed=sealed))

    async def save(self, before: Referral, after: Referral) -> None:
        """Write *after* over *before*. Raises Refused("referral.changed") where somebody was faster."""
        changed = _changed(to_values(before), to_values(after))
        written = await self._tx.execute(
            update(ReferralRow)
            .where(col(ReferralRow.id) == before.id, col(ReferralRow.version) == before.version)
            .values(changed or {"version": after.version})
        )
        if written.rowcount != 1:
            raise Refused("referral.changed", number=before.number, state=before.state)

    async def sealed(self, referral: ReferralId) -> bytes:
        found: bytes = (
            await self._tx.execute(select(ReferralRow.sealed).where(col(ReferralRow.id) == referral))  # type: ignore[call-overload]
        ).scalar_one()
        return found

    async def reseal(self, referral: ReferralId, sealed: bytes) -> None:
        await self._tx.execute(update(ReferralRow).where(col(ReferralRow.id) == referral).values(sealed=sealed))

    async def other_live(self, referral: Referral) -> str | None:
        """Return the number of another live referral for the same need, if there is one."""
        query = text(
            "SELECT number FROM referral WHERE family = :family AND service = :service AND id <> :id"
            " AND state NOT IN ('draft', 'closed', 'cancelled', 'void') LIMIT 1"
        )
        found: str | None = (
            await self._tx.execute(query, {"family": referral.family, "service": referral.service, "id": referral.id})
        ).scalar()
        return found

    async def next_number(self) -> int:
        number: int = (await self._tx.execute(text("SELECT nextval('referral_number')"))).scalar_one()
        return number


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if before[name] != value}
