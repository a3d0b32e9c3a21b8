"""What happens by the calendar rather than by an event."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError

from services.contracts.book_commands import BooksOrder
from services.kit.temporal import TemporalLink
from workflows import books_workflow, daily_round_workflow
from workflows.books_workflow import BooksWorkflow
from workflows.daily_round_workflow import DailyRoundWorkflow
from workflows.referral_workflow import TASK_QUEUE

log = structlog.get_logger()

DAILY_HOUR_WIB = 1
LOOK_SECONDS = 30.0


class Schedules:
    """Makes the schedules once the server answers, and looks after them: a server that lost its data has none."""

    def __init__(self, link: TemporalLink, books: BooksOrder) -> None:
        self._link, self._books = link, books

    async def run(self) -> None:
        client, as_set = await self._link.wait(), False
        while True:
            try:
                await _ensure(client, daily_round_workflow.WORKFLOW_ID, _daily_round(), renew=not as_set)
                await _ensure(client, books_workflow.WORKFLOW_ID, _books(self._books), renew=not as_set)
                as_set = True
            except RPCError as error:
                log.info("schedules.waiting", error=error.status.name)
            await asyncio.sleep(LOOK_SECONDS)


def _daily_round() -> Schedule:
    daily = ScheduleCalendarSpec(hour=[ScheduleRange(DAILY_HOUR_WIB)], minute=[ScheduleRange(30)])
    workflow_id = daily_round_workflow.WORKFLOW_ID
    return Schedule(
        action=ScheduleActionStartWorkflow(DailyRoundWorkflow.run, id=workflow_id, task_queue=TASK_QUEUE),
        spec=ScheduleSpec(calendars=[daily], time_zone_name="Asia/Jakarta"),
    )


def _books(order: BooksOrder) -> Schedule:
    """Every few minutes. One that takes longer is not overtaken, but one that waits for an hour makes room."""
    every = ScheduleIntervalSpec(every=timedelta(seconds=order.interval_seconds))
    workflow_id = books_workflow.WORKFLOW_ID
    return Schedule(
        action=ScheduleActionStartWorkflow(
            BooksWorkflow.run,
            order,
            id=workflow_id,
            task_queue=books_workflow.TASK_QUEUE,
            execution_timeout=timedelta(hours=1),
        ),
        spec=ScheduleSpec(intervals=[every]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )


async def _ensure(client: Client, name: str, schedule: Schedule, *, renew: bool) -> None:
    """Make *schedule* where there is none. *renew*: where there is one, give it today's settings."""
    try:
        await client.create_schedule(name, schedule)
        log.info("schedule.made", schedule=name)
    except ScheduleAlreadyRunningError:
        if renew:
            await client.get_schedule_handle(name).update(partial(_renewed, schedule))


def _renewed(schedule: Schedule, found: ScheduleUpdateInput) -> ScheduleUpdate:
    """Keep what an operator did to it: a schedule that was paused stays paused."""
    return ScheduleUpdate(replace(schedule, state=found.description.schedule.state))
