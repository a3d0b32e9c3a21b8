"""The kept histories: reading them, replaying them, and keeping one more."""

import hashlib
import os
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows.runner import ALL_WORKFLOWS, sandbox

HISTORIES = Path(__file__).parent / "histories"
MANIFEST = HISTORIES / "MANIFEST"


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


def replayer() -> Replayer:
    return Replayer(workflows=ALL_WORKFLOWS, workflow_runner=sandbox(), data_converter=pydantic_data_converter)


async def replays_and_may_be_kept(name: str, history: WorkflowHistory) -> None:
    """Replay *history* with today's code; keep it where NYEKRUP_KEEP_HISTORIES names a release."""
    result = await replayer().replay_workflow(history)
    assert result.replay_failure is None
    if release := os.environ.get("NYEKRUP_KEEP_HISTORIES"):
        _keep(release, name, history)


def _keep(release: str, name: str, history: WorkflowHistory) -> None:
    path = HISTORIES / release / f"{name}.json"
    if path.exists():
        raise FileExistsError(f"{path} is kept already; histories are added, never changed")
    path.parent.mkdir(exist_ok=True)
    path.write_text(history.to_json())
    with MANIFEST.open("a") as manifest:
        manifest.write(f"{hash_of(path)}  {path.relative_to(HISTORIES)}\n")
