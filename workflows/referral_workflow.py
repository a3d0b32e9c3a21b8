"""One referral's waiting, from the first submission to its end.

It sleeps until the record's next mark or until something happens, and asks the owners to act. It decides nothing and
computes no deadline: the record did. Its whole state is the newest snapshot, so any run can be begun anew from that.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from services.contracts.commands import FIRE_MARK, OFFER, ROUTE, Answer, FireMark, Offer, Result, RouteQuestion
    from services.contracts.snapshot import NextMark, Snapshot

from workflows.call import call

TASK_QUEUE = "referral-workflows"
PREFIX = "referral/"
# Asked again no sooner than this, where the owner's answer changed nothing: never a hot loop.
PATIENCE = timedelta(seconds=5)
# Deadlines fall on full hours; a delay made from the id spreads ten thousand of them, and only ever delays.
WIDEST_SPREAD = timedelta(seconds=60)
SPREAD_PART = 50


def workflow_id(snapshot: Snapshot) -> str:
    return f"{PREFIX}{snapshot.referral_id}"


def waits(snapshot: Snapshot) -> bool:
    """True where somebody is still to act: live, and submitted (a draft that nobody submitted has no clock)."""
    return snapshot.live and (snapshot.next_mark is not None or snapshot.to_be_routed)


@workflow.defn(name="ReferralWorkflow")
class ReferralWorkflow:
    @workflow.init
    def __init__(self, start: Snapshot) -> None:
        self._newest = start

    @workflow.signal
    def newer(self, snapshot: Snapshot) -> None:
        """Keep the newest; what comes late or twice says nothing new."""
        if snapshot.version > self._newest.version:
            self._newest = snapshot

    @workflow.query
    def snapshot(self) -> Snapshot:
        return self._newest

    @workflow.run
    async def run(self, start: Snapshot) -> None:
        while waits(self._newest):
            seen = self._newest
            if seen.to_be_routed and (answer := await self._ask_next_unit(seen)):
                await self._adopt(answer, seen)
            elif not await self._changed_before(seen.next_mark, seen.version):
                await self._adopt(await self._fire(seen), seen)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self._newest)

    async def _changed_before(self, mark: NextMark | None, version: int) -> bool:
        """Sleep until *mark* or something newer than *version*; True where something newer came first."""
        timeout = None if mark is None else max(mark.at - workflow.now(), timedelta()) + self._spread(mark)
        summary = None if mark is None else f"{mark.clock} {mark.mark}"
        try:
            await workflow.wait_condition(
                lambda: self._newest.version > version, timeout=timeout, timeout_summary=summary
            )
        except TimeoutError:
            return self._newest.version > version
        return True

    def _spread(self, mark: NextMark) -> timedelta:
        ahead = max(mark.at - workflow.now(), timedelta())
        part = self._newest.referral_id.int % 1000 / 1000
        return min(WIDEST_SPREAD, ahead / SPREAD_PART) * part

    async def _ask_next_unit(self, seen: Snapshot) -> Answer | None:
        """Have the next unit asked; None where the mark comes first because an owner is away: somebody must hear."""
        mark = seen.next_mark
        patience = None if mark is None else mark.at - workflow.now()
        if patience is not None and patience <= timedelta():
            return None
        question = RouteQuestion(
            referral_id=seen.referral_id,
            agency=seen.service.agency,
            service=seen.service,
            region=seen.region,
            excluded=seen.asked,
        )
        try:
            route = await call(ROUTE, question, within=patience)
            offer = Offer(referral_id=seen.referral_id, version=seen.version, unit=route.unit, why=route.why)
            return await call(OFFER, offer, within=patience)
        except ActivityError:
            return None

    async def _fire(self, seen: Snapshot) -> Answer:
        mark = seen.next_mark
        assert mark is not None, "only a clock that runs wakes the workflow"
        return await call(
            FIRE_MARK,
            FireMark(referral_id=seen.referral_id, version=seen.version, clock=mark.clock, mark=mark.mark),
        )

    async def _adopt(self, answer: Answer, seen: Snapshot) -> None:
        """Go on from the owner's newest snapshot; where that is no news, wait a little before asking again."""
        if answer.snapshot is not None:
            self.newer(answer.snapshot)
        if answer.result is Result.APPLIED or self._newest.version > seen.version:
            return
        await self._changed_before_patience_ends(seen.version)

    async def _changed_before_patience_ends(self, version: int) -> None:
        try:
            await workflow.wait_condition(lambda: self._newest.version > version, timeout=PATIENCE)
        except TimeoutError:
            return
