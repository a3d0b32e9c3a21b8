"""The legs of a pass over the books by themselves: the same commands, page after page. What they find is not healed."""

import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import uvloop
from temporalio import workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from services.cli.bench.ground import Ground
from services.contracts import book_commands as commands
from services.contracts.commands import CommandRef
from services.contracts.ids import ReferralId

QUEUE = "bench-books"
HOUR = timedelta(hours=1)


@workflow.defn(name="BenchBookPages")
class BookPages:
    """One leg of a pass, from its first page to its last."""

    @workflow.run
    async def run(self, leg: str, page: int) -> int:
        """Return how many pages there were: of `runs`, `record`, `whole` or `days`."""
        if leg == "begin":
            order = commands.BooksOrder(page=page, whole=False)
            await _ask(commands.BEGIN_PASS, commands.BeginPass(pass_id=UUID(workflow.info().run_id), order=order))
            return 1
        pages, after, going = 0, None, True
        while going:
            after, going = await _PAGE[leg](after, page)
            pages += 1
        return pages


async def _runs(after: ReferralId | None, page: int) -> tuple[ReferralId | None, bool]:
    live = await _ask(commands.LIVE_PAGE, commands.LivePage(after=after, limit=page))
    await _ask(commands.COMPARE_RUNS, commands.CompareRuns(ids=live.ids, after=after, upto=live.last))
    return live.last, live.last is not None


async def _record(after: ReferralId | None, page: int) -> tuple[ReferralId | None, bool]:
    return await _checked(after, page, whole=False)


async def _whole(after: ReferralId | None, page: int) -> tuple[ReferralId | None, bool]:
    return await _checked(after, page, whole=True)


async def _checked(after: ReferralId | None, page: int, *, whole: bool) -> tuple[ReferralId | None, bool]:
    checked = await _ask(commands.CHECK_RECORD, commands.CheckRecord(after=after, limit=page, whole=whole))
    return checked.last, checked.last is not None


async def _days(_: ReferralId | None, __: int) -> tuple[ReferralId | None, bool]:
    return None, (await _ask(commands.CLOSE_DAYS, commands.CloseDays())).closed > 0


_PAGE = {"runs": _runs, "record": _record, "whole": _whole, "days": _days}


async def _ask(command: CommandRef[Any, Any], asked: Any) -> Any:
    return await workflow.execute_activity(
        command.name, asked, task_queue=command.queue, result_type=command.gives, start_to_close_timeout=HOUR
    )


async def go_through(ground: Ground, leg: str) -> tuple[float, int]:
    """Go through *leg* once; return the seconds and the pages."""
    ground.tell(f"the books: {leg}")
    job = {"temporal_address": ground.stack.servers.temporal_address,
           "namespace": ground.stack.servers.temporal_namespace, "leg": leg,
           "page": commands.BooksOrder().page}  # fmt: skip
    answer = await ground.process("services.cli.bench.scale.book_pages", job)
    return answer["seconds"], answer["pages"]


async def main(job: dict[str, Any]) -> dict[str, Any]:
    client = await Client.connect(
        job["temporal_address"], namespace=job["namespace"], data_converter=pydantic_data_converter
    )
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=QUEUE, workflows=[BookPages], workflow_runner=runner):
        began = time.perf_counter()
        pages = await client.execute_workflow(
            "BenchBookPages", args=[job["leg"], job["page"]], id=f"bench-books/{job['leg']}", task_queue=QUEUE,
            result_type=int,
        )  # fmt: skip
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "pages": pages}


if __name__ == "__main__":
    asked, told = map(Path, sys.argv[1:3])
    told.write_text(json.dumps(uvloop.run(main(json.loads(asked.read_text())))))
