"""The workflows there are, and the sandbox that they run in."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.books_workflow import BooksWorkflow
from workflows.daily_round_workflow import DailyRoundWorkflow
from workflows.referral_workflow import ReferralWorkflow
from workflows.resync_workflow import ResyncWorkflow
from workflows.speaker_workflow import SpeakerRequestWorkflow

WORKFLOWS = (ReferralWorkflow, DailyRoundWorkflow)
SPEAKER_WORKFLOWS = (SpeakerRequestWorkflow,)
BOOK_WORKFLOWS = (BooksWorkflow, ResyncWorkflow)
ALL_WORKFLOWS = (*WORKFLOWS, *SPEAKER_WORKFLOWS, *BOOK_WORKFLOWS)
# Pure and deterministic, so a run need not import them anew.
TRUSTED = ("services.contracts", "pydantic", "pydantic_core", "annotated_types", "uuid_utils")


def sandbox() -> SandboxedWorkflowRunner:
    """Return the runner that keeps clocks, randomness and input out of workflow code."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*TRUSTED))
