"""How an officer gets a password: by a code that is shown once, good for a week and for one use. And changes it.

Whoever may appoint an officer may ask for a code: for somebody new, and for somebody who has forgotten the password.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import text

from services.contracts.ids import OfficerId
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import lockout, officers, rights
from services.registry.context import Registry
from services.registry.officers import Officer

log = structlog.get_logger()

LIFE = timedelta(days=7)
LEAST_CHARACTERS = 12  # as the words of `auth.password_weak` say
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without signs that look alike

_INVITE = text("""
INSERT INTO invitation (officer, code_hash, expires_at) VALUES (:officer, :code_hash, :expires_at)
ON CONFLICT (officer) DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at
""")
_USE = text(
    "DELETE FROM invitation WHERE officer = :officer AND code_hash = :code_hash AND expires_at > :now RETURNING officer"
)
_PASSWORD = text("SELECT password_hash FROM account WHERE officer = :officer")
SET_PASSWORD = text("""
INSERT INTO account (officer, password_hash) VALUES (:officer, :password_hash)
ON CONFLICT (officer) DO UPDATE SET password_hash = excluded.password_hash
""")


def random_words() -> str:
    """Return twelve random signs that can be typed from a screen: about 59 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


async def invite(registry: Registry, officer_id: OfficerId, caller: Caller) -> dict[str, Any]:
    """Return a code by which the officer sets a password; an older one works no longer.

    Raises Refused for somebody who is unknown or has left, and where *caller* may not appoint that officer.
    """
    code, now = random_words(), registry.now()
    async with registry.database.begin() as tx:
        officer = await officers.find(tx, officer_id, lock=True)
        if not rights.may_appoint(caller, officer.desk, officer.role):
            raise Refused("auth.forbidden")
        if officer.left_at is not None:
            raise Refused("registry.officer_unknown")
        values = {"officer": officer_id, "code_hash": _hashed(registry, code), "expires_at": now + LIFE}
        await tx.execute(_INVITE, values)
    return {"id": officer.id, "staff_no": officer.staff_no, "code": code, "expires_at": now + LIFE}


async def set_password(registry: Registry, staff_no: str, code: str, password: str, address: str) -> None:
    """Set the password of whom *code* invites. A wrong code counts as a failed sign-in.

    Raises Refused: `auth.password_weak`, `auth.code_failed` for an unknown staff number as well, `auth.locked`.
    """
    staff_no = officers.normal_staff_no(staff_no)
    must_be_strong(password, staff_no)
    subjects = lockout.subjects(registry.keyring, staff_no, address)
    async with registry.passwords.slot():  # one's turn comes before the look at failures: many at once cannot pass it
        officer = await _known(registry, staff_no, subjects)
        hashed = await registry.passwords.hash(password)
        async with registry.database.begin() as tx:
            used = officer is not None and await _used(registry, tx, officer, code)
            if officer is not None and used:
                await _set(tx, officer, hashed)
                await lockout.forget(tx, subjects[0])
            else:
                await lockout.note_failure(tx, subjects, now=registry.now())
    if officer is None or not used:
        log.info("password.code_failed")
        raise Refused("auth.code_failed")
    log.info("password.set", by=officer.staff_no)


async def change_password(registry: Registry, caller: Caller, old: str, new: str, address: str) -> None:
    """Change the own password; every sign-in ends. A wrong old one counts as a failed sign-in.

    Raises Refused: `auth.password_weak`, `auth.password_wrong`, `auth.locked`.
    """
    must_be_strong(new, caller.staff_no)
    subjects = lockout.subjects(registry.keyring, caller.staff_no, address)
    async with registry.passwords.slot():
        officer = await _known(registry, caller.staff_no, subjects)
        if officer is None:
            raise Refused("registry.officer_unknown")
        async with registry.database.read() as tx:
            stored = (await tx.execute(_PASSWORD, {"officer": officer.id})).scalar()
        fits = await registry.passwords.fits(old, stored)
        hashed = await registry.passwords.hash(new) if fits else ""
        async with registry.database.begin() as tx:
            if fits:
                await _set(tx, officer, hashed)
            else:
                await lockout.note_failure(tx, subjects, now=registry.now())
    if not fits:
        raise Refused("auth.password_wrong")
    log.info("password.changed", by=officer.staff_no)


def must_be_strong(password: str, staff_no: str) -> None:
    """Raise Refused("auth.password_weak") for a password that is short, or is made of the staff number."""
    rest = password.upper().replace(staff_no, "")
    if len(password) < LEAST_CHARACTERS or len(rest) < LEAST_CHARACTERS // 2 or len(set(password)) < 4:
        raise Refused("auth.password_weak")


async def _known(registry: Registry, staff_no: str, subjects: Sequence[bytes]) -> Officer | None:
    """Return whose staff number it is. Raises Refused("auth.locked") after too many failures."""
    async with registry.database.read() as tx:
        await lockout.refuse_locked(tx, subjects, limit=registry.sign_in_failures, now=registry.now())
        return await officers.find_by_staff_no(tx, staff_no)


async def _used(registry: Registry, tx: Tx, officer: Officer, code: str) -> bool:
    values = {"officer": officer.id, "code_hash": _hashed(registry, code), "now": registry.now()}
    return (await tx.execute(_USE, values)).scalar() is not None


async def _set(tx: Tx, officer: Officer, hashed: str) -> None:
    await tx.execute(SET_PASSWORD, {"officer": officer.id, "password_hash": hashed})
    await officers.end_sign_ins(tx, officer.id)


def _hashed(registry: Registry, code: str) -> bytes:
    return registry.keyring.hash("invitation", code.strip().casefold())
