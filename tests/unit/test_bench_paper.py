"""What other sizes need follows from what was measured, and the page says what is computed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.cli.bench.figures import BenchFailed
from services.cli.bench.paper import NATION, PROVINCE, Assumptions, Results, needed, rows

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "scale.md"
PARTS = ("postgres", "valkey", "temporal", "registry", "referral", "notify", "workflows")


def _figure(name: str, value: float, by_process: dict[str, float] | None = None) -> dict[str, Any]:
    return {"name": name, "value": value, "by_process": by_process}


def _report(**others: float) -> dict[str, Any]:
    """A round machine: every part spends 36 ms on a life, and each server keeps 10 kB of it."""
    figures = [
        _figure("life_cpu", 252, dict.fromkeys(PARTS, 36.0)),
        _figure("life_kept", 30, dict.fromkeys(("postgres", "valkey", "temporal"), 10.0)),
        _figure("action_rate", 100),
        _figure("relay_rate", 1000),
        _figure("consumer_rate", 1000),
    ]
    return {"figures": figures + [_figure(name, value) for name, value in others.items()]}


DEMAND = replace(PROVINCE, new_a_day=1_800_000, people=3000)  # 100 lives and 100 requests a second at the peak


def test_a_part_gets_as_many_processes_as_its_share_of_the_lives_keeps_busy() -> None:
    found = needed(DEMAND, Results(_report()), Assumptions())
    assert found.lives_a_second == 100
    assert found.processes["temporal"] == 6  # 100 lives of 36 ms at 60 %
    assert found.processes["referral"] == 8  # and a hundred requests of 10 ms


def test_no_part_of_ours_is_alone_however_little_there_is_to_do() -> None:
    found = needed(replace(PROVINCE, new_a_day=1, people=1), Results(_report()), Assumptions())
    assert {name: number for name, number in found.processes.items() if number > 1} == dict.fromkeys(
        ("referral", "registry", "notify", "workflows"), 2
    )


def test_what_is_kept_grows_with_the_lives_and_with_those_that_are_open() -> None:
    found = needed(replace(DEMAND, new_a_day=1000, open=1_000_000), Results(_report()), Assumptions())
    assert found.postgres_gb_a_year == pytest.approx(3.65)
    assert found.temporal_gb == pytest.approx(10.3)
    assert found.valkey_gb == pytest.approx(0.07)


def test_shards_are_a_power_of_two_that_lasts() -> None:
    few = needed(replace(DEMAND, new_a_day=1), Results(_report()), Assumptions())
    many = needed(replace(DEMAND, new_a_day=18_000_000), Results(_report()), Assumptions())
    assert (few.temporal_shards, many.temporal_shards) == (512, 4096)


def test_what_is_full_first_is_what_the_peak_keeps_busiest() -> None:
    assert needed(DEMAND, Results(_report()), Assumptions(mails_a_second=1e9)).first == "valkey, one core"
    assert needed(DEMAND, Results(_report()), Assumptions()).first == "mail, one channel"
    slow = Results(_report(books_pass=300.0, live_loaded=4000.0))
    assert needed(DEMAND, slow, Assumptions()).first == "a pass over the books"


def test_results_without_a_figure_are_refused_by_its_name() -> None:
    with pytest.raises(BenchFailed, match="life_kept"):
        needed(PROVINCE, Results({"figures": []}), Assumptions())


def test_the_page_says_what_is_computed_from_the_committed_results() -> None:
    page = PAGE.read_text()
    named = [DOCS / path for path in page.split("from: ", 1)[1].splitlines()[0].split(", ")]
    results = Results(*(json.loads(path.read_text()) for path in named))
    computed = rows([needed(demand, results, Assumptions()) for demand in (PROVINCE, NATION)])
    written = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:1] == "|"]
    assert [row for row in computed if row not in written] == []
