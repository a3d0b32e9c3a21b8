"""Guessing passwords is slowed down: after too many failures an account, or an address, has to wait.

Unknown staff numbers are counted like known ones, so that the wait tells nobody which exist.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, text

from services.contracts.refusals import Refused
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.registry.tables import SignInFailureRow

WINDOW = timedelta(minutes=15)
WAIT = timedelta(minutes=15)

_NEWEST = text("SELECT at FROM sign_in_failure WHERE subject = :subject ORDER BY at DESC LIMIT :limit")
_FORGET = text("DELETE FROM sign_in_failure WHERE subject = :subject")
_SWEEP = text("DELETE FROM sign_in_failure WHERE at < :before")


def account_subject(keyring: Keyring, staff_no: str) -> bytes:
    """Return what failures of an account are counted under: hashed, for people type passwords into this field."""
    return keyring.hash("sign-in-account", staff_no)


def address_subject(keyring: Keyring, address: str) -> bytes:
    return keyring.hash("sign-in-address", address)


def subjects(keyring: Keyring, staff_no: str, address: str) -> tuple[bytes, bytes]:
    """Return what a failure is counted under: the account first, then the address."""
    return account_subject(keyring, staff_no), address_subject(keyring, address)


def locked_until(newest: Sequence[datetime], limit: int) -> datetime | None:
    """Return the end of the wait after *limit* failures within WINDOW, given the moments of the newest ones."""
    if len(newest) < limit or max(newest) - min(newest) > WINDOW:
        return None
    return max(newest) + WAIT


async def refuse_locked(tx: Tx, subjects: Sequence[bytes], *, limit: int, now: datetime) -> None:
    """Raise Refused("auth.locked"), with the time to wait, while one of *subjects* has to wait."""
    for subject in subjects:
        newest = (await tx.execute(_NEWEST, {"subject": subject, "limit": limit})).scalars().all()
        until = locked_until(newest, limit)
        if until is not None and now < until:
            seconds = math.ceil((until - now).total_seconds())
            raise Refused("auth.locked", retry_after_seconds=seconds, minutes=math.ceil(seconds / 60))


async def note_failure(tx: Tx, subjects: Sequence[bytes], *, now: datetime) -> None:
    await tx.execute(insert(SignInFailureRow), [{"subject": subject, "at": now} for subject in subjects])
    await tx.execute(_SWEEP, {"before": now - WINDOW - WAIT})


async def forget(tx: Tx, subject: bytes) -> None:
    """A success clears the account; the address stays counted, or one own account would buy endless guesses."""
    await tx.execute(_FORGET, {"subject": subject})
