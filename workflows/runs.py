"""The commands that the books give to the waiting: which workflows run, and feeding those that should or should not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeVar
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from services.contracts import book_commands as commands
from services.contracts.ids import ReferralId
from services.kit import temporal
from services.kit.temporal import TemporalLink
from workflows.referral_workflow import PREFIX
from workflows.starter import tell

AT_ONCE: Final = 20

Given = TypeVar("Given")
Found = TypeVar("Found")


class Runs:
    """What runs, asked of the server. A list is a first look only: it may be late, so each difference is looked at."""

    def __init__(self, link: TemporalLink) -> None:
        self._link = link

    def activities(self) -> Sequence[temporal.Activity]:
        return (
            temporal.serves(commands.COMPARE_RUNS, self.compare_runs),
            temporal.serves(commands.FEED_RUNS, self.feed_runs),
        )

    async def compare_runs(self, command: commands.CompareRuns) -> commands.RunsDiffer:
        """Return which of the page has no running workflow, and which workflow of its range is not on the page."""
        client = await self._link.client()
        listed = {each async for each in _listed(client, command.after, command.upto)}
        expected = set(command.ids)
        return commands.RunsDiffer(
            missing=await _those(client, expected - listed, running=False),
            extra=await _those(client, listed - expected, running=True),
        )

    async def feed_runs(self, command: commands.FeedRuns) -> commands.Nothing:
        """Hand each snapshot to its workflow, which is started where somebody is still to act."""
        client = await self._link.client()
        await _side_by_side(command.snapshots, lambda snapshot: tell(client, snapshot))
        return commands.Nothing()


async def _listed(client: Client, after: ReferralId | None, upto: ReferralId | None) -> AsyncIterator[ReferralId]:
    bounds = [
        *([f"WorkflowId > '{PREFIX}{after}'"] if after else []),
        *([f"WorkflowId <= '{PREFIX}{upto}'"] if upto else []),
    ]
    query = " AND ".join(["WorkflowType = 'ReferralWorkflow'", "ExecutionStatus = 'Running'", *bounds])
    async for each in client.list_workflows(query):
        if (referral := _referral_in(each.id)) is not None:
            yield referral


def _referral_in(workflow_id: str) -> ReferralId | None:
    """Return whose workflow it is; None for one that somebody started by hand under another name."""
    try:
        return ReferralId(UUID(workflow_id.removeprefix(PREFIX)))
    except ValueError:
        return None


async def _those(client: Client, ids: Iterable[ReferralId], *, running: bool) -> tuple[ReferralId, ...]:
    """Return those of *ids* that run (or do not), as the server itself knows at this moment."""
    asked = sorted(ids)
    answers = await _side_by_side(asked, lambda each: _runs(client, each))
    return tuple(each for each, runs in zip(asked, answers, strict=True) if runs is running)


async def which_run(client: Client, ids: Sequence[ReferralId]) -> frozenset[ReferralId]:
    """Return those of *ids* whose workflow runs."""
    return frozenset(await _those(client, ids, running=True))


async def _runs(client: Client, referral: ReferralId) -> bool:
    try:
        described = await client.get_workflow_handle(f"{PREFIX}{referral}").describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return described.status is WorkflowExecutionStatus.RUNNING


async def _side_by_side(given: Iterable[Given], ask: Callable[[Given], Awaitable[Found]]) -> list[Found]:
    """Ask for all of *given*, AT_ONCE at a time."""
    free = asyncio.Semaphore(AT_ONCE)

    async def in_turn(each: Given) -> Found:
        async with free:
            return await ask(each)

    return await asyncio.gather(*map(in_turn, given))
