"""Handing cases to their workflows once more, as the record has them now."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy

from services.contracts.cases import CaseKind
from services.contracts.refusals import Refused
from services.kit.database import Database, Tx
from services.kit.temporal import TemporalLink
from workflows.books_workflow import TASK_QUEUE
from workflows.resync_workflow import Resync, ResyncWorkflow
from workflows.runs import which_run
from workflows.starter import connected, note_fed

PATIENCE: Final = timedelta(seconds=15)
_FED: Final = "SELECT referral_id, version FROM seen WHERE referral_id = ANY(%(ids)s)"


async def fed_versions(tx: Tx, cases: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return which version of each was handed to its workflow last; none where none was."""
    rows = (await tx.exec_driver_sql(_FED, {"ids": list(cases)})).all()
    return {row.referral_id: row.version for row in rows}


async def preview(
    link: TemporalLink, database: Database, kind: CaseKind, cases: Sequence[UUID]
) -> list[dict[str, Any]]:
    """Return for each whether its workflow runs, as the server itself knows at this moment."""
    running = await which_run(await connected(link), kind, cases)
    async with database.read() as tx:
        fed = await fed_versions(tx, cases)
    return [{"referral": each, "running": each in running, "fed_version": fed.get(each)} for each in cases]


async def resync(link: TemporalLink, tx: Tx, kind: CaseKind, cases: Sequence[UUID], key: UUID) -> list[dict[str, Any]]:
    """Feed each; return the version that each workflow now has. Raises Refused where the record does not answer."""
    client = await connected(link)
    try:
        done = await client.execute_workflow(
            ResyncWorkflow.run,
            Resync(ids=tuple(cases), kind=kind),
            id=f"resync/{key}",
            task_queue=TASK_QUEUE,
            execution_timeout=PATIENCE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
    except WorkflowFailureError as error:
        raise Refused("server.unavailable", retry_after_seconds=5) from error
    versions = {each.case: each.version for each in done.fed}
    await note_fed(tx, versions)
    return [{"referral": each, "version": versions.get(each)} for each in cases]
