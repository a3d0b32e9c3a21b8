"""Feeding workflows from the record once more, because an operator asks for it.

The part that waits does not read the record: it asks for the newest snapshots by the books' own commands.
"""

from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.contracts.book_commands import FEED_RUNS, FeedRuns
    from services.contracts.cases import CaseKind
    from services.contracts.snapshot import Contract

from workflows.asking import newest
from workflows.call import call


class Resync(Contract):
    ids: tuple[UUID, ...]
    kind: CaseKind = CaseKind.REFERRAL


class Fed(Contract):
    """*version*: the one that the workflow now has."""

    case: UUID
    version: int


class Resynced(Contract):
    """*unknown*: the record has no such case."""

    fed: tuple[Fed, ...]
    unknown: tuple[UUID, ...] = ()


@workflow.defn(name="ResyncWorkflow")
class ResyncWorkflow:
    @workflow.run
    async def run(self, asked: Resync) -> Resynced:
        found = await newest(asked.kind, asked.ids)
        await call(FEED_RUNS, FeedRuns(snapshots=found.snapshots))
        fed = tuple(Fed(case=each.case_id, version=each.version) for each in found.snapshots)
        return Resynced(fed=fed, unknown=found.unknown)
