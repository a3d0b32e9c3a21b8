"""What other sizes need, computed from what was measured on one machine. Nothing here measures; everything is a rule.

A rule multiplies a measured cost by a demand. It holds as long as the cost per piece stays what it was: what grows
with the number of pieces is named in docs/scale.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log2
from typing import Any

from services.cli.bench.figures import BenchFailed

PYTHON_PARTS = ("referral", "registry", "notify", "workflows")
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of the product: *new_a_day* referrals, *open* at the same time, *people* at their desks."""

    name: str
    new_a_day: int
    open: int
    people: int


# The nation's people follow from the province's by the number of new referrals; nobody has counted them.
PROVINCE = Demand("province", new_a_day=10_000, open=400_000, people=2_000)
NATION = Demand("nation", new_a_day=60_000, open=2_300_000, people=12_000)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What was not measured but has to be taken as something. Each is to be replaced by who knows better."""

    busiest_hour: float = 0.2
    """Share of a day's work that falls into its busiest hour."""
    think_seconds: float = 30.0
    """Between two requests of one person."""
    most_busy: float = 0.6
    """How busy a core may be, so that nobody waits for others."""
    facts_of_a_life: float = 8.0
    """Created, submitted, offered, claimed, accepted, contacted, reported, confirmed."""
    messages_of_a_fact: float = 1.0
    transitions_of_a_life: float = 40.0
    """Writes of Temporal's history: start, signals, two commands, timers, their tasks."""
    transitions_of_a_shard: float = 10.0
    """A shard writes one after the other; at ten a second none waits noticeably."""
    history_days: float = 30.0
    stream_days: float = 7.0
    mails_a_second: float = 20.0
    """`NYEKRUP_SENDER_PAUSE_SECONDS` at its default."""
    pass_seconds: float = 300.0
    """`NYEKRUP_BOOKS_INTERVAL_SECONDS` at its default."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What one demand needs. *busy* says of each thing that cannot be had twice how busy the peak keeps it: 1 is full.

    *processes* are of one core each, the servers' too.
    """

    demand: Demand
    lives_a_second: float
    requests_a_second: float
    processes: Mapping[str, int]
    postgres_gb_a_year: float
    temporal_gb: float
    valkey_gb: float
    temporal_shards: int
    busy: Mapping[str, float]

    @property
    def first(self) -> str:
        """What is full before everything else."""
        return max(self.busy, key=lambda name: self.busy[name])


def needed(demand: Demand, results: "Results", assume: Assumptions) -> Needed:
    """Return what *demand* needs by the costs in *results*. Raises BenchFailed where a figure is missing."""
    lives = demand.new_a_day * assume.busiest_hour / 3600
    requests = demand.people / assume.think_seconds
    kept = results.by_process("life_kept")
    return Needed(
        demand=demand,
        lives_a_second=lives,
        requests_a_second=requests,
        processes=_processes(lives, requests, results, assume),
        postgres_gb_a_year=kept["postgres"] * demand.new_a_day * 365 / 1e6,
        temporal_gb=kept["temporal"] * (demand.open + demand.new_a_day * assume.history_days) / 1e6,
        valkey_gb=kept["valkey"] * demand.new_a_day * assume.stream_days / 1e6,
        temporal_shards=_shards(lives * assume.transitions_of_a_life, assume),
        busy=dict(_busy(demand, lives, results, assume)),
    )


def _processes(lives: float, requests: float, results: "Results", assume: Assumptions) -> dict[str, int]:
    """A core for each, and two of every part of ours, so that one may be away."""
    cores = {name: lives * spent / 1000 for name, spent in results.by_process("life_cpu").items()}
    cores["referral"] += requests / results.value("action_rate")
    cores.pop("mailbox", None)
    return {name: max(ceil(each / assume.most_busy), 2 if name in PYTHON_PARTS else 1) for name, each in cores.items()}


def _shards(transitions_a_second: float, assume: Assumptions) -> int:
    """A power of two, at least 512, since it can never be changed."""
    wanted = max(transitions_a_second / assume.transitions_of_a_shard, 512.0)
    return int(2 ** ceil(log2(wanted)))


def _busy(demand: Demand, lives: float, results: "Results", assume: Assumptions) -> Iterator[tuple[str, float]]:
    facts = lives * assume.facts_of_a_life
    spent = results.by_process("life_cpu")
    yield "one relay", facts / results.value("relay_rate")
    yield "one group's consumer", facts / results.value("consumer_rate")
    yield "valkey, one core", lives * spent["valkey"] / 1000
    yield "postgres, each of 8 cores", lives * spent["postgres"] / 1000 / 8
    yield "mail, one channel", facts * assume.messages_of_a_fact / assume.mails_a_second
    if results.has("books_pass"):
        yield "a pass over the books", _pass_seconds(demand, results) / assume.pass_seconds


def _pass_seconds(demand: Demand, results: "Results") -> float:
    return results.value("books_pass") * demand.open / results.value("live_loaded")


class Results:
    """The figures of committed reports, by name."""

    def __init__(self, *reports: Mapping[str, Any]) -> None:
        self._figures = {each["name"]: each for report in reports for each in report["figures"]}

    def has(self, name: str) -> bool:
        return bool(self._figures.get(name, {}).get("value"))

    def value(self, name: str) -> float:
        if not self.has(name):
            raise BenchFailed(f"the results have no figure {name}")
        return float(self._figures[name]["value"])

    def by_process(self, name: str) -> Mapping[str, float]:
        self.value(name)
        return dict(self._figures[name]["by_process"])


def rows(all_needed: Sequence[Needed]) -> list[list[str]]:
    """Return the table: one row for each thing, one column for each demand."""
    lines = [
        ["new referrals a day", *(f"{each.demand.new_a_day:,}" for each in all_needed)],
        ["open at the same time", *(f"{each.demand.open:,}" for each in all_needed)],
        ["people at once", *(f"{each.demand.people:,}" for each in all_needed)],
        ["lives a second in the busiest hour", *(f"{each.lives_a_second:.2f}" for each in all_needed)],
        ["requests a second", *(f"{each.requests_a_second:.0f}" for each in all_needed)],
    ]
    for name in all_needed[0].processes:
        lines.append([f"processes: {name}", *(str(each.processes[name]) for each in all_needed)])
    lines += [
        ["PostgreSQL, GB a year", *(f"{each.postgres_gb_a_year:.0f}" for each in all_needed)],
        ["Temporal, GB", *(f"{each.temporal_gb:.0f}" for each in all_needed)],
        ["Valkey, GB of memory", *(f"{each.valkey_gb:.1f}" for each in all_needed)],
        ["Temporal shards", *(str(each.temporal_shards) for each in all_needed)],
    ]
    for name in all_needed[0].busy:
        lines.append([f"busy: {name}", *(f"{each.busy[name]:.1%}" for each in all_needed)])
    return [*lines, ["full first", *(each.first for each in all_needed)]]
