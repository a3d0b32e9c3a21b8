"""The commands that the books give to the waiting: which workflows run, and feeding those that should or should not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from services.contracts import book_commands as commands
from services.contracts.cases import CaseKind
from services.kit import temporal
from services.kit.temporal import TemporalLink
from workflows.kinds import KINDS, workflow_id
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
        """Return which of the page has no running workflow, and which workflow of its range is not on the page.

        Nearly always there is neither, and two counts say so: a list of 2,000 takes the server ten times as long.
        """
        client = await self._link.client()
        if not command.whole and await _agree(client, command):
            return commands.RunsDiffer()
        listed = {each async for each in _listed(client, command)}
        expected = set(command.ids)
        return commands.RunsDiffer(
            missing=await _those(client, command.kind, expected - listed, running=False),
            extra=await _those(client, command.kind, listed - expected, running=True),
        )

    async def feed_runs(self, command: commands.FeedRuns) -> commands.Nothing:
        """Hand each snapshot to its workflow, which is started where somebody is still to act."""
        client = await self._link.client()
        await _side_by_side(command.snapshots, lambda snapshot: tell(client, snapshot, fresh=command.missing))
        return commands.Nothing()


async def _agree(client: Client, asked: commands.CompareRuns) -> bool:
    """True where all of the page run, and in its range as many as it has: then none is missing, and none too many."""
    there = await client.count_workflows(_running(asked.kind, *_range(asked)))
    if there.count != len(asked.ids):
        return False
    if not asked.ids:
        return True
    page = ", ".join(f"'{workflow_id(asked.kind, each)}'" for each in asked.ids)
    meant = await client.count_workflows(_running(asked.kind, f"WorkflowId IN ({page})"))
    return meant.count == there.count


def _running(kind: CaseKind, *conditions: str) -> str:
    name = KINDS[kind].workflow.__name__
    return " AND ".join([f"WorkflowType = '{name}'", "ExecutionStatus = 'Running'", *conditions])


def _range(asked: commands.CompareRuns) -> Iterator[str]:
    if asked.after:
        yield f"WorkflowId > '{workflow_id(asked.kind, asked.after)}'"
    if asked.upto:
        yield f"WorkflowId <= '{workflow_id(asked.kind, asked.upto)}'"


async def _listed(client: Client, asked: commands.CompareRuns) -> AsyncIterator[UUID]:
    async for each in client.list_workflows(_running(asked.kind, *_range(asked))):
        if (case := _case_in(each.id, asked.kind)) is not None:
            yield case


def _case_in(workflow: str, kind: CaseKind) -> UUID | None:
    """Return whose workflow it is; None for one that somebody started by hand under another name."""
    try:
        return UUID(workflow.removeprefix(f"{kind}/"))
    except ValueError:
        return None


async def _those(client: Client, kind: CaseKind, ids: Iterable[UUID], *, running: bool) -> tuple[UUID, ...]:
    """Return those of *ids* that run (or do not), as the server itself knows at this moment."""
    asked = sorted(ids)
    answers = await _side_by_side(asked, lambda each: _runs(client, workflow_id(kind, each)))
    return tuple(each for each, runs in zip(asked, answers, strict=True) if runs is running)


async def which_run(client: Client, kind: CaseKind, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return those of *ids* whose workflow runs."""
    return frozenset(await _those(client, kind, ids, running=True))


async def _runs(client: Client, workflow: str) -> bool:
    try:
        described = await client.get_workflow_handle(workflow).describe()
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
