"""Requests for a speaker on skipped time: the real use cases, and the workflow that waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from temporalio.client import WorkflowHandle

from services.contracts.codes import Agency
from services.contracts.ids import OfficerId, RegionCode, SpeakerRequestId
from services.contracts.speaking.codes import AgeGroup, SpokenLanguage, Topic
from services.contracts.wib import WIB
from services.referral.actors import Actor
from services.referral.speaking import orders, usecases
from services.referral.speaking.domain import SpeakerRequest, Wish
from services.referral.speaking.repository import SpeakerRequests
from services.referral.speaking.usecases import Details, NewRequest
from tests.unit.scenes import BKKBN_KAB, TKSK
from tests.workflow.clocked import Clocked
from workflows.starter import tell

_SPEAKER = text("INSERT INTO officer VALUES (:officer, 1, :unit, 'officer', false)")
_STORY = text("SELECT fact, clock, mark, told FROM speaker_line WHERE request = :id ORDER BY version")


@dataclass
class Asking:
    """One request at a time, of a kecamatan's TKSK; the kabupaten's OPD KB is the nearest that has speakers."""

    play: Clocked
    speaker: OfficerId

    @classmethod
    async def beginning(cls, play: Clocked) -> "Asking":
        """Begin with a speaker of the kabupaten's who has nothing to do yet."""
        await play.tick()
        speaker = OfficerId(uuid4())
        async with play.record.database.begin() as tx:
            await tx.execute(_SPEAKER, {"officer": speaker, "unit": BKKBN_KAB.unit})
        return cls(play, speaker)

    def in_days(self, days: int, *, hours: float = 2) -> orders.Time:
        """Return a time *days* ahead, from 09:00 WIB on."""
        day = self.play.moment.at.astimezone(WIB) + timedelta(days=days)
        begin = day.replace(hour=9, minute=0, second=0, microsecond=0)
        return orders.Time(starts_at=begin, ends_at=begin + timedelta(hours=hours))

    async def asked(self, *times: orders.Time, series: orders.Series | None = None) -> SpeakerRequestId:
        """Ask, start the workflow, and wait until the first unit was asked."""
        await self.play.tick()
        when = orders.Wanted(times=() if series else times or (self.in_days(60),), series=series)
        wish = Wish({AgeGroup.FROM_15_TO_19: 30}, SpokenLanguage.INDONESIAN, when.periods(), when.together)
        area, agency = RegionCode("35.15.08"), Agency.DINSOS
        new = NewRequest(SpeakerRequestId(uuid4()), Topic.GENRE, wish, Details(), area, agency)
        async with self.play.record.database.begin() as tx:
            request = await usecases.ask(self.play.record, tx, new, TKSK)
        await tell(self.play.env.client, request.snapshot())
        await self.until(request.id, lambda request: not request.snapshot().to_be_routed)
        return request.id

    async def agreed(self, *times: orders.Time, series: orders.Series | None = None) -> SpeakerRequestId:
        request = await self.asked(*times, series=series)
        await self.acts(request, BKKBN_KAB, orders.Propose(speaker=self.speaker))
        await self.acts(request, TKSK, orders.Agree())
        return request

    async def acts(self, request_id: SpeakerRequestId, actor: Actor, order: orders.SpeakerOrder) -> SpeakerRequest:
        """Let a person act on the newest version, and tell the workflow."""
        await self.play.tick()
        record = self.play.record
        async with record.database.begin() as tx:
            version = (await SpeakerRequests(tx).get(request_id)).acted_version
            after = await usecases.take_action(record, tx, request_id, order, actor, expected_version=version)
        await tell(self.play.env.client, after.snapshot())
        return after

    async def sleeps_until(self, moment: datetime) -> None:
        """Let time pass until after *moment*, with what a deadline may be spread."""
        await self.play.env.sleep(moment - await self.play.tick() + timedelta(minutes=2))
        await self.play.tick()

    async def now(self, request_id: SpeakerRequestId) -> SpeakerRequest:
        async with self.play.record.database.read() as tx:
            return await SpeakerRequests(tx).get(request_id)

    async def until(self, request_id: SpeakerRequestId, there: Callable[[SpeakerRequest], bool]) -> SpeakerRequest:
        """Let time pass second by second until the record is *there*."""
        for _ in range(60):
            request = await self.now(request_id)
            if there(request):
                return request
            await self.play.env.sleep(timedelta(seconds=1))
        raise AssertionError(f"still {request.state}, {request.clocks}")

    async def story(self, request_id: SpeakerRequestId) -> list[tuple[str, str, list[str]]]:
        """Return (fact, clock and mark, units told) of every line."""
        async with self.play.record.database.read() as tx:
            rows = (await tx.execute(_STORY, {"id": request_id})).all()
        return [(row.fact, f"{row.clock} {row.mark}", [_who(each) for each in row.told or ()]) for row in rows]

    async def facts(self, request_id: SpeakerRequestId) -> list[str]:
        return [fact for fact, _, _ in await self.story(request_id)]

    def handle(self, request_id: SpeakerRequestId) -> "WorkflowHandle[Any, Any]":
        return self.play.env.client.get_workflow_handle(f"speaker/{request_id}")


def _who(recipient: dict[str, str]) -> str:
    return f"{recipient['unit']}/{recipient.get('role', 'everybody')}"
