"""Feeding workflows from the record once more, because an operator asks for it.

The part that waits does not read the record: it asks for the newest snapshots by the books' own commands.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.contracts.book_commands import FEED_RUNS, SNAPSHOTS, ByIds, FeedRuns
    from services.contracts.ids import ReferralId
    from services.contracts.snapshot import Contract

from workflows.call import call


class Fed(Contract):
    """*version*: the one that the workflow now has."""

    referral: ReferralId
    version: int


class Resynced(Contract):
    """*unknown*: the record has no such referral."""

    fed: tuple[Fed, ...]
    unknown: tuple[ReferralId, ...] = ()


@workflow.defn(name="ResyncWorkflow")
class ResyncWorkflow:
    @workflow.run
    async def run(self, asked: ByIds) -> Resynced:
        found = await call(SNAPSHOTS, asked)
        await call(FEED_RUNS, FeedRuns(snapshots=found.snapshots))
        fed = tuple(Fed(referral=each.referral_id, version=each.version) for each in found.snapshots)
        return Resynced(fed=fed, unknown=found.unknown)
