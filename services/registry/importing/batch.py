"""One batch as its program knows it: what was sent and by whom, how far it is, and what came of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row
from psycopg.sql import Composable
from psycopg.types.json import Jsonb

from services.contracts.ids import RegionCode
from services.kit.clock import Now
from services.kit.crypto import Keyring
from services.registry.renumbering import CHANGES, newest

FILE, REJECTED, SCRATCH = "file", "rejected.csv", "scratch"
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
# Whether the program of the batch `import_batch.id` runs anywhere: it holds that lock for as long as it lives.
LOCKED = """EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND database =
    (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32) | objid::bigint = hashtextextended(import_batch.id::text, 0))"""
_BATCH = "SELECT list, state, area, officer, columns, report FROM import_batch WHERE id = %s"
_VILLAGES = "SELECT code FROM region WHERE valid_to IS NULL AND level IN ('desa', 'kelurahan')"


class BatchState(StrEnum):
    """`stopped`: its program ended before its time; it can go on from where it was."""

    CHECKING = "checking"
    CHECKED = "checked"
    SEALING = "sealing"
    TAKING_OVER = "taking_over"
    APPLIED = "applied"
    STOPPED = "stopped"
    REFUSED = "refused"


class BatchBusy(Exception):
    """Another program works on it."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the program of a batch works with."""

    database_url: str
    keyring: Keyring
    now: Now


@dataclass(slots=True)
class Batch:
    """The row of one batch, sent by *officer*; *folder* holds its file. Every statement commits.

    How far it is goes over a connection of its own, so that it is seen while *connection* is in a transaction.
    """

    connection: psycopg.Connection[Any]
    telling: psycopg.Connection[Any]
    id: UUID
    list: str
    state: BatchState
    area: RegionCode
    officer: UUID
    columns: Mapping[str, str]
    report: Mapping[str, Any] | None
    folder: Path

    def one(self, statement: Composable | str, values: Any = None) -> Any:
        """Return the one row that *statement* answers with."""
        return self.connection.execute(statement, values).fetchone()  # type: ignore[arg-type]

    def villages(self) -> frozenset[str]:
        return frozenset(row.code for row in self.connection.execute(_VILLAGES))

    def renumbered(self) -> dict[RegionCode, RegionCode]:
        """Return today's code for each area code that a decree replaced."""
        return newest((row.old, row.new) for row in self.connection.execute(CHANGES))

    def begins(self, state: BatchState, now: datetime, rows: int) -> None:
        self._set(state=state.value, step_began_at=now, rows=rows, done=0)

    def progressed(self, done: int) -> None:
        self._set(done=done)

    def checked(self, report: Mapping[str, Any]) -> None:
        self._set(state=BatchState.CHECKED.value, report=Jsonb(report))

    def applied(self, report: Mapping[str, Any], now: datetime) -> None:
        self._set(state=BatchState.APPLIED.value, report=Jsonb(report), applied_at=now)

    def refused(self, code: str, facts: Mapping[str, Any]) -> None:
        self._set(state=BatchState.REFUSED.value, refusal=Jsonb({"code": code, "facts": facts}))

    def stopped(self) -> None:
        self._set(state=BatchState.STOPPED.value)

    def _set(self, **values: Any) -> None:
        names = ", ".join(f"{name} = %({name})s" for name in values)
        self.telling.execute(f"UPDATE import_batch SET {names} WHERE id = %(id)s", {**values, "id": self.id})


def _connected(database_url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(database_url, autocommit=True, row_factory=namedtuple_row)


@contextmanager
def held(database_url: str, folder: Path, batch: UUID) -> Iterator[Batch]:
    """Hold the batch as long as the block runs. Raises BatchBusy while another program does, KeyError if unknown."""
    with _connected(database_url) as connection, _connected(database_url) as telling:
        if not connection.execute(_LOCK, [str(batch)]).fetchone()[0]:  # type: ignore[index]
            raise BatchBusy
        row = connection.execute(_BATCH, [batch]).fetchone()
        if row is None:
            raise KeyError(batch)
        area, state = RegionCode(row.area), BatchState(row.state)
        yield Batch(
            connection, telling, batch, row.list, state, area, row.officer, row.columns, row.report,
            folder / str(batch),
        )  # fmt: skip
