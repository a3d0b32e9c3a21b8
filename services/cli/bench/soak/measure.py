"""Whole lives at an even rate, round after round, and one look at everything in each round."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deploy.local.parts import WITH_PAGES
from deploy.local.ports import HOST, free_port
from services.cli.bench.figures import Figure
from services.cli.bench.ground import BY_DAY, SENDER, UNIT, Ground, Tell, open_ground
from services.cli.bench.soak.growth import KINDS, Line, Series, grows, line_of
from services.cli.bench.soak.samples import Sample, take_sample

WORKER_METRICS = "NYEKRUP_WORKER_METRICS"
Look = Callable[[], Awaitable[Sample]]
LOOK_AFTER = 0.8  # of a round, while its lives are on their way
HEARTBEAT = (("soak_minutes", "min"), ("soak_rate", "lives/s"), ("soak_errors", "errors"), ("soak_growing", "series"))


@dataclass(frozen=True, slots=True)
class Plan:
    """*rounds* of *round_seconds* each, with *rate* new lives a second."""

    rounds: int
    rate: float
    round_seconds: float = 60


@dataclass
class Soaked:
    """What was seen: series by kind and by whose they are, lives that ended, and what went wrong."""

    series: dict[str, dict[str, list[tuple[float, float]]]] = field(default_factory=dict)
    ended: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, minute: float, sample: Sample) -> None:
        for kind, values in sample.items():
            for name, value in values.items():
                self.series.setdefault(kind, {}).setdefault(name, []).append((round(minute, 2), round(value, 2)))

    def lines(self, kind: str) -> dict[str, Line]:
        """Return the line of each series; of one that came too late to have two points, none."""
        return {name: line_of(each) for name, each in self.series[kind].items() if _long_enough(each)}


def _long_enough(series: Series) -> bool:
    return len(series) - len(series) // 2 >= 2


def promised() -> list[tuple[str, str]]:
    """Return the name and the unit of every figure."""
    grown = [(f"soak_{kind}", f"{each.unit}/h") for kind, each in KINDS.items() if kind != "disk"]
    return [*HEARTBEAT, *grown, ("soak_disk", "kB/life")]


@asynccontextmanager
async def soak_ground(tell: Tell) -> AsyncIterator[tuple[Ground, str]]:
    """Open a ground whose worker tells what it keeps in memory, and where it tells it (host:port)."""
    counted_at = f"{HOST}:{free_port()}"
    async with open_ground(tell, {**BY_DAY, WORKER_METRICS: counted_at}, parts=WITH_PAGES) as ground:
        yield ground, counted_at


async def measure_soak(ground: Ground, plan: Plan, counted_at: str) -> tuple[Sequence[Figure], Soaked]:
    """Return what *promised* names, and the series. *counted_at*: see soak_ground."""
    soaked, began = Soaked(), time.monotonic()
    for number in range(plan.rounds):
        ground.tell(f"round {number + 1} of {plan.rounds}, {plan.rate:g} lives a second")
        await _round(ground, plan, soaked, lambda: take_sample(ground, counted_at), began)
    soaked.seconds = time.monotonic() - began
    return _figures(ground, plan, soaked), soaked


async def _round(ground: Ground, plan: Plan, soaked: Soaked, look: Look, began: float) -> None:
    for name in (SENDER, UNIT):
        await ground.stage.people[name].sign_in()  # a token lives ten minutes
    number = int(plan.rate * plan.round_seconds)
    await ground.prepare_needs(number)
    needs = ground.take_needs(number)
    working = asyncio.ensure_future(ground.load("lives", needs=needs, rate=plan.rate, seconds=plan.round_seconds))
    try:
        await asyncio.wait({working}, timeout=plan.round_seconds * LOOK_AFTER)
        soaked.add((time.monotonic() - began) / 60, await look())
        answer = await working
    finally:
        working.cancel()
    soaked.ended += answer["ended"]
    soaked.errors += answer["errors"]


def _figures(ground: Ground, plan: Plan, soaked: Soaked) -> Sequence[Figure]:
    growing = list(_growing(soaked))
    told = ", ".join(growing) or "nothing"
    ground.limits["soak_growing"] = f"{told} grows by the rule of a line through the second half."
    whole = (soaked.seconds / 60, soaked.ended / soaked.seconds, float(len(soaked.errors)), float(len(growing)))
    found = [Figure(name, value, unit) for (name, unit), value in zip(HEARTBEAT, whole, strict=True)]
    for kind, unit in ((name.removeprefix("soak_"), unit) for name, unit in promised()[len(HEARTBEAT) :]):
        factor = 1e3 / (plan.rate * 60) / 60 if kind == "disk" else 1.0
        slopes = {name: line.per_hour * factor for name, line in soaked.lines(kind).items()}
        found.append(Figure(f"soak_{kind}", sum(slopes.values()), unit, by_process=slopes, less_is_better=True))
    return found


def _growing(soaked: Soaked) -> Sequence[str]:
    return [
        f"{kind} of {name} (+{line.rise:.1f} {KINDS[kind].unit} on {line.mean:.1f})"
        for kind in soaked.series
        for name, line in soaked.lines(kind).items()
        if grows(line, KINDS[kind])
    ]
