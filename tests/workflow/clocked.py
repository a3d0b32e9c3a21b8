"""The waiting and the record together on a server that skips time: weeks pass in milliseconds.

The activities are the real use cases on real PostgreSQL. What people do is done on the record and signalled
directly; no relay runs, so a snapshot otherwise comes back only in a command's answer.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from services.contracts import commands
from services.contracts.codes import Agency, Priority, Service
from services.contracts.ids import FamilyId, ReferralId
from services.contracts.snapshot import Snapshot
from services.contracts.speaking.commands import SPEAKER_FIRE_MARK, SPEAKER_OFFER
from services.contracts.wib import WIB
from services.kit.database import Database
from services.kit.temporal import serves
from services.referral import calendars, orders, usecases
from services.referral.activities import ClockCommands
from services.referral.actors import Actor
from services.referral.domain import Referral
from services.referral.repository import Referrals
from services.referral.speaking.activities import SpeakerCommands
from services.referral.usecases import NewReferral, Record
from services.registry.activities import nearest
from tests.unit.scenes import TKSK, VILLAGE
from workflows.daily_round_workflow import DailyRoundWorkflow
from workflows.referral_workflow import TASK_QUEUE
from workflows.runner import SPEAKER_WORKFLOWS, WORKFLOWS, sandbox
from workflows.speaker_workflow import TASK_QUEUE as SPEAKERS_QUEUE
from workflows.starter import tell

STANDARD = "standard-1"


@dataclass
class Moment:
    """The time of the skipping server, as the record's clock reads it."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Clocked:
    """One referral at a time, with its workflow running on skipped time."""

    env: WorkflowEnvironment
    record: Record
    moment: Moment
    commands_given: list[str] = field(default_factory=list)
    lost_answers: list[str] = field(default_factory=list)
    """Names of commands whose next answer is lost on its way back."""

    async def tick(self) -> datetime:
        """Read the server's time into the record's clock and return it."""
        self.moment.at = await self.env.get_current_time()
        return self.moment.at

    async def sleep(self, **amount: float) -> None:
        """Let time pass; every mark on the way is fired."""
        await self.env.sleep(timedelta(**amount))
        await self.tick()

    async def drafted(self, service: Service = Service.TPK_DAMPING, **changes: Any) -> Referral:
        await self.tick()
        family = FamilyId(uuid4())
        known = text(
            "INSERT INTO family (family, version, region, agency, unit, restricted)"
            " VALUES (:family, 1, :region, 'dinsos', 'dinsos-35.15.08', false)"
        )
        draft = changes.pop("draft", orders.Draft(basis="public_task"))
        new = NewReferral(
            ReferralId(uuid4()),
            family,
            service,
            changes.pop("priority", Priority.NORMAL),
            draft.kept(TKSK.staff_no),
            VILLAGE,
            Agency.DINSOS,
        )
        async with self.record.database.begin() as tx:
            await tx.execute(known, {"family": family, "region": VILLAGE})
            return await usecases.create(self.record, tx, new, TKSK)

    async def submitted(self, service: Service = Service.TPK_DAMPING, **changes: Any) -> ReferralId:
        """Draft and submit, start the workflow, and wait until the first unit was asked (or a person has to)."""
        draft = await self.drafted(service, **changes)
        await self.acts(draft.id, TKSK, orders.Submit())
        await self.until(draft.id, lambda referral: not referral.snapshot().to_be_routed)
        return draft.id

    async def acts(self, referral_id: ReferralId, actor: Actor, order: orders.Order) -> Referral:
        """Let a person act on the newest version, and tell the workflow."""
        await self.tick()
        async with self.record.database.begin() as tx:
            before = await Referrals(tx).get(referral_id)
            after = await usecases.take_action(
                self.record, tx, referral_id, order, actor, expected_version=before.acted_version
            )
        await self.signal(after.snapshot())
        return after

    async def signal(self, snapshot: Snapshot) -> None:
        await tell(self.env.client, snapshot)

    async def daily_round(self) -> None:
        """What the schedule starts every night."""
        with self.env.auto_time_skipping_disabled():
            await self.env.client.execute_workflow(DailyRoundWorkflow.run, id=f"round-{uuid4()}", task_queue=TASK_QUEUE)

    def handle(self, referral_id: ReferralId) -> "WorkflowHandle[Any, Any]":
        return self.env.client.get_workflow_handle(f"referral/{referral_id}")

    async def now(self, referral_id: ReferralId) -> Referral:
        async with self.record.database.read() as tx:
            return await Referrals(tx).get(referral_id)

    async def until(self, referral_id: ReferralId, there: Callable[[Referral], bool], *, seconds: int = 60) -> Referral:
        """Let time pass second by second until the record is *there*."""
        for _ in range(seconds):
            referral = await self.now(referral_id)
            if there(referral):
                return referral
            await self.env.sleep(timedelta(seconds=1))
        raise AssertionError(f"still {referral.state}, {referral.clocks}")

    async def story(self, referral_id: ReferralId) -> list[tuple[str, str | None, list[str]]]:
        """Return (fact, mark, roles told) of every line of the timeline."""
        query = text("SELECT fact, mark, told FROM timeline WHERE referral = :id ORDER BY version")
        async with self.record.database.read() as tx:
            rows = (await tx.execute(query, {"id": referral_id})).all()
        return [(row.fact, row.mark, [_who(each) for each in row.told or ()]) for row in rows]

    async def facts(self, referral_id: ReferralId) -> list[str]:
        return [fact for fact, _, _ in await self.story(referral_id)]


def _who(recipient: dict[str, str]) -> str:
    return f"{recipient['unit']}/{recipient.get('role', 'everybody')}"


async def _nobody_answers(_: object) -> commands.Route:
    raise ConnectionError("the registry's database is away")


def quiet_monday(now: datetime) -> datetime:
    """Return the next Monday, 10:00 WIB, with no closed day in the five weeks after it: spans read as written."""
    calendar = calendars.load(calendars.newest())
    day = now.astimezone(WIB).date() + timedelta(days=1)
    while day.weekday() != 0 or any(day + timedelta(days=ahead) in calendar.closed for ahead in range(35)):
        day += timedelta(days=1)
    return datetime.combine(day, time(10), WIB)


async def _asked(registry: Database, moment: Moment, question: commands.RouteQuestion) -> commands.Route:
    return await nearest(registry, question, moment())


@asynccontextmanager
async def clocked(record: Record, registry: Database | None, server: str) -> AsyncIterator[Clocked]:
    """Run the record's commands and the workflows on a time-skipping server. Without *registry*: it is away."""
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=server, data_converter=pydantic_data_converter
    )
    async with env:
        moment = record.now
        assert isinstance(moment, Moment)
        scene = Clocked(env, record, moment)
        clock, speakers = ClockCommands(record), SpeakerCommands(record)

        async def on_time(run: Callable[[Any], Awaitable[Any]], name: str, takes: Any) -> Any:
            await scene.tick()
            scene.commands_given.append(name)
            answer = await run(takes)
            if name in scene.lost_answers:
                scene.lost_answers.remove(name)
                raise ConnectionError("the answer was lost")
            return answer

        def served(ref: commands.CommandRef[Any, Any], run: Callable[[Any], Awaitable[Any]]) -> Any:
            return serves(ref, partial(on_time, run, ref.name))

        record_queue = Worker(
            env.client,
            task_queue=commands.OFFER.queue,
            activities=[
                served(commands.OFFER, clock.offer),
                served(commands.PURGE_DRAFTS, clock.purge_drafts),
                served(commands.ASK_FOLLOW_UPS, clock.ask_follow_ups),
                served(SPEAKER_OFFER, speakers.offer),
            ],
        )
        marks_queue = Worker(
            env.client,
            task_queue=commands.MARKS_QUEUE,
            activities=[served(commands.FIRE_MARK, clock.fire_mark), served(SPEAKER_FIRE_MARK, speakers.fire_mark)],
        )
        waiting = partial(Worker, env.client, workflow_runner=sandbox())
        async with AsyncExitStack() as queues:
            route = served(commands.ROUTE, partial(_asked, registry, moment) if registry else _nobody_answers)
            queue = Worker(env.client, task_queue=commands.ROUTE.queue, activities=[route])
            await queues.enter_async_context(queue)
            await queues.enter_async_context(record_queue)
            await queues.enter_async_context(marks_queue)
            await queues.enter_async_context(waiting(task_queue=TASK_QUEUE, workflows=WORKFLOWS))
            await queues.enter_async_context(waiting(task_queue=SPEAKERS_QUEUE, workflows=SPEAKER_WORKFLOWS))
            now = await scene.tick()
            await env.sleep(quiet_monday(now) - now)
            yield scene
