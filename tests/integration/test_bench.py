"""The bench runs, and its report has the promised shape; the figures of so short a run say nothing."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.cli.bench.figures import Figure, percentile
from services.cli.bench.measures import BY_FIGURE, MEASURES

NAMES = {
    "action_p95", "action_rate", "intake_rate", "sustained_rate", "event_to_clock_p95", "event_to_clock_breaks_at",
    "memory_idle", "memory_5000", "life_cpu", "life_kept", "life_trips",
    "relay_rate", "consumer_rate",
}  # fmt: skip
BENCH = "from services.cli.bench.command import app; app()"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the bench makes its throw-away home."""
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
async def report(scratch: Path) -> dict[str, Any]:
    env = {**os.environ, "TMPDIR": str(scratch)}
    bench = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BENCH, "--quick", "--json", env=env, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await bench.communicate()
    assert bench.returncode == 0
    found: dict[str, Any] = json.loads(printed)
    return found


pytestmark = pytest.mark.timeout(240)


async def test_the_report_has_every_promised_figure_once(report: dict[str, Any]) -> None:
    assert set(report) == {"machine", "figures", "limits"}
    names = [figure["name"] for figure in report["figures"]]
    assert sorted(names) == sorted(NAMES)


async def test_each_figure_says_its_unit_and_is_set_beside_its_floor(report: dict[str, Any]) -> None:
    for figure in report["figures"]:
        assert {"name", "value", "unit", "floor", "ratio"} <= set(figure)
        assert figure["unit"]
    with_floor = {figure["name"] for figure in report["figures"] if figure["floor"]}
    assert with_floor == {
        "action_p95", "action_rate", "intake_rate", "relay_rate", "consumer_rate",
        "life_cpu", "life_kept", "life_trips",
    }  # fmt: skip
    assert all(figure["ratio"] for figure in report["figures"] if figure["floor"])


async def test_memory_is_told_by_process(report: dict[str, Any]) -> None:
    memory = [figure for figure in report["figures"] if figure["name"].startswith("memory_")]
    for figure in memory:
        assert {"postgres", "temporal", "valkey", "referral", "workflows"} <= set(figure["by_process"])
        assert sum(figure["by_process"].values()) == pytest.approx(figure["value"], abs=1)


async def test_the_report_says_which_machine_and_what_limits(report: dict[str, Any]) -> None:
    assert {"cpu", "cores", "memory_gb", "python", "postgres", "valkey", "temporal", "date"} <= set(report["machine"])
    assert any(sentence.startswith("action_rate:") for sentence in report["limits"])


async def test_nothing_is_left_of_a_bench(report: dict[str, Any], scratch: Path) -> None:
    assert list(scratch.iterdir()) == []  # noqa: ASYNC240
    assert not [process for process in psutil.process_iter(["cmdline"]) if _works_in(process, scratch)]


def _works_in(process: psutil.Process, folder: Path) -> bool:
    return any(str(folder) in word for word in process.info["cmdline"] or ())


def test_a_ratio_of_one_is_as_good_as_bare_servers_for_rates_and_for_times() -> None:
    assert Figure("rate", 30.0, "actions/s", 60.0).ratio == 0.5
    assert Figure("time", 20.0, "ms", 10.0, less_is_better=True).ratio == 0.5
    assert Figure("rate", 30.0, "actions/s").ratio is None


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([float(value) for value in range(100)], 0.95) == 95.0
    assert percentile([7.0], 0.95) == 7.0


def test_every_figure_belongs_to_one_measure() -> None:
    assert set(BY_FIGURE) == NAMES
    assert sum(len(each.figures) for each in MEASURES) == len(NAMES)
