"""What the tests of the books do to a running stack, and what they look at."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode

from deploy.local.parts import WORKFLOWS
from deploy.local.stack import Stack
from services.cli.stories import speakers
from services.cli.stories.stage import Stage
from services.contracts.book_commands import BooksOrder, PassEnded
from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from workflows import books_workflow
from workflows.books_workflow import BooksWorkflow
from workflows.referral_workflow import TASK_QUEUE, ReferralWorkflow
from workflows.settings import WorkflowSettings

SETTLED_SECONDS = 2.0
LIVE = "submitted_at IS NOT NULL AND state NOT IN ('closed', 'cancelled', 'void')"


@dataclass
class House:
    stack: Stack
    stage: Stage

    async def temporal(self) -> Client:
        servers = self.stack.servers
        return await Client.connect(
            servers.temporal_address, namespace=servers.temporal_namespace, data_converter=pydantic_data_converter
        )

    def settings(self) -> WorkflowSettings:
        """Return the settings of the part `workflows`, as its own process reads them."""
        told = self.stack.settings(WORKFLOWS)
        return WorkflowSettings(**{name.removeprefix("NYEKRUP_").lower(): value for name, value in told.items()})

    def rows(self, part: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.stack.servers.database_url(part), autocommit=True) as database:
            cursor = database.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    async def in_hand(self, service: Service = Service.TPK_DAMPING) -> str:
        """Return a referral that was accepted, so that its clocks are silent for a while, and everything is at rest."""
        referral = await self.stage.referred(self.stage.tksk, service)
        await self.stage.becomes(self.stage.pkb, referral, "offered")
        await self.stage.pkb.act(referral, Action.CLAIM)
        await self.stage.pkb.act(referral, Action.ACCEPT)
        await self.rests()
        return referral

    async def end_run(self, case: str, kind: str = "referral") -> None:
        await (await self.temporal()).get_workflow_handle(f"{kind}/{case}").terminate("a loss")

    async def agreed(self) -> str:
        """Return a request for a speaker that waits for its day, with everything at rest."""
        asker, unit = self.stage.tksk, self.stage.bkkbn_kab
        request = await speakers.asked(self.stage, asker, {"times": [speakers.in_days(45)]})
        await speakers.agreed(self.stage, asker, unit, request)
        await self.rests()
        return request

    async def begin_pass(
        self, *, whole: bool, page: int, settled_seconds: float = SETTLED_SECONDS
    ) -> "WorkflowHandle[BooksWorkflow, PassEnded]":
        order = BooksOrder(settled_seconds=settled_seconds, interval_seconds=10_000_000, whole=whole, page=page)
        client = await self.temporal()
        queue = books_workflow.TASK_QUEUE
        return await client.start_workflow(BooksWorkflow.run, order, id=f"books-{uuid4()}", task_queue=queue)

    async def passes(
        self,
        *,
        whole: bool = True,
        page: int = 500,
        settled_seconds: float = SETTLED_SECONDS,
    ) -> tuple[PassEnded, list[tuple[str, str, str]]]:
        """Go through the books once; return the figures and what was found as (kind, subject, done)."""
        handle = await self.begin_pass(whole=whole, page=page, settled_seconds=settled_seconds)
        return await asyncio.wait_for(handle.result(), 60), self.found_by(handle)

    def found_by(self, handle: "WorkflowHandle[BooksWorkflow, PassEnded]") -> list[tuple[str, str, str]]:
        """Return what that pass found as (kind, subject, done)."""
        query = "SELECT kind, subject, done FROM book_finding WHERE pass = %s ORDER BY kind, subject"
        found = self.rows("referral", query, UUID(handle.first_execution_run_id or ""))
        return [(kind, subject, done) for kind, subject, done in found]

    async def asked(self, handle: "WorkflowHandle[BooksWorkflow, PassEnded]", part: str) -> int:
        """Return how many commands that pass gave to *part*."""
        history = await handle.fetch_history()
        given = (each.activity_task_scheduled_event_attributes.activity_type.name for each in history.events)
        return sum(name.startswith(f"{part}.") for name in given)

    async def runs(self, case: str, kind: str = "referral") -> bool:
        try:
            described = await (await self.temporal()).get_workflow_handle(f"{kind}/{case}").describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return described.status is WorkflowExecutionStatus.RUNNING

    async def rests_without(self, referral: str) -> bool:
        return not await self.runs(referral)

    async def start_run(self, snapshot: Any) -> None:
        """Start a workflow as it was at *snapshot*, whatever happened since."""
        client, name = await self.temporal(), f"referral/{snapshot['referral_id']}"
        await client.start_workflow(ReferralWorkflow.run, snapshot, id=name, task_queue=TASK_QUEUE)

    async def rests(self) -> None:
        """Wait until nothing has happened to any case for longer than the books wait for it."""
        lines = "SELECT max(at) AS at FROM timeline UNION ALL SELECT max(at) FROM speaker_line"
        query = f"SELECT coalesce(max(at), '-infinity') < now() - make_interval(secs => %s) FROM ({lines}) AS newest"

        async def at_rest() -> bool:
            return bool(self.rows("referral", query, SETTLED_SECONDS + 0.2)[0][0])

        await self.stage.until(at_rest, "everything is at rest", timeout_seconds=90)

    async def all_fed(self) -> None:
        """Wait until the waiting has the newest version of every live referral: no event is still on its way to it."""

        async def fed() -> bool:
            newest = set(self.rows("referral", f"SELECT id, version FROM referral WHERE {LIVE}"))
            return newest <= set(self.rows("workflows", "SELECT referral_id, version FROM seen"))

        await self.stage.until(fed, "every event has reached the waiting")

    async def schedules(self, *names: str) -> None:
        """Wait until the schedules are there."""
        client = await self.temporal()

        async def there() -> bool:
            return {*names} <= {each.id async for each in await client.list_schedules()}

        await self.stage.until(there, "the schedules are there again", timeout_seconds=60)

    def live(self) -> list[str]:
        return [str(each) for (each,) in self.rows("referral", f"SELECT id FROM referral WHERE {LIVE} ORDER BY id")]
