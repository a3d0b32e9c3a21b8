"""Passwords rest as argon2id hashes. Source: RFC 9106, second recommendation (64 MiB, three passes, four lanes)."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Each takes 64 MiB and a core for about a tenth of a second; more at once only makes everybody wait longer.
AT_ONCE = 2


def _b64(size: int) -> str:
    return base64.b64encode(os.urandom(size)).rstrip(b"=").decode()


class Passwords:
    """Hashes and checks in threads, so that the loop goes on meanwhile."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._slots = asyncio.Semaphore(AT_ONCE)
        parameters = f"m={self._hasher.memory_cost},t={self._hasher.time_cost},p={self._hasher.parallelism}"
        # Fits no password, and costs as much as one that does: an unknown staff number takes its time.
        self._nobodys = f"$argon2id$v=19${parameters}${_b64(self._hasher.salt_len)}${_b64(self._hasher.hash_len)}"

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for one's turn to check a password."""
        async with self._slots:
            yield

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, stored: str | None) -> bool:
        """Return whether *password* made *stored*. None, for an account that does not exist, takes as long."""
        try:
            return await asyncio.to_thread(self._hasher.verify, stored or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
