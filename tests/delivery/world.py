"""Real servers, a probe process that is killed and started again, and what the tests look at."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from deploy.local.stack import Stack
from services.contracts.events import NotifyStopped
from services.contracts.ids import ReferralId
from services.kit import outbox
from services.kit.database import Database
from services.kit.dead_letters import DATA, DeadLetter, dead_letters
from services.kit.streams import stream_client

ROOT = Path(__file__).parents[2]
GROUP = "probe"
IMPATIENT = {
    "NYEKRUP_RETRY_BASE_SECONDS": "0.05",
    "NYEKRUP_RETRY_CAP_SECONDS": "0.3",
    "NYEKRUP_DELIVERY_CAP": "4",
    "NYEKRUP_HANDLER_TIMEOUT_SECONDS": "1",
}


async def until(condition: Callable[[], Awaitable[Any]], what: str, *, seconds: float = 30, pause: float = 0.05) -> Any:
    """Ask *condition* until it answers something true. Servers may be away while they are asked."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = await condition()
        except Exception as error:
            found, what = None, f"{what} ({type(error).__name__})"
        if found:
            return found
        assert time.monotonic() < deadline, f"still not: {what}"
        await asyncio.sleep(pause)


def an_event(**changes: object) -> dict[str, object]:
    """Return a CloudEvent as a producer of ours writes it, with *changes*."""
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "nyekrup/notify",
        "type": "notify.stopped.v1",
        "subject": str(uuid4()),
        "time": "2026-01-01T00:00:00Z",
        "subjectversion": 1,
        "correlationid": str(uuid4()),
        "data": {"referral": str(uuid4()), "version": 1},
        **changes,
    }


@dataclass
class World:
    """One scenario: a stream of its own, empty tables, and a probe with one fault."""

    stack: Stack
    folder: Path
    stream: str = field(default_factory=lambda: f"workflows:{uuid4().hex[:8]}")
    probes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def database_url(self) -> str:
        return self.stack.servers.database_url("workflows")

    def start(self, fault: str = "", *, only: str = "", instance: str = "1", port: int = 0, **settings: str) -> None:
        """Start a probe process. *only*: some roles of it, as `--only` names them."""
        env = {
            **os.environ,
            **IMPATIENT,
            **settings,
            "PYTHONPATH": str(ROOT),
            "PROBE_FAULT": fault,
            "PROBE_MARK": str(self.folder / f"{self.stream.replace(':', '-')}-{instance}.mark"),
            "PROBE_STREAM": self.stream,
            "NYEKRUP_DATABASE_URL": self.database_url,
            "NYEKRUP_REDIS_URL": self.stack.servers.redis_url("admin"),
            "NYEKRUP_HTTP_PORT": str(port),
            "NYEKRUP_INSTANCE": instance,
            "NYEKRUP_KEYRING": str(self.stack.home.keyring),
            "NYEKRUP_JWKS": str(self.stack.home.jwks),
        }
        argv = [sys.executable, "-m", "tests.delivery.probe_part", *(["--only", only] if only else [])]
        with (self.folder / "probe.log").open("ab") as log:
            self.probes.append(subprocess.Popen(argv, env=env, cwd=ROOT, stderr=log))

    async def dies(self) -> None:
        """Wait until the newest probe is gone."""

        async def gone() -> bool:
            return self.probes[-1].poll() is not None

        await until(gone, "the probe died")

    def stop(self) -> None:
        for probe in self.probes:
            if probe.poll() is None:
                probe.kill()
            probe.wait()

    async def tell(self, count: int) -> list[UUID]:
        """Write *count* facts into the outbox in one transaction and return their event ids."""
        database = Database(self.database_url, pool=2)
        events = [NotifyStopped(referral=ReferralId(uuid4()), version=number) for number in range(1, count + 1)]
        async with database.begin() as tx:
            ids = await outbox.write(tx, *events, now=datetime.now(UTC))
        await database.close()
        return ids

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def effects(self) -> list[UUID]:
        return [row[0] for row in self.rows("SELECT event_id FROM effect")]

    async def valkey(self, name: str, *arguments: Any) -> Any:
        client = stream_client(self.stack.servers.redis_url("admin"))
        try:
            return await client.execute_command(name, *arguments)
        finally:
            await client.aclose()

    async def append(self, *bodies: bytes) -> None:
        """Put *bodies* straight on the stream, as a broken producer would."""
        for body in bodies:
            await self.valkey("XADD", self.stream, "*", DATA, body)

    async def pending(self) -> int:
        summary = await self.valkey("XPENDING", self.stream, GROUP)
        return int(summary["pending"] if isinstance(summary, dict) else summary[0])

    async def letters(self) -> list[DeadLetter]:
        client = stream_client(self.stack.servers.redis_url("admin"))
        try:
            return await dead_letters(client, self.stream)
        finally:
            await client.aclose()

    async def settled(self, ids: Sequence[UUID], *, seconds: float = 30) -> None:
        """Wait until every event has its one effect and nothing is pending, and check that nothing came twice."""

        async def all_there() -> bool:
            return set(self.effects()) >= set(ids) and await self.pending() == 0

        await until(all_there, f"{len(ids)} effects, pending 0", seconds=seconds)
        assert sorted(self.effects()) == sorted(ids), "each event has exactly one effect"
