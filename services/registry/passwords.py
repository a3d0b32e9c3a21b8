"""Passwords rest as argon2id hashes. Source: RFC 9106, second recommendation (64 MiB, three passes, four lanes)."""

import asyncio
import base64
import os
import sys
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Each takes 64 MiB and a core for about a tenth of a second; more at once only makes everybody wait longer.
AT_ONCE = 2
# Whoever is at work comes before whoever arrives: a search takes milliseconds, and stands behind no password.
NICENESS = 10


def _b64(size: int) -> str:
    return base64.b64encode(os.urandom(size)).rstrip(b"=").decode()


def _step_back() -> None:
    """Lower this thread's priority, and that of the lanes that it starts. Only Linux knows priorities of threads."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


class Passwords:
    """Hashes and checks in threads, so that the loop goes on meanwhile."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(AT_ONCE, "passwords", _step_back)
        parameters = f"m={self._hasher.memory_cost},t={self._hasher.time_cost},p={self._hasher.parallelism}"
        # Fits no password, and costs as much as one that does: an unknown staff number takes its time.
        self._nobodys = f"$argon2id$v=19${parameters}${_b64(self._hasher.salt_len)}${_b64(self._hasher.hash_len)}"

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for one's turn to check a password."""
        async with self._slots:
            yield

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def fits(self, password: str, stored: str | None) -> bool:
        """Return whether *password* made *stored*. None, for an account that does not exist, takes as long."""
        verify, loop = self._hasher.verify, asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, verify, stored or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
