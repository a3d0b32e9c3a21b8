"""Giving a command from workflow code: to the owner's queue, again and again until it answers."""

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from services.contracts.commands import CommandRef
    from services.contracts.snapshot import Contract

Takes = TypeVar("Takes", bound=Contract)
Gives = TypeVar("Gives", bound=Contract)

# An owner that is away comes back; a command that it cannot take yet is asked again. Nothing gives up.
AGAIN = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30))


async def call(ref: CommandRef[Takes, Gives], takes: Takes, *, within: timedelta | None = None) -> Gives:
    """Return the owner's answer. Refusals and stale commands are answers too.

    Raises ActivityError where the owner does not answer *within* that time; without it, asks for ever.
    """
    answer: Gives = await workflow.execute_activity(
        ref.name,
        takes,
        task_queue=ref.queue,
        result_type=ref.gives,
        start_to_close_timeout=ref.timeout,
        heartbeat_timeout=ref.heartbeat,
        schedule_to_close_timeout=within,
        retry_policy=AGAIN,
    )
    return answer
