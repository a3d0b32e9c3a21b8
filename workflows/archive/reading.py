"""The archive as it is read: what is kept, and how much waits."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from temporalio.client import WorkflowHistory

from services.kit.database import Database
from workflows.archive.ledger import BEGINNING, END, At
from workflows.archive.packing import unpack
from workflows.archive.stores import Stores

PAGE: Final = 200

_SHARE: Final = "(hashtext(run_id::text) & 2147483647) %% %(of)s = %(share)s"
_CHOSEN: Final = f"kept_at IS NOT NULL AND closed_at >= %(since)s AND closed_at < %(until)s AND {_SHARE}"
_COUNT: Final = f"SELECT count(*) FROM closed_run WHERE {_CHOSEN}"
_PAGE: Final = f"""
SELECT run_id, workflow_id, type, closed_at, place, name, sha256 FROM closed_run
WHERE {_CHOSEN} AND (closed_at, run_id) > (%(closed_at)s::timestamptz, %(run_id)s::uuid)
ORDER BY closed_at, run_id LIMIT %(limit)s
"""
_FIGURES: Final = """
SELECT count(kept_at) AS archived, coalesce(sum(kept_bytes), 0)::bigint AS bytes,
    min(closed_at) FILTER (WHERE kept_at IS NOT NULL) AS oldest,
    max(closed_at) FILTER (WHERE kept_at IS NOT NULL) AS newest,
    count(*) FILTER (WHERE kept_at IS NULL AND given_up_at IS NULL) AS waiting,
    min(closed_at) FILTER (WHERE kept_at IS NULL AND given_up_at IS NULL) AS oldest_waiting,
    count(given_up_at) AS lost
FROM closed_run
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A run whose history is in the archive."""

    run_id: UUID
    workflow_id: str
    type: str
    closed_at: datetime
    place: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Runs that closed from *since* up to *until*, and of these every *of*-th: the share of one reader of several."""

    since: datetime = BEGINNING
    until: datetime = END
    share: int = 0
    of: int = 1

    def values(self) -> dict[str, Any]:
        return {"since": self.since, "until": self.until, "share": self.share, "of": self.of}


class Archive:
    """Reads only."""

    def __init__(self, database: Database, stores: Stores) -> None:
        self._database, self._stores = database, stores

    async def count(self, chosen: Chosen) -> int:
        async with self._database.read() as tx:
            return (await tx.exec_driver_sql(_COUNT, chosen.values())).scalar() or 0

    async def runs(self, chosen: Chosen) -> AsyncIterator[Kept]:
        """Yield the chosen runs in the order in which they closed."""
        after = At()
        while page := await self._page(chosen, after):
            for each in page:
                yield each
            after = At(page[-1].closed_at, page[-1].run_id)

    async def history(self, kept: Kept) -> WorkflowHistory:
        """Return the history. Raises Damaged, NotThere or StoreFailed."""
        content = await self._stores.at(kept.place).get(kept.name)
        return unpack(kept.workflow_id, content, sha256=kept.sha256)

    async def figures(self) -> dict[str, Any]:
        """Return how many runs are archived and wait, with the oldest and newest moments of closing; bytes as kept."""
        async with self._database.read() as tx:
            return dict((await tx.exec_driver_sql(_FIGURES)).mappings().one())

    async def _page(self, chosen: Chosen, after: At) -> list[Kept]:
        values = {**chosen.values(), "closed_at": after.closed_at, "run_id": after.run_id, "limit": PAGE}
        async with self._database.read() as tx:
            return [Kept(**row) for row in (await tx.exec_driver_sql(_PAGE, values)).mappings()]
