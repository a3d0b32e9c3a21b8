"""The bench of scale runs in a small form: every promised figure is there, and no query reads a whole table."""

import asyncio
import json
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)

FIGURES = {
    "memory_before", "memory_loaded", "query_slowest_cold", "query_slowest_warm", "query_slowest_http",
    "books_runs", "books_record", "books_whole", "books_days", "books_pass", "days_closed", "workflows_armed",
    "storm_drained_after", "storm_mark_delay_p95", "storm_mark_delay_most", "storm_action_p95", "storm_queue_p95",
    "restart_parts", "restart_all", "live_loaded", "load_folded", "workflows_memory", "workflows_cached",
    "books_heal", "workflows_healed",
}  # fmt: skip
# They hold a few hundred rows, or some tens of thousands, whatever the size: the offices and the officers that the demo
# has, sums by kecamatan, days of the books and of steps; and no made-up family has ever had another KK.
SMALL = {
    "unit", "officer", "tally", "service_tally", "tally_step", "step_day", "book_line", "family_paper",
}  # fmt: skip
# The books are the rows counted, beside what is kept of them.
COUNTS_ALL = {"books_view"}
QUEUES = {
    "queue_mine", "queue_unit", "queue_unit_most", "queue_overdue", "queue_waiting", "queue_of_a_unit_below",
    "queue_of_a_village_team", "list_live", "list_late", "list_of_no_state", "list_closed", "list_day_in",
    "queue_decisions",
    "load_of_a_unit",
    "operations_all", "operations_state", "operations_unit", "operations_area", "operations_village_and_state",
    "operations_service", "operations_late", "operations_mark_late", "operations_ended",
}  # fmt: skip


@pytest.fixture(scope="module")
async def report() -> dict[str, Any]:
    command = [sys.executable, "-m", "services.cli.main", "bench", "scale", "--quick", "--json"]
    bench = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    printed, _ = await bench.communicate()
    found: dict[str, Any] = json.loads(printed)
    return found


async def test_the_report_has_every_promised_figure_once(report: dict[str, Any]) -> None:
    assert sorted(each["name"] for each in report["figures"]) == sorted(FIGURES)
    assert all(each["value"] is not None and each["unit"] for each in report["figures"])


async def test_every_queue_is_read_by_an_index_and_no_query_reads_a_whole_table(report: dict[str, Any]) -> None:
    queries = {each["name"]: each for each in report["queries"]}
    assert queries.keys() >= QUEUES
    assert {
        name: each["plan"]
        for name, each in queries.items()
        if name not in COUNTS_ALL and set(each["whole_tables"]) - SMALL
    } == {}
    for name in QUEUES:
        assert any("Index" in node or "Bitmap" in node for node in queries[name]["plan"]), queries[name]["plan"]


async def test_the_report_says_what_was_simulated(report: dict[str, Any]) -> None:
    beginnings = {line.partition(":")[0] for line in report["limits"]}
    assert {"load", "sealed", "books", "cold"} <= beginnings
