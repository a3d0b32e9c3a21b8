"""The programs that check and apply batches, as the part sees them: started, stopped, and missed when they die."""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text

from services.kit.database import Database
from services.registry.importing.batch import LOCKED, BatchState

log = structlog.get_logger()

GRACE_SECONDS = 10.0
_UNDER_WAY = (BatchState.CHECKING, BatchState.SEALING, BatchState.TAKING_OVER)
_LEFT = text(
    "UPDATE import_batch SET state = 'stopped' WHERE state = ANY(:states)"
    f" AND (CAST(:batch AS uuid) IS NULL OR id = :batch) AND NOT {LOCKED} RETURNING id"
)


class Programs:
    """One program for each batch that is worked on here. *match_after*: whether the lists are matched after each."""

    def __init__(self, database: Database, *, match_after: bool) -> None:
        self._database, self._match_after = database, match_after
        self._running: dict[UUID, Process] = {}
        self._matching: list[Process] = []
        self._closing = False
        self._watching: set[asyncio.Task[None]] = set()

    async def mend(self, batch: UUID | None = None) -> None:
        """Write down as stopped what is said to be worked on and is not, by any process of any host."""
        async with self._database.begin() as tx:
            found = await tx.execute(_LEFT, {"states": [state.value for state in _UNDER_WAY], "batch": batch})
            for row in found:
                log.warning("import.stopped", batch=str(row.id))

    async def start(self, step: str, batch: UUID, *, matched: bool = False) -> None:
        """Start the program for *step*, `check` or `apply`. Where one works on the batch already, it ends at once.

        *matched*: its list is one of those that are laid on each other.
        """
        argv = [sys.executable, "-m", "services.registry.importing", step, str(batch)]
        self._running[batch] = process = await asyncio.create_subprocess_exec(*argv)
        self._watched(self._watch(batch, process, match=matched and step == "apply"))

    async def match(self) -> None:
        """Start to lay the lists on each other anew. One such program waits for another, and a third for neither.

        The one that waits has read nothing yet, so it will see whatever is there by now.
        """
        self._matching = [process for process in self._matching if process.returncode is None]
        if self._closing or len(self._matching) > 1:
            return
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.registry.matching")
        self._matching.append(process)
        self._watched(self._watch_matching(process))

    async def stop(self, batch: UUID) -> None:
        """End the program of *batch*, if it runs here, and wait for its end."""
        process = self._running.get(batch)
        if process is None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), GRACE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
        await self.mend(batch)

    async def close(self) -> None:
        """End every program, and start none any more."""
        self._closing = True
        for process in self._matching:
            if process.returncode is None:
                process.terminate()
        await asyncio.gather(*map(self.stop, list(self._running)))
        await asyncio.gather(*self._watching, return_exceptions=True)

    def _watched(self, watching: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(watching)
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def _watch_matching(self, process: Process) -> None:
        code = await process.wait()
        if code and not self._closing:
            log.error("lists.match_failed", code=code)

    async def _watch(self, batch: UUID, process: Process, *, match: bool) -> None:
        code = await process.wait()
        if self._running.get(batch) is process:
            del self._running[batch]
        if code:
            await self.mend(batch)
        elif match and self._match_after:
            await self.match()
