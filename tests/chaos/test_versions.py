"""The earlier workflow code that runs beside today's is another one, and can take over what the other began."""

import inspect
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from tests.workflow.replay.test_replay import KEPT
from workflows import referral_workflow
from workflows.earlier import v0_1
from workflows.runner import sandbox


def _is_a_referrals(path: Path) -> bool:
    first = json.loads(path.read_text())["events"][0]
    name: str = first["workflowExecutionStartedEventAttributes"]["workflowType"]["name"]
    return name == v0_1.ReferralWorkflow.__name__


HISTORIES = {f"{path.parent.name}/{path.stem}": path.read_text() for path in KEPT if _is_a_referrals(path)}


def test_it_is_another_version_of_the_same_workflow() -> None:
    assert inspect.getsource(v0_1.ReferralWorkflow) != inspect.getsource(referral_workflow.ReferralWorkflow)
    assert v0_1.TASK_QUEUE == referral_workflow.TASK_QUEUE
    assert v0_1.ReferralWorkflow.__name__ == referral_workflow.ReferralWorkflow.__name__


@pytest.mark.parametrize("name", HISTORIES)
async def test_it_replays_the_histories_that_todays_code_replays(name: str) -> None:
    replayer = Replayer(
        workflows=[v0_1.ReferralWorkflow], workflow_runner=sandbox(), data_converter=pydantic_data_converter
    )
    result = await replayer.replay_workflow(WorkflowHistory.from_json(name, HISTORIES[name]))
    assert result.replay_failure is None
