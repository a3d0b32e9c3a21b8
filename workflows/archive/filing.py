"""Putting histories away: from Temporal, compressed, to the store, then into the ledger."""

import asyncio
from collections.abc import Sequence
from datetime import UTC
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from services.kit import temporal
from services.kit.database import Database
from workflows.archive import ledger
from workflows.archive.ledger import Run
from workflows.archive.packing import NotWhole, Packed, pack
from workflows.archive.stores import Store, StoreFailed

log = structlog.get_logger()

AT_ONCE: Final = 4


class Filing:
    """One page of runs. *archived*, *failed* and *lost* say how it went.

    Killed in the middle it is made again: a history has the same name and bytes each time, and a run one row.
    """

    def __init__(self, client: Client, database: Database, store: Store) -> None:
        self._client, self._database, self._store = client, database, store
        self._free = asyncio.Semaphore(AT_ONCE)
        self.archived, self.failed = 0, 0
        self.lost: list[Run] = []

    async def file(self, runs: Sequence[Run]) -> bool:
        """Put *runs* away; False where the store failed: then the others were not tried."""
        tasks = [asyncio.create_task(self._in_turn(run)) for run in runs]
        try:
            await asyncio.gather(*tasks)
        except StoreFailed as error:
            log.warning("archive.store_failed", place=self._store.place, error=str(error))
            return False
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return True

    async def _in_turn(self, run: Run) -> None:
        async with self._free:
            try:
                packed = await self._fetched(run)
            except (RPCError, NotWhole) as error:
                self._not_fetched(run, error)
            else:
                await self._put(run, packed)
            temporal.still_at_it()

    async def _fetched(self, run: Run) -> Packed:
        handle = self._client.get_workflow_handle(run.workflow_id, run_id=str(run.run_id))
        history = await handle.fetch_history()
        return await asyncio.to_thread(pack, history)

    def _not_fetched(self, run: Run, error: RPCError | NotWhole) -> None:
        if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
            self.lost.append(run)
            return
        self.failed += 1
        why = error.status.name if isinstance(error, RPCError) else "not whole"
        log.warning("archive.not_fetched", run=str(run.run_id), error=why)

    async def _put(self, run: Run, packed: Packed) -> None:
        name = f"{run.closed_at.astimezone(UTC):%Y/%m/%d}/{run.run_id}.{packed.sha256}.pb.gz"
        await self._store.put(name, packed.content)
        async with self._database.begin() as tx:
            if await ledger.keep(tx, run.run_id, packed, place=self._store.place, name=name):
                self.archived += 1
