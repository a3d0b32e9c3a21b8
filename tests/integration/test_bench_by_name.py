"""`bench people` and `bench soak` give what they promise; the figures of runs of seconds say nothing."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib.util import find_spec

import pytest

from services.cli.bench.figures import Figure
from services.cli.bench.ground import Ground
from services.cli.bench.people import measure as people
from services.cli.bench.soak import command as soak_command
from services.cli.bench.soak import measure as soak
from services.cli.bench.soak.growth import KINDS

pytestmark = pytest.mark.timeout(240)

WITHOUT_LOCUST = """
import importlib.util
importlib.util.find_spec = lambda name, *_: None
from services.cli.bench.group import app
app(["people"])
"""


@pytest.fixture(scope="module")
async def grounds() -> AsyncIterator[tuple[Ground, str]]:
    """One stack for both."""
    async with soak.soak_ground(lambda _line: None) as opened:
        yield opened


@pytest.fixture(scope="module")
def ground(grounds: tuple[Ground, str]) -> Ground:
    return grounds[0]


@pytest.fixture(scope="module")
async def soaked(grounds: tuple[Ground, str]) -> tuple[list[Figure], soak.Soaked]:
    ground, counted_at = grounds
    figures, found = await soak.measure_soak(ground, soak_command.QUICK, counted_at)
    return list(figures), found


@pytest.mark.skipif(find_spec("locust") is None, reason="Locust is not installed: `make setup-bench`")
async def test_people_at_work_meet_no_error_and_every_promised_figure_is_there_once(ground: Ground) -> None:
    figures = await people.measure_people(ground, people.QUICK)
    assert [(each.name, each.unit) for each in figures] == list(people.promised(people.QUICK))
    assert max(Counter(each.name for each in figures).values()) == 1
    found = {each.name: each.value for each in figures}
    assert found["people_4_errors"] == 0, ground.limits["people_4"]
    assert found["people_4_queue_p95"]
    assert found["people_4_sign_in_p95"]
    assert found["people_4_action_p95"]


@pytest.mark.skipif(find_spec("locust") is None, reason="Locust is not installed: `make setup-bench`")
async def test_people_at_the_pages_meet_no_error_and_every_kind_of_page_is_timed(ground: Ground) -> None:
    day = replace(people.QUICK, way="pages")
    figures = await people.measure_people(ground, day)
    assert [(each.name, each.unit) for each in figures] == list(people.promised(day))
    found = {each.name: each.value for each in figures}
    assert found["people_4_errors"] == 0, ground.limits["people_4"]
    assert all(found[f"people_4_{name}_p95"] for name in (*people.PAGES, "page", "queue"))


def test_without_locust_a_sentence_says_what_to_install() -> None:
    env = {**os.environ, "COLUMNS": "200"}
    told = subprocess.run([sys.executable, "-c", WITHOUT_LOCUST], env=env, capture_output=True, text=True, timeout=60)
    assert told.returncode == 2
    assert "make setup-bench" in told.stderr


async def test_a_soak_gives_every_promised_figure_once(soaked: tuple[list[Figure], soak.Soaked]) -> None:
    figures, _ = soaked
    assert [(each.name, each.unit) for each in figures] == soak.promised()
    assert max(Counter(each.name for each in figures).values()) == 1


async def test_a_soak_loses_no_life_and_looks_at_everything_in_each_round(
    soaked: tuple[list[Figure], soak.Soaked],
) -> None:
    _, found = soaked
    plan = soak_command.QUICK
    assert found.errors == []
    assert found.ended == plan.rounds * plan.rate * plan.round_seconds
    assert set(found.series) == set(KINDS)
    programs = {"postgres", "temporal", "valkey", "referral", "registry", "notify", "workflows"}
    for kind, members in (("memory", programs), ("files", programs), ("disk", {"postgres", "temporal", "valkey"})):
        for member in members:
            points = found.series[kind][member]
            assert len(points) == plan.rounds
            assert all(value > 0 for _, value in points)
