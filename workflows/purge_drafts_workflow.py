"""Once a day: warn about drafts that nobody submitted, and end the oldest."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.contracts.commands import PURGE_DRAFTS, Purged, PurgeDrafts

from workflows.call import call

WORKFLOW_ID = "purge-drafts"


@workflow.defn(name="PurgeDraftsWorkflow")
class PurgeDraftsWorkflow:
    @workflow.run
    async def run(self) -> Purged:
        """Return how many were warned about and ended. One transaction's worth at a time, until none is left."""
        warned = purged = 0
        while True:
            done = await call(PURGE_DRAFTS, PurgeDrafts())
            warned, purged = warned + done.warned, purged + done.purged
            if not done.warned and not done.purged:
                return Purged(warned=warned, purged=purged)
