"""A workflow that does for one referral what the product's does until its first mark is armed, and nothing else."""

from datetime import timedelta
from typing import Any

from temporalio import workflow

ROUTE, OFFER = "bench.route", "bench.offer"
# Each owner has a queue of its own, as in the product: on the workflow's own, commands would be handed out at once.
QUEUES = {ROUTE: "bench-route", OFFER: "bench-offer"}
FAR_AWAY = timedelta(days=7)
OFFERED_VERSION = 3

Snapshot = dict[str, Any]


@workflow.defn(name="BareWorkflow")
class BareWorkflow:
    """Started by a signal, two commands that do nothing, and a timer."""

    @workflow.init
    def __init__(self, start: Snapshot) -> None:
        self._newest = start

    @workflow.signal
    def newer(self, snapshot: Snapshot) -> None:
        if snapshot["version"] > self._newest["version"]:
            self._newest = snapshot

    @workflow.query
    def snapshot(self) -> Snapshot:
        return self._newest

    @workflow.run
    async def run(self, start: Snapshot) -> None:
        """Ask both, and sleep; nothing ends it but the bench."""
        for command in (ROUTE, OFFER):
            answer: Snapshot = await workflow.execute_activity(
                command,
                self._newest,
                task_queue=QUEUES[command],
                result_type=dict,
                start_to_close_timeout=timedelta(seconds=10),
            )
            self.newer(answer)
        await workflow.wait_condition(lambda: self._newest["version"] > OFFERED_VERSION, timeout=FAR_AWAY)
