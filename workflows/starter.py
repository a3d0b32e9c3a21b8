"""From events to workflows: starts one for each submitted referral and feeds it the newest snapshot."""

import structlog
from sqlalchemy import text
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from services.contracts.events import ReferralEvent
from services.contracts.snapshot import Snapshot
from services.kit.database import Tx
from services.kit.inbox import Received
from services.kit.temporal import TemporalLink
from services.kit.world import WorldAway
from workflows.referral_workflow import TASK_QUEUE, ReferralWorkflow, waits, workflow_id

log = structlog.get_logger()

_NEWER = text("""
INSERT INTO seen (referral_id, version) VALUES (:referral, :version)
ON CONFLICT (referral_id) DO UPDATE SET version = excluded.version WHERE seen.version < excluded.version
""")


class Starter:
    """Hands each newer snapshot to its workflow, before the event counts as taken."""

    def __init__(self, link: TemporalLink) -> None:
        self._link = link

    async def feed(self, received: Received[ReferralEvent], tx: Tx) -> None:
        snapshot = received.event.snapshot
        newer = await tx.execute(_NEWER, {"referral": snapshot.referral_id, "version": snapshot.version})
        if newer.rowcount == 0:
            return
        try:
            await (self._signal_with_start(snapshot) if waits(snapshot) else self._signal(snapshot))
        except RuntimeError as error:  # the SDK's answer while the first connection is not made
            raise WorldAway from error

    async def _signal_with_start(self, snapshot: Snapshot) -> None:
        client = await self._link.client()
        await client.start_workflow(
            ReferralWorkflow.run,
            snapshot,
            id=workflow_id(snapshot),
            task_queue=TASK_QUEUE,
            start_signal="newer",
            start_signal_args=[snapshot],
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    async def _signal(self, snapshot: Snapshot) -> None:
        """Tell a run that it has nothing to wait for any more. That there is none is just as well."""
        client = await self._link.client()
        try:
            await client.get_workflow_handle(workflow_id(snapshot)).signal(ReferralWorkflow.newer, snapshot)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
