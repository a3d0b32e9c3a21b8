"""The people who work in the units: appointed, found, and gone."""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import insert, text

from services.contracts.codes import Agency, Level, Role
from services.contracts.events import OfficerChanged, OfficerLeft
from services.contracts.ids import OfficerId, RegionCode, UnitId
from services.contracts.refusals import Refused
from services.kit import outbox
from services.kit.auth import Caller
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.registry import rights
from services.registry.context import Registry
from services.registry.rights import Desk
from services.registry.tables import OfficerRow

_OFFICER = (
    "SELECT officer.id, officer.version, staff_no, officer.unit, role, village, language, contact, left_at,"
    " unit.agency, unit.level, unit.region, unit.title FROM officer JOIN unit ON unit.id = officer.unit"
)
_BY_ID = text(f"{_OFFICER} WHERE officer.id = :officer")
_BY_ID_LOCKED = text(f"{_OFFICER} WHERE officer.id = :officer FOR UPDATE OF officer")
_BY_STAFF_NO = text(f"{_OFFICER} WHERE staff_no = :staff_no")
_AMONG = text(f"{_OFFICER} WHERE staff_no = ANY(:staff_nos) ORDER BY staff_no")
_AMONG_LOCKED = text(f"{_OFFICER} WHERE staff_no = ANY(:staff_nos) ORDER BY staff_no FOR UPDATE OF officer")
_WORKING = text(f"{_OFFICER} WHERE unit.agency = :agency AND left_at IS NULL ORDER BY officer.unit, staff_no")
_OF_UNIT = text("SELECT id, staff_no, role FROM officer WHERE unit = :unit AND left_at IS NULL ORDER BY staff_no")
_OF_UNIT_AND_BELOW = text("""
WITH RECURSIVE within (id, depth) AS (
    SELECT id, 0 FROM unit WHERE id = :unit
    UNION ALL SELECT unit.id, depth + 1 FROM unit JOIN within ON unit.parent = within.id WHERE unit.active
)
SELECT officer.id, staff_no, role, officer.unit FROM within JOIN officer ON officer.unit = within.id
WHERE left_at IS NULL AND (CAST(:staff_no AS varchar) IS NULL OR staff_no = :staff_no)
ORDER BY depth, officer.unit, staff_no LIMIT :limit
""")
_REVISE = text(
    "UPDATE officer SET version = :version, unit = :unit, role = :role, village = :village, language = :language,"
    " contact = :contact, left_at = NULL WHERE id = :id"
)
_LEAVE = text("UPDATE officer SET left_at = :now, version = version + 1 WHERE id = :officer RETURNING version")
_END_SIGN_INS = text("DELETE FROM refresh_token WHERE officer = :officer")
_END_ACCOUNTS = text(
    "DELETE FROM account USING officer WHERE account.officer = officer.id AND left_at IS NOT NULL"
    " AND officer.id = ANY(:officers)"
)
_END_INVITATION = text("DELETE FROM invitation WHERE officer = :officer")
LEFT_SINCE = text("SELECT id FROM officer WHERE left_at > :since")


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who works in a unit, with what tokens and rights need of that unit. *contact* is sealed."""

    id: OfficerId
    version: int
    staff_no: str
    unit: UnitId
    role: Role
    village: RegionCode | None
    language: str
    contact: bytes
    left_at: datetime | None
    agency: Agency
    level: Level
    region: RegionCode
    title: str

    @classmethod
    def from_row(cls, row: Any) -> Self:
        codes = {"role": Role(row.role), "agency": Agency(row.agency), "level": Level(row.level)}
        return cls(**{**row._mapping, **codes})

    @property
    def desk(self) -> Desk:
        return Desk(self.unit, self.agency, self.level, self.region)

    @property
    def caller(self) -> Caller:
        return Caller(
            officer=self.id,
            staff_no=self.staff_no,
            agency=self.agency,
            unit=self.unit,
            level=self.level,
            role=self.role,
            region=self.region,
            village=self.village,
        )


@dataclass(frozen=True, slots=True)
class Appointment:
    """What is needed to let somebody work in a unit. *name* and *email* are sealed at once."""

    officer: OfficerId
    staff_no: str
    unit: UnitId
    role: Role
    name: str
    email: str
    village: RegionCode | None = None
    language: str = "id"


def normal_staff_no(typed: str) -> str:
    """Return the staff number as it is stored: people type it in either case."""
    return typed.strip().upper()


async def find(tx: Tx, officer: OfficerId, *, lock: bool = False) -> Officer:
    """Return the officer, gone or not. Raises Refused("registry.officer_unknown")."""
    row = (await tx.execute(_BY_ID_LOCKED if lock else _BY_ID, {"officer": officer})).one_or_none()
    if row is None:
        raise Refused("registry.officer_unknown")
    return Officer.from_row(row)


async def find_by_staff_no(tx: Tx, staff_no: str) -> Officer | None:
    row = (await tx.execute(_BY_STAFF_NO, {"staff_no": staff_no})).one_or_none()
    return Officer.from_row(row) if row else None


async def among(tx: Tx, staff_nos: Collection[str], *, lock: bool = False) -> list[Officer]:
    """Return those of *staff_nos* who are known, gone or not."""
    rows = await tx.execute(_AMONG_LOCKED if lock else _AMONG, {"staff_nos": list(staff_nos)})
    return [Officer.from_row(row) for row in rows]


async def working(tx: Tx, agency: Agency) -> list[Officer]:
    """Return everybody who works in a unit of *agency*, by unit."""
    return [Officer.from_row(row) for row in await tx.execute(_WORKING, {"agency": agency.value})]


async def of_unit(tx: Tx, unit: UnitId) -> list[dict[str, Any]]:
    """Return who works in *unit* now: id, staff number, role."""
    return [dict(row._mapping) for row in await tx.execute(_OF_UNIT, {"unit": unit})]


async def of_unit_and_below(tx: Tx, unit: UnitId, *, staff_no: str | None, limit: int) -> list[dict[str, Any]]:
    """Return who works in *unit* and in the offices below it, the nearest first; with *staff_no*: that one alone."""
    asked = {"unit": unit, "staff_no": staff_no, "limit": limit}
    return [dict(row._mapping) for row in await tx.execute(_OF_UNIT_AND_BELOW, asked)]


async def appoint(tx: Tx, appointments: Sequence[Appointment], keyring: Keyring, *, now: datetime) -> None:
    """Write the officers and the facts that they work there now."""
    sealed = [_seal_contact(keyring, each) for each in appointments]
    rows = [_row(each, contact) for each, contact in zip(appointments, sealed, strict=True)]
    await tx.execute(insert(OfficerRow), rows)
    facts = [_changed(each, contact) for each, contact in zip(appointments, sealed, strict=True)]
    await outbox.write(tx, *facts, now=now)


async def revise(tx: Tx, revised: Sequence[tuple[Appointment, int]], keyring: Keyring, *, now: datetime) -> None:
    """Write what officers are from now on, each with the version that this is, and the facts of it.

    Lock them before. Somebody's token says what it said for the ten minutes that it lives. Whoever had left is back,
    without the old password.
    """
    sealed = [(each, version, _seal_contact(keyring, each)) for each, version in revised]
    await tx.execute(_END_ACCOUNTS, {"officers": [each.officer for each, _ in revised]})
    await tx.execute(_REVISE, [{**_row(each, contact), "version": version} for each, version, contact in sealed])
    await outbox.write(tx, *(_changed(each, contact, version) for each, version, contact in sealed), now=now)


def contact_of(keyring: Keyring, officer: Officer) -> dict[str, Any]:
    """Return `name` and `email`."""
    return keyring.open(officer.contact, belongs_to=f"contact/{officer.id}")


def _seal_contact(keyring: Keyring, each: Appointment) -> bytes:
    return keyring.seal({"email": each.email, "name": each.name}, belongs_to=f"contact/{each.officer}")


def _row(each: Appointment, contact: bytes) -> dict[str, Any]:
    return {
        "id": each.officer,
        "version": 1,
        "staff_no": normal_staff_no(each.staff_no),
        "unit": each.unit,
        "role": each.role.value,
        "village": each.village,
        "language": each.language,
        "contact": contact,
    }


def _changed(each: Appointment, contact: bytes, version: int = 1) -> OfficerChanged:
    return OfficerChanged(
        version=version,
        officer=each.officer,
        staff_no=normal_staff_no(each.staff_no),
        unit=each.unit,
        role=each.role,
        village=each.village,
        language=each.language,
        contact=base64.b64encode(contact).decode(),
    )


async def leave(registry: Registry, tx: Tx, officer_id: OfficerId, caller: Caller) -> dict[str, Any]:
    """Note that somebody works here no longer; twice is once. Raises Refused where *caller* may not say so.

    Call `registry.verifier.left` after the commit: before it nothing has happened.
    """
    officer, now = await find(tx, officer_id, lock=True), registry.now()
    rights.must_manage(caller, officer.desk)
    left_at = officer.left_at or await depart(tx, officer, now)
    return {
        "id": str(officer.id),
        "staff_no": officer.staff_no,
        "unit": officer.unit,
        "left_at": left_at.isoformat(),
    }


async def depart(tx: Tx, officer: Officer, now: datetime) -> datetime:
    """Write that *officer* works here no longer, and the fact of it; return *now*."""
    version = (await tx.execute(_LEAVE, {"officer": officer.id, "now": now})).scalar_one()
    await end_sign_ins(tx, officer.id)
    await tx.execute(_END_INVITATION, {"officer": officer.id})
    await outbox.write(tx, OfficerLeft(version=version, officer=officer.id, unit=officer.unit), now=now)
    return now


async def end_sign_ins(tx: Tx, officer: OfficerId) -> None:
    """No sign-in of *officer* is renewed any more."""
    await tx.execute(_END_SIGN_INS, {"officer": officer})
