"""Referrals in and out of the database: domain in, domain out. Never commits."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter
from sqlalchemy import Select, select
from sqlalchemy.engine import Row

from services.contracts.codes import ClockName
from services.contracts.ids import ReferralId
from services.contracts.refusals import Refused
from services.kit.database import Tx, Write
from services.referral.clocks import Clock
from services.referral.domain import Progress, Referral
from services.referral.tables import ReferralRow
from services.referral.whose_move import decisions, holder, waits_for

NO_DUE_DATE: Final = datetime(9999, 1, 1, tzinfo=UTC)
_PROGRESS: Final = TypeAdapter(Progress)
_REFERRAL: Final = TypeAdapter(Referral)
_DERIVED: Final = frozenset({"progress", "clocks"})
_PLAIN: Final = tuple(field.name for field in fields(Referral) if field.name not in _DERIVED)
READ: Final = (*_PLAIN, "progress", "clocks")
_WRITTEN: Final = (*READ, "due_at", "next_mark_at", "waits_for", "holder", "decisions", "queue_at")
_COLUMNS: Final = tuple(getattr(ReferralRow, name) for name in READ)

# What a referral is about, and who began it, stays. The rest is written whatever changed, by one prepared statement.
_STAYS: Final = frozenset({"id", "number", "family", "service", "unit_from", "agency_from", "created_by", "created_at"})
_SAVED: Final = tuple(name for name in _WRITTEN if name not in _STAYS)

_FIND: Final = f"SELECT {', '.join(READ)} FROM referral WHERE id = %(id)s"
_FIND_AND_LOCK: Final = f"{_FIND} FOR UPDATE"
_ADD: Final = f"""
INSERT INTO referral ({", ".join(_WRITTEN)}, sealed)
VALUES ({", ".join(f"%({name})s" for name in _WRITTEN)}, %(sealed)s)
"""
_SAVE: Final = f"""
UPDATE referral SET {", ".join(f"{name} = %({name})s" for name in _SAVED)}
WHERE id = %(id)s AND version = %(version_before)s
"""
_SEALED: Final = "SELECT sealed FROM referral WHERE id = %(id)s"
_RESEAL: Final = "UPDATE referral SET sealed = %(sealed)s WHERE id = %(id)s"
_OTHER_LIVE: Final = """
SELECT number FROM referral WHERE family = %(family)s AND service = %(service)s AND id <> %(id)s
    AND state NOT IN ('draft', 'closed', 'cancelled', 'void') LIMIT 1
"""
_RUNNING_NUMBER: Final = """
SELECT nextval('referral_number') WHERE NOT EXISTS (SELECT FROM referral WHERE id = %(id)s)
"""


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


def to_values(referral: Referral) -> dict[str, Any]:
    """Return the columns of *referral*, without the sealed draft."""
    values = {name: getattr(referral, name) for name in _PLAIN}
    next_mark = referral.next_mark
    return values | {
        "progress": Jsonb(_PROGRESS.dump_python(referral.progress, mode="json", exclude_defaults=True)),
        "clocks": Jsonb({name.value: clock.to_json() for name, clock in referral.clocks.items()}),
        "due_at": referral.due_at,
        "next_mark_at": next_mark.at if next_mark else None,
        "waits_for": waits_for(referral),
        "holder": holder(referral),
        "decisions": [decision.value for decision in decisions(referral)],
        "queue_at": referral.due_at or NO_DUE_DATE,
    }


def adding(referral: Referral, sealed: bytes) -> Write:
    """Return the write of a new referral with its sealed draft."""
    return Write(_ADD, {**to_values(referral), "sealed": sealed})


def saving(before: Referral, after: Referral) -> Write:
    """Return the write of *after* over *before*; it touches no row where somebody was faster."""
    values = to_values(after)
    return Write(_SAVE, {name: values[name] for name in ("id", *_SAVED)} | {"version_before": before.version})


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
        row = (await self._tx.exec_driver_sql(_FIND_AND_LOCK if lock else _FIND, {"id": referral})).one_or_none()
        return from_row(row) if row else None

    async def sealed(self, referral: ReferralId) -> bytes:
        found: bytes = (await self._tx.exec_driver_sql(_SEALED, {"id": referral})).scalar_one()
        return found

    async def reseal(self, referral: ReferralId, sealed: bytes) -> None:
        await self._tx.exec_driver_sql(_RESEAL, {"id": referral, "sealed": sealed})

    async def other_live(self, referral: Referral) -> str | None:
        """Return the number of another live referral for the same need, if there is one."""
        need = {"family": referral.family, "service": referral.service, "id": referral.id}
        found: str | None = (await self._tx.exec_driver_sql(_OTHER_LIVE, need)).scalar()
        return found

    async def running_number(self, referral: ReferralId) -> int | None:
        """Return a new running number for *referral*, or None where the id is taken."""
        number: int | None = (await self._tx.exec_driver_sql(_RUNNING_NUMBER, {"id": referral})).scalar()
        return number
