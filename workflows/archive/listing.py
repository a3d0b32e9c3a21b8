"""Which runs have closed, as Temporal lists them.

The list may be late, and it begins with the newest. So a list counts as read only when its last page was; the next one
begins an hour before that, and once a day all of it is read: what showed up late is found, whatever the reason.
"""

import base64
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from temporalio.client import Client, WorkflowExecution

from workflows.archive.ledger import Run

OVERLAP: Final = timedelta(hours=1)
CLOSED: Final = "ExecutionStatus != 'Running'"

Page = tuple[list[Run], str | None]
"""Runs, and where the next page begins; None after the last one."""


async def closed_runs(client: Client, *, after: str | None, since: datetime | None, limit: int) -> Page:
    """Return one page of the runs that closed after *since*, the newest first; *after*: where the page before ended."""
    bound, token = _read(after) if after is not None else (since, None)
    query = CLOSED if bound is None else f"{CLOSED} AND CloseTime >= '{bound.astimezone(UTC).isoformat()}'"
    listed = client.list_workflows(query, page_size=limit, next_page_token=token)
    await listed.fetch_next_page()
    runs = [_run(each) for each in listed.current_page or ()]
    return runs, _written(bound, listed.next_page_token) if listed.next_page_token else None


def _run(listed: WorkflowExecution) -> Run:
    assert listed.close_time is not None, "it has closed"
    return Run(UUID(listed.run_id), listed.id, listed.workflow_type, listed.close_time)


def _written(since: datetime | None, token: bytes) -> str:
    """Every page of a list asks for the same: the server's token goes with the bound."""
    return f"{since.isoformat() if since else ''}/{base64.b64encode(token).decode()}"


def _read(text: str) -> tuple[datetime | None, bytes]:
    since, _, token = text.partition("/")
    return datetime.fromisoformat(since) if since else None, base64.b64decode(token)
