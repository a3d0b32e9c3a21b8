"""Signing in, staying in, signing out.

An access token lives ten minutes and is checked without asking anybody. A refresh token is a random word, stored
hashed, good for one use; all that follow from one sign-in end together, a working day after it, or as soon as a
used one comes back: then somebody has a copy.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import insert, text

from services.contracts.codes import Agency, Level, Role
from services.contracts.ids import OfficerId, new_id
from services.contracts.refusals import Refused
from services.kit.auth import TOKEN_LIFE
from services.kit.database import Tx
from services.kit.http import Answered
from services.registry import lockout, officers
from services.registry.context import Registry
from services.registry.officers import Officer
from services.registry.tables import RefreshTokenRow

log = structlog.get_logger()

SIGN_IN_LIFE = timedelta(hours=12)

_PASSWORD = text("SELECT password_hash FROM account WHERE officer = :officer")
_SWEEP = text("DELETE FROM refresh_token WHERE officer = :officer AND expires_at < :now")
_TOKEN = text("SELECT sign_in, officer, expires_at, rotated_at FROM refresh_token WHERE hash = :hash FOR UPDATE")
_ROTATE = text("UPDATE refresh_token SET rotated_at = :now WHERE hash = :hash")
_END = text("DELETE FROM refresh_token WHERE sign_in = :sign_in")
_SIGN_OUT = text("DELETE FROM refresh_token WHERE sign_in = (SELECT sign_in FROM refresh_token WHERE hash = :hash)")


class MeView(Answered):
    """The signed-in person. `region` is the unit's area; `village` narrows a village team's member to one desa."""

    id: OfficerId
    staff_no: str
    name: str
    agency: Agency
    unit: str
    unit_title: str
    level: Level
    role: Role
    region: str
    village: str | None
    language: str


class SignInView(Answered):
    """`token` goes into `Authorization: Bearer`; `refresh_token` gets the next one, once."""

    token: str
    expires_at: datetime
    refresh_token: str
    officer: MeView


async def sign_in(registry: Registry, staff_no: str, password: str, address: str) -> dict[str, Any]:
    """Return SignInView as a dict. Raises Refused("auth....")."""
    staff_no = officers.normal_staff_no(staff_no)
    subjects = lockout.subjects(registry.keyring, staff_no, address)
    async with registry.passwords.slot():
        officer = await _checked(registry, staff_no, password, subjects)
    if officer.left_at is not None:
        raise Refused("auth.left")
    async with registry.database.begin() as tx:
        now = registry.now()
        await lockout.forget(tx, subjects[0])
        await tx.execute(_SWEEP, {"officer": officer.id, "now": now})
        answer = await _issued(registry, tx, officer, sign_in=new_id(), expires_at=now + SIGN_IN_LIFE)
    log.info("sign_in.succeeded", by=officer.staff_no)
    return answer


async def _checked(registry: Registry, staff_no: str, password: str, subjects: tuple[bytes, ...]) -> Officer:
    """Return whose account it is. An unknown staff number and a wrong password differ in nothing that shows."""
    async with registry.database.read() as tx:
        await lockout.refuse_locked(tx, subjects, limit=registry.sign_in_failures, now=registry.now())
        officer = await officers.find_by_staff_no(tx, staff_no)
        stored = (await tx.execute(_PASSWORD, {"officer": officer.id if officer else None})).scalar()
    fits = await registry.passwords.fits(password, stored)
    if officer is not None and fits:
        return officer
    async with registry.database.begin() as tx:
        await lockout.note_failure(tx, subjects, now=registry.now())
    log.info("sign_in.failed")  # without the number: it may be a password in the wrong field
    raise Refused("auth.sign_in_failed")


async def refresh(registry: Registry, token: str) -> dict[str, Any]:
    """Return SignInView as a dict, with the next refresh token. Raises Refused("auth....")."""
    async with registry.database.begin() as tx:
        answer = await _refreshed(registry, tx, _hash(token))
    # Raised after the commit, so that the end of a copied sign-in stays.
    if isinstance(answer, str):
        raise Refused(answer)
    return answer


async def _refreshed(registry: Registry, tx: Tx, hashed: bytes) -> dict[str, Any] | str:
    """Return the answer, or the code of the refusal."""
    now = registry.now()
    row = (await tx.execute(_TOKEN, {"hash": hashed})).one_or_none()
    if row is None:
        return "auth.invalid"
    if row.rotated_at is not None:
        await tx.execute(_END, {"sign_in": row.sign_in})
        log.warning("sign_in.copied", officer=str(row.officer))
        return "auth.invalid"
    if row.expires_at <= now:
        return "auth.expired"
    officer = await officers.find(tx, row.officer)
    if officer.left_at is not None:
        return "auth.left"
    await tx.execute(_ROTATE, {"hash": hashed, "now": now})
    return await _issued(registry, tx, officer, sign_in=row.sign_in, expires_at=row.expires_at)


async def sign_out(registry: Registry, token: str) -> None:
    """End the sign-in that *token* belongs to, if there is one. The access token runs out by itself."""
    async with registry.database.begin() as tx:
        await tx.execute(_SIGN_OUT, {"hash": _hash(token)})


async def _issued(
    registry: Registry, tx: Tx, officer: Officer, *, sign_in: UUID, expires_at: datetime
) -> dict[str, Any]:
    token, now = secrets.token_urlsafe(32), registry.now()
    row = {"hash": _hash(token), "sign_in": sign_in, "officer": officer.id, "expires_at": expires_at}
    await tx.execute(insert(RefreshTokenRow).values(row))
    return {
        "token": registry.signer.sign(officer.caller, now=now),
        "expires_at": now + TOKEN_LIFE,
        "refresh_token": token,
        "officer": me(registry, officer),
    }


def me(registry: Registry, officer: Officer) -> dict[str, Any]:
    """Return MeView as a dict."""
    return {
        "id": officer.id,
        "staff_no": officer.staff_no,
        "name": officers.contact_of(registry.keyring, officer)["name"],
        "agency": officer.agency,
        "unit": officer.unit,
        "unit_title": officer.title,
        "level": officer.level,
        "role": officer.role,
        "region": officer.region,
        "village": officer.village,
        "language": officer.language,
    }


def _hash(token: str) -> bytes:
    # 256 random bits: nothing to guess, so nothing to slow down.
    return hashlib.sha256(token.encode()).digest()
