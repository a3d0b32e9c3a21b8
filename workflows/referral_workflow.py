"""One referral's waiting, from the first submission to its end (workflows/waiting.py says how it waits)."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.contracts.commands import FIRE_MARK, OFFER, Answer, FireMark, Offer, Route, RouteQuestion
    from services.contracts.snapshot import Snapshot

from workflows.call import call
from workflows.waiting import Waiting

TASK_QUEUE = "referral-workflows"


@workflow.defn(name="ReferralWorkflow")
class ReferralWorkflow(Waiting[Snapshot]):
    @workflow.init
    def __init__(self, start: Snapshot) -> None:
        super().__init__(start)

    @workflow.signal
    def newer(self, snapshot: Snapshot) -> None:
        self._learn(snapshot)

    @workflow.query
    def snapshot(self) -> Snapshot:
        return self._newest

    @workflow.run
    async def run(self, start: Snapshot) -> None:
        await self._wait()

    def _question(self, seen: Snapshot) -> RouteQuestion:
        return RouteQuestion(
            referral_id=seen.referral_id,
            agency=seen.service.agency,
            service=seen.service,
            region=seen.region,
            excluded=seen.asked,
        )

    async def _offer(self, seen: Snapshot, route: Route, *, within: timedelta | None) -> Answer:
        offer = Offer(referral_id=seen.referral_id, version=seen.version, unit=route.unit, why=route.why)
        return await call(OFFER, offer, within=within)

    async def _fire(self, seen: Snapshot) -> Answer:
        mark = seen.next_mark
        assert mark is not None, "only a clock that runs wakes the workflow"
        return await call(
            FIRE_MARK,
            FireMark(referral_id=seen.referral_id, version=seen.version, clock=mark.clock, mark=mark.mark),
        )
