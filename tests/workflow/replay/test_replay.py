"""Today's workflow code goes through every history that was ever kept, step by step, without a difference.

Histories are added and never changed: `MANIFEST` holds their hashes. To keep those of a release:
`NYEKRUP_KEEP_HISTORIES=v0.2 python -m pytest tests/workflow/replay tests/books/test_replay.py`.
"""

from pathlib import Path

import pytest

from tests.workflow.clocked import Clocked
from tests.workflow.replay.kept import HISTORIES, MANIFEST, hash_of, read, replayer, replays_and_may_be_kept
from tests.workflow.replay.scenarios import SCENARIOS, Scenario
from tests.workflow.replay.speaking_scenarios import SPEAKER_SCENARIOS, SpeakerScenario
from tests.workflow.speaking import Asking

KEPT = sorted(HISTORIES.rglob("*.json"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_a_kept_history_replays(path: Path) -> None:
    result = await replayer().replay_workflow(read(path))
    assert result.replay_failure is None


def test_kept_histories_are_what_they_were() -> None:
    listed = dict(line.split("  ")[::-1] for line in MANIFEST.read_text().splitlines())
    assert listed == {str(path.relative_to(HISTORIES)): hash_of(path) for path in KEPT}
    kept = {path.stem for path in KEPT}
    assert {each.__name__ for each in (*SCENARIOS, *SPEAKER_SCENARIOS)} <= kept, "every scenario is kept at least once"
    assert any(path.stem == "a_pass_that_heals" for path in KEPT), "and so is a pass over the books"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_todays_scenario_replays_and_may_be_kept(scenario: Scenario, play: Clocked) -> None:
    referral = await scenario(play)
    await replays_and_may_be_kept(scenario.__name__, await play.handle(referral).fetch_history())


@pytest.mark.parametrize("scenario", SPEAKER_SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_todays_scenario_of_a_speaker_replays_and_may_be_kept(scenario: SpeakerScenario, play: Clocked) -> None:
    asking = await Asking.beginning(play)
    request = await scenario(asking)
    await replays_and_may_be_kept(scenario.__name__, await asking.handle(request).fetch_history())
