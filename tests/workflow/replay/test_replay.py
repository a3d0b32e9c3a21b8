"""Today's workflow code goes through every history that was ever kept, step by step, without a difference.

Histories are added and never changed: `MANIFEST` holds their hashes. To keep those of a release:
`NYEKRUP_KEEP_HISTORIES=v0.2 python -m pytest tests/workflow/replay`.
"""

import hashlib
import os
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from tests.workflow.clocked import Clocked
from tests.workflow.replay.scenarios import SCENARIOS, Scenario
from workflows.runner import WORKFLOWS, sandbox

HISTORIES = Path(__file__).parent / "histories"
MANIFEST = HISTORIES / "MANIFEST"
KEPT = sorted(HISTORIES.rglob("*.json"))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


def _replayer() -> Replayer:
    return Replayer(workflows=WORKFLOWS, workflow_runner=sandbox(), data_converter=pydantic_data_converter)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_a_kept_history_replays(path: Path) -> None:
    history = _read(path)
    result = await _replayer().replay_workflow(history)
    assert result.replay_failure is None


def test_kept_histories_are_what_they_were() -> None:
    listed = dict(line.split("  ")[::-1] for line in MANIFEST.read_text().splitlines())
    assert listed == {str(path.relative_to(HISTORIES)): _hash(path) for path in KEPT}
    assert len(KEPT) >= len(SCENARIOS), "every scenario is kept at least once"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_todays_scenario_replays_and_may_be_kept(scenario: Scenario, play: Clocked) -> None:
    referral = await scenario(play)
    history = await play.handle(referral).fetch_history()
    result = await _replayer().replay_workflow(history)
    assert result.replay_failure is None
    if release := os.environ.get("NYEKRUP_KEEP_HISTORIES"):
        _keep(release, scenario.__name__, history)


def _keep(release: str, name: str, history: WorkflowHistory) -> None:
    path = HISTORIES / release / f"{name}.json"
    if path.exists():
        raise FileExistsError(f"{path} is kept already; histories are added, never changed")
    path.parent.mkdir(exist_ok=True)
    path.write_text(history.to_json())
    with MANIFEST.open("a") as manifest:
        manifest.write(f"{_hash(path)}  {path.relative_to(HISTORIES)}\n")
