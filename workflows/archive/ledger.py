"""Which runs have closed, and where their histories are kept: one row a run, whatever is done twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.contracts.book_commands import ClosedRun
from services.kit.database import Tx
from workflows.archive.packing import Packed

_NOTE: Final = """
INSERT INTO closed_run (run_id, workflow_id, type, closed_at)
SELECT * FROM unnest(%(runs)s::uuid[], %(workflows)s::varchar[], %(types)s::varchar[], %(closed)s::timestamptz[])
ON CONFLICT (run_id) DO NOTHING
"""
_UP_TO: Final = "SELECT at FROM closed_up_to"
_READ_AT: Final = "SELECT read_at FROM closed_up_to"
_ALL_NOTED: Final = """
INSERT INTO closed_up_to (at, read_at) SELECT max(closed_at), now() FROM closed_run
ON CONFLICT (one) DO UPDATE SET at = greatest(closed_up_to.at, excluded.at), read_at = excluded.read_at
"""
_WAITING: Final = """
SELECT run_id, workflow_id, type, closed_at FROM closed_run
WHERE kept_at IS NULL AND given_up_at IS NULL AND closed_at < %(before)s
    AND (closed_at, run_id) > (%(closed_at)s::timestamptz, %(run_id)s::uuid)
ORDER BY closed_at, run_id LIMIT %(limit)s
"""
_KEEP: Final = """
UPDATE closed_run SET kept_at = now(), place = %(place)s, name = %(name)s, sha256 = %(sha256)s, events = %(events)s,
    size_bytes = %(size)s, kept_bytes = %(kept)s
WHERE run_id = %(run_id)s AND kept_at IS NULL
"""
_GIVE_UP: Final = """
UPDATE closed_run SET given_up_at = now() WHERE run_id = ANY(%(runs)s) AND kept_at IS NULL AND given_up_at IS NULL
"""

BEGINNING: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
NOBODY: Final = UUID(int=0)
END: Final = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True, order=True)
class At:
    """A place in the order of the rows. As text it is what a page ends with."""

    closed_at: datetime = BEGINNING
    run_id: UUID = NOBODY

    @classmethod
    def read(cls, text: str | None) -> "At":
        if text is None:
            return cls()
        closed_at, _, run_id = text.partition("/")
        return cls(datetime.fromisoformat(closed_at), UUID(run_id))

    def __str__(self) -> str:
        return f"{self.closed_at.isoformat()}/{self.run_id}"


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has closed."""

    run_id: UUID
    workflow_id: str
    type: str
    closed_at: datetime

    @property
    def at(self) -> At:
        return At(self.closed_at, self.run_id)

    def named(self) -> ClosedRun:
        return ClosedRun(workflow_id=self.workflow_id, run_id=self.run_id)


async def note(tx: Tx, runs: Sequence[Run]) -> int:
    """Write *runs* down; return how many were not known."""
    values: dict[str, list[Any]] = {
        "runs": [each.run_id for each in runs],
        "workflows": [each.workflow_id for each in runs],
        "types": [each.type for each in runs],
        "closed": [each.closed_at for each in runs],
    }
    return (await tx.exec_driver_sql(_NOTE, values)).rowcount


async def noted_up_to(tx: Tx) -> datetime | None:
    """Return up to when every closed run is noted; None where nobody ever looked through all."""
    found: datetime | None = (await tx.exec_driver_sql(_UP_TO)).scalar()
    return found


async def list_read_at(tx: Tx) -> datetime | None:
    """Return when the list of closed runs was last read to its end; None where it never was."""
    found: datetime | None = (await tx.exec_driver_sql(_READ_AT)).scalar()
    return found


async def all_noted(tx: Tx) -> None:
    """Remember that every run that closed before the newest noted one is noted."""
    await tx.exec_driver_sql(_ALL_NOTED)


async def waiting(tx: Tx, after: At, *, limit: int, before: datetime = END) -> list[Run]:
    """Return runs that are not archived, the one that closed first at the beginning."""
    values = {"closed_at": after.closed_at, "run_id": after.run_id, "limit": limit, "before": before}
    return [Run(**row) for row in (await tx.exec_driver_sql(_WAITING, values)).mappings()]


async def keep(tx: Tx, run_id: UUID, packed: Packed, *, place: str, name: str) -> bool:
    """Write down where the history of a run is kept; False where that was written before."""
    figures = {"sha256": packed.sha256, "events": packed.events, "size": packed.size_bytes, "kept": len(packed.content)}
    kept = await tx.exec_driver_sql(_KEEP, {"run_id": run_id, "place": place, "name": name, **figures})
    return kept.rowcount == 1


async def give_up(tx: Tx, runs: Sequence[UUID]) -> None:
    await tx.exec_driver_sql(_GIVE_UP, {"runs": list(runs)})
