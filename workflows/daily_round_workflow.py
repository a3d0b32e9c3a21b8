"""Once a day: what is due by the day rather than by a referral's own clock."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.contracts.commands import ASK_FOLLOW_UPS, PURGE_DRAFTS, AskFollowUps, PurgeDrafts

from workflows.call import call

WORKFLOW_ID = "daily-round"


@workflow.defn(name="DailyRoundWorkflow")
class DailyRoundWorkflow:
    """Drafts that nobody submitted are warned about and ended; closed proposals are asked after."""

    @workflow.run
    async def run(self) -> None:
        """Give each command until it has nothing more to do; one command is one transaction's worth."""
        while True:
            drafts = await call(PURGE_DRAFTS, PurgeDrafts())
            if not drafts.warned and not drafts.purged:
                break
        while (await call(ASK_FOLLOW_UPS, AskFollowUps())).asked:
            pass
