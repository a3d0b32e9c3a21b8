"""What happens by the calendar rather than by an event."""

import asyncio

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleRange,
    ScheduleSpec,
)

from services.kit.temporal import TemporalLink
from workflows.daily_round_workflow import WORKFLOW_ID, DailyRoundWorkflow
from workflows.referral_workflow import TASK_QUEUE

log = structlog.get_logger()

DAILY_HOUR_WIB = 1


class Schedules:
    """Makes the schedules once the server answers, and then has nothing more to do."""

    def __init__(self, link: TemporalLink) -> None:
        self._link = link

    async def run(self) -> None:
        await _ensure_daily_round(await self._link.wait())
        await asyncio.Event().wait()


async def _ensure_daily_round(client: Client) -> None:
    daily = ScheduleCalendarSpec(hour=[ScheduleRange(DAILY_HOUR_WIB)], minute=[ScheduleRange(30)])
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(DailyRoundWorkflow.run, id=WORKFLOW_ID, task_queue=TASK_QUEUE),
        spec=ScheduleSpec(calendars=[daily], time_zone_name="Asia/Jakarta"),
    )
    try:
        await client.create_schedule(WORKFLOW_ID, schedule)
    except ScheduleAlreadyRunningError:
        log.debug("schedule.exists", schedule=WORKFLOW_ID)
