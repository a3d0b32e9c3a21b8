"""A whole run on real servers: every kind of fault once. `make chaos`: three minutes, more than thirty faults."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.cli.chaos.command import INTERRUPTED
from services.cli.chaos.hosts import why_not
from services.cli.chaos.plan import ONE_HOST, TWO_HOSTS
from services.cli.chaos.run import possible

BY_NAME = "NYEKRUP_CHAOS_MINUTES"
MINUTES = os.environ.get(BY_NAME, "0")
SEED = os.environ.get("NYEKRUP_CHAOS_SEED", "1")
CHAOS = "from services.cli.chaos.command import app; app()"

pytestmark = pytest.mark.timeout(300 + 150 * float(MINUTES))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the run makes its throw-away home."""
    return tmp_path_factory.mktemp("chaos")


# The short form, in every run of the tests, needs one host only; `make chaos` asks for both.
HOSTS = {"one host": ONE_HOST, **({"two hosts": TWO_HOSTS} if BY_NAME in os.environ else {})}


@pytest.fixture(scope="module", params=HOSTS.values(), ids=HOSTS)
async def report(
    scratch: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> dict[str, Any]:
    two_hosts = request.param is TWO_HOSTS
    if two_hosts and why_not():
        pytest.skip(f"this machine cannot be two hosts: {why_not()}")
    env, logs = {**os.environ, "TMPDIR": str(scratch)}, tmp_path_factory.mktemp("chaos-logs")
    chaos = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHAOS, "--minutes", MINUTES, "--seed", SEED, "--json", "--keep", logs,
        *(["--two-hosts"] if two_hosts else []), env=env, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await chaos.communicate()
    found: dict[str, Any] = json.loads(printed)
    wrong = [f"see the logs in {logs}", *found["findings"], *found["violations"]]
    assert chaos.returncode == 0, "\n".join(map(str, wrong))
    return found


async def test_nothing_is_lost_and_nothing_happens_twice(report: dict[str, Any]) -> None:
    assert (report["lost"], report["duplicated"], report["violations"]) == (0, 0, [])


async def test_every_kind_of_fault_happened(report: dict[str, Any], request: pytest.FixtureRequest) -> None:
    kinds = request.node.callspec.params["report"]
    assert {each["kind"] for each in report["faults"]} == set(possible(two_hosts=kinds is TWO_HOSTS))


async def test_people_kept_working(report: dict[str, Any]) -> None:
    commands = report["commands"]
    assert commands["per_second"] >= 5
    assert commands["answered"] == commands["sent"]
    assert commands["sent_twice"]


async def test_everything_is_as_before_within_seconds(report: dict[str, Any]) -> None:
    assert report["recovery_p95_seconds"] < 15


async def test_nothing_is_left_of_a_run(report: dict[str, Any], scratch: Path) -> None:
    assert left_in(scratch) == []


async def test_ctrl_c_in_the_middle_of_a_fault_leaves_nothing(tmp_path: Path) -> None:
    chaos = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHAOS, "--seed", SEED, env={**os.environ, "TMPDIR": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert chaos.stderr is not None
    async with asyncio.timeout(60):
        while b" 1 of " not in await chaos.stderr.readline():
            continue
    chaos.send_signal(signal.SIGINT)
    await chaos.communicate()
    assert chaos.returncode == INTERRUPTED
    assert left_in(tmp_path) == []


def left_in(folder: Path) -> list[str]:
    """Return the files and the processes that are left of a run in *folder*."""
    processes = [process for process in psutil.process_iter(["cmdline"]) if _works_in(process, folder)]
    return [*map(str, folder.iterdir()), *(process.name() for process in processes)]


def _works_in(process: psutil.Process, folder: Path) -> bool:
    return any(str(folder) in word for word in process.info["cmdline"] or ())
