"""What one whole life costs, beside bare servers: processor time, what is kept, and how often a server is asked."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from services.cli.bench.figures import Figure
from services.cli.bench.ground import Ground
from services.cli.bench.measures.example import offered_event
from services.cli.bench.sizes import Size
from services.cli.bench.trips import Trips, counted_trips
from services.cli.bench.watch import cpu_seconds

FLOOR = "services.cli.bench.floors.life"
SERVERS = ("postgres", "valkey", "temporal")
BARE = "the floor's one process"

_DATABASE = "SELECT pg_database_size(current_database())"

Counts = Mapping[str, float]


async def measure_costs(ground: Ground, size: Size) -> Sequence[Figure]:
    """Return `life_cpu` (ms), `life_kept` (kB) and `life_trips` per life, at a rate that the machine holds easily.

    Idle work is included. The floor of the processor time is the servers' and that of the one process that asks them.
    """
    lives = _Lives(ground, size.first_lives)
    ours, floors = [], []
    for _ in range(size.cost_rounds):  # in turn, so that a machine that drifts drifts for both
        ours.append(await lives.cost(size.cost_seconds))
        floors.append(await lives.bare_cost(size.cost_seconds))
    async with counted_trips(ground) as trips:
        asked = await lives.trips(trips, size.trip_seconds), await lives.bare_trips(trips, size.trip_seconds)
    return (
        _figure("life_cpu", "ms", _mean([each.cpu for each in ours]), _mean([each.cpu for each in floors])),
        _figure("life_kept", "kB", _mean([each.kept for each in ours]), _mean([each.kept for each in floors])),
        _figure("life_trips", "requests", *asked),
    )


def _figure(name: str, unit: str, ours: Counts, floor: Counts) -> Figure:
    return Figure(
        name, sum(ours.values()), unit, sum(floor.values()), less_is_better=True, by_process=ours, floor_by=floor
    )


@dataclass(frozen=True, slots=True)
class _Cost:
    """Of one life: milliseconds by program, kilobytes by server."""

    cpu: Counts
    kept: Counts


class _Lives:
    """Lives lived at *rate* a second, ours and bare ones."""

    def __init__(self, ground: Ground, rate: float) -> None:
        self._ground, self._rate = ground, rate

    async def cost(self, seconds: float) -> _Cost:
        number = await self._prepare(seconds)
        self._ground.tell(f"the cost of {number} lives")
        spent, kept = cpu_seconds(self._ground.programs()), await self._kept()
        await self._live(number, seconds)
        return _Cost(
            _each(number, spent, cpu_seconds(self._ground.programs()), unit=1e3),
            _each(number, kept, await self._kept(), unit=1e-3),
        )

    async def bare_cost(self, seconds: float) -> _Cost:
        number = int(self._rate * seconds)
        self._ground.tell(f"the cost of {number} bare lives")
        spent, kept = cpu_seconds(self._ground.programs()), await self._kept()
        own = await self._live_bare(number, seconds)
        servers = _each(number, spent, cpu_seconds(self._ground.programs()), unit=1e3)
        cpu = {**{name: servers[name] for name in SERVERS}, BARE: own / number * 1e3}
        return _Cost(cpu, _each(number, kept, await self._kept(), unit=1e-3))

    async def trips(self, trips: Trips, seconds: float) -> Counts:
        number = await self._prepare(seconds)
        return await self._asked(trips, number, lambda: self._live(number, seconds))

    async def bare_trips(self, trips: Trips, seconds: float) -> Counts:
        number = int(self._rate * seconds)
        return await self._asked(trips, number, lambda: self._live_bare(number, seconds))

    async def _asked(self, trips: Trips, number: int, lived: Callable[[], Awaitable[object]]) -> Counts:
        self._ground.tell(f"how often {number} lives ask the servers")
        before = await trips.count()
        await lived()
        return _each(number, before, await trips.count(), unit=1.0)

    async def _prepare(self, seconds: float) -> int:
        number = int(self._rate * seconds)
        await self._ground.prepare_needs(number)
        await self._ground.catch_up(60)
        return number

    async def _live(self, number: int, seconds: float) -> None:
        await self._ground.load("lives", needs=self._ground.take_needs(number), rate=self._rate, seconds=seconds)
        await self._ground.catch_up(60)

    async def _live_bare(self, number: int, seconds: float) -> float:
        """Return the processor seconds of the process that lives them. Mails wait meanwhile: the floor sends none."""
        servers = self._ground.stack.servers
        job: dict[str, Any] = {
            "count": number, "rate": self._rate, "seconds": seconds, "event": offered_event(),
            "database_url": servers.database_url("postgres"), "redis_url": servers.redis_url("admin"),
            "temporal_address": servers.temporal_address, "namespace": servers.temporal_namespace,
        }  # fmt: skip
        await self._ground.stack.hold_down("notify")
        answer = await self._ground.process(FLOOR, job)
        await self._ground.stack.bring_up("notify")
        return float(answer["cpu_seconds"])

    async def _kept(self) -> Counts:
        """Return the bytes that each server keeps: tables and indexes, memory, files."""
        temporal = self._ground.stack.home.folder("temporal")
        return {
            "postgres": await self._ground.backlog.number(_DATABASE),
            "valkey": await self._ground.backlog.stream_bytes(),
            "temporal": sum(map(_size, temporal.glob("temporal.db*"))),
        }


def _mean(rounds: Sequence[Counts]) -> Counts:
    return {name: fmean(each[name] for each in rounds) for name in rounds[0]}


def _size(file: Path) -> int:
    return file.stat().st_size


def _each(number: int, before: Counts, after: Counts, *, unit: float) -> dict[str, float]:
    return {name: max(after[name] - value, 0.0) / number * unit for name, value in before.items()}
