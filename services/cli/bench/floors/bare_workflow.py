"""A workflow that does for one referral what the product's does: two commands, and a timer armed anew at each fact."""

from datetime import timedelta
from typing import Any

from temporalio import workflow

ROUTE, OFFER = "bench.route", "bench.offer"
# Each owner has a queue of its own, as in the product: on the workflow's own, commands would be handed out at once.
QUEUES = {ROUTE: "bench-route", OFFER: "bench-offer"}
FAR_AWAY = timedelta(days=7)
OFFERED_VERSION = 3
NEVER = 1 << 30

Snapshot = dict[str, Any]


@workflow.defn(name="BareWorkflow")
class BareWorkflow:
    """Two commands that do nothing, then a timer until something newer comes; it ends with the version *last*."""

    @workflow.init
    def __init__(self, start: Snapshot, last: int) -> None:
        self._newest = start

    @workflow.signal
    def newer(self, snapshot: Snapshot) -> None:
        if snapshot["version"] > self._newest["version"]:
            self._newest = snapshot

    @workflow.query
    def snapshot(self) -> Snapshot:
        return self._newest

    @workflow.run
    async def run(self, start: Snapshot, last: int) -> None:
        for command in (ROUTE, OFFER):
            answer: Snapshot = await workflow.execute_activity(
                command,
                self._newest,
                task_queue=QUEUES[command],
                result_type=dict,
                start_to_close_timeout=timedelta(seconds=10),
            )
            self.newer(answer)
        while (seen := self._newest["version"]) < last:
            await workflow.wait_condition(lambda: self._newest["version"] > seen, timeout=FAR_AWAY)
