"""The commands that the books give to the archive."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from services.contracts import book_commands as contracts
from services.kit import temporal
from services.kit.clock import Now
from services.kit.database import Database
from services.kit.temporal import TemporalLink
from workflows.archive import ledger
from workflows.archive.filing import Filing
from workflows.archive.ledger import At
from workflows.archive.listing import OVERLAP, closed_runs
from workflows.archive.stores import Store

log = structlog.get_logger()

# What is not archived when so much of Temporal's retention is over is in danger; the rest is the time to mend it.
ENOUGH_OF_THE_RETENTION: Final = 0.5


class ArchiveCommands:
    """*store*: where new histories go."""

    def __init__(self, link: TemporalLink, database: Database, store: Store, now: Now) -> None:
        self._link, self._database, self._store, self._now = link, database, store, now

    def activities(self) -> Sequence[temporal.Activity]:
        return (
            temporal.serves(contracts.NOTE_CLOSED, self.note_closed),
            temporal.serves(contracts.ARCHIVE_RUNS, self.archive_runs),
            temporal.serves(contracts.GIVE_UP_RUNS, self.give_up_runs),
            temporal.serves(contracts.RUNS_IN_DANGER, self.runs_in_danger),
        )

    async def note_closed(self, command: contracts.NoteClosed) -> contracts.ClosedNoted:
        """Note one page of what has closed. With the last page, all up to the newest is noted."""
        client = await self._link.client()
        async with self._database.read() as tx:
            up_to = None if command.whole else await ledger.noted_up_to(tx)
        since = up_to - OVERLAP if up_to else None
        runs, last = await closed_runs(client, after=command.after, since=since, limit=command.limit)
        async with self._database.begin() as tx:
            noted = await ledger.note(tx, runs)
            if last is None:
                await ledger.all_noted(tx)
        return contracts.ClosedNoted(noted=noted, last=last)

    async def archive_runs(self, command: contracts.ArchiveRuns) -> contracts.RunsArchived:
        """Put one page of histories away; what fails is left to the next pass, and a store that fails ends this one."""
        client = await self._link.client()
        async with self._database.read() as tx:
            runs = await ledger.waiting(tx, At.read(command.after), limit=command.limit)
        filing = Filing(client, self._database, self._store)
        whole = await filing.file(runs)
        if runs:
            log.info("archive.filed", archived=filing.archived, lost=len(filing.lost), failed=filing.failed)
        more = whole and len(runs) == command.limit
        lost = tuple(each.named() for each in filing.lost)
        return contracts.RunsArchived(archived=filing.archived, lost=lost, last=str(runs[-1].at) if more else None)

    async def give_up_runs(self, command: contracts.ClosedRuns) -> contracts.Nothing:
        async with self._database.begin() as tx:
            await ledger.give_up(tx, [each.run_id for each in command.runs])
        return contracts.Nothing()

    async def runs_in_danger(self, command: contracts.InDanger) -> contracts.Endangered:
        """Return the oldest runs that are not archived although half of the time to do it is over.

        Where the list of closed runs was not read for so long, nobody knows which they are: that is said as well.
        """
        age = ENOUGH_OF_THE_RETENTION * await _retention(await self._link.client())
        old = self._now() - age
        async with self._database.read() as tx:
            runs = await ledger.waiting(tx, At(), limit=command.limit, before=old)
            read_at = await ledger.list_read_at(tx)
        unread = None if read_at and read_at >= old else read_at.isoformat() if read_at else "never"
        return contracts.Endangered(runs=tuple(each.named() for each in runs), unread_since=unread)


async def _retention(client: Client) -> timedelta:
    """Return for how long Temporal keeps a closed history, as the server itself says."""
    asked = DescribeNamespaceRequest(namespace=client.namespace)
    described = await client.workflow_service.describe_namespace(asked)
    return described.config.workflow_execution_retention_ttl.ToTimedelta()
