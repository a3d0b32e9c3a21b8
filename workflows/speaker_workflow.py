"""The waiting of one request for a speaker, from the asking to its end (workflows/waiting.py says how it waits)."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.contracts.commands import Route, RouteQuestion
    from services.contracts.speaking.commands import (
        SPEAKER_FIRE_MARK,
        SPEAKER_OFFER,
        SpeakerAnswer,
        SpeakerFireMark,
        SpeakerOffer,
    )
    from services.contracts.speaking.snapshot import SpeakerSnapshot

from workflows.call import call
from workflows.waiting import Waiting

# Of its own: a worker of a release that does not know this kind is never handed one.
TASK_QUEUE = "speaker-workflows"


@workflow.defn(name="SpeakerRequestWorkflow")
class SpeakerRequestWorkflow(Waiting[SpeakerSnapshot]):
    @workflow.init
    def __init__(self, start: SpeakerSnapshot) -> None:
        super().__init__(start)

    @workflow.signal
    def newer(self, snapshot: SpeakerSnapshot) -> None:
        self._learn(snapshot)

    @workflow.query
    def snapshot(self) -> SpeakerSnapshot:
        return self._newest

    @workflow.run
    async def run(self, start: SpeakerSnapshot) -> None:
        await self._wait()

    def _question(self, seen: SpeakerSnapshot) -> RouteQuestion:
        return RouteQuestion(
            request_id=seen.request_id,
            agency=seen.agency_to,
            service=seen.service,
            region=seen.region,
            excluded=seen.not_to_ask,
        )

    async def _offer(self, seen: SpeakerSnapshot, route: Route, *, within: timedelta | None) -> SpeakerAnswer:
        offer = SpeakerOffer(request_id=seen.request_id, version=seen.version, unit=route.unit)
        return await call(SPEAKER_OFFER, offer, within=within)

    async def _fire(self, seen: SpeakerSnapshot) -> SpeakerAnswer:
        mark = seen.next_mark
        assert mark is not None, "only a clock that runs wakes the workflow"
        return await call(
            SPEAKER_FIRE_MARK,
            SpeakerFireMark(request_id=seen.request_id, version=seen.version, clock=mark.clock, mark=mark.mark),
        )
