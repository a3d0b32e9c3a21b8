"""What one whole life costs: processor time by program, and what is left of it in each server's data."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from services.cli.bench.figures import Figure
from services.cli.bench.ground import Ground
from services.cli.bench.sizes import Size
from services.cli.bench.watch import cpu_seconds

_DATABASE = "SELECT pg_database_size(current_database())"


async def measure_costs(ground: Ground, size: Size) -> Sequence[Figure]:
    """Return `life_cpu` (ms) and `life_kept` (kB) per life, at a rate that the machine holds easily."""
    number = int(size.first_lives * size.cost_seconds)
    await ground.prepare_needs(number)
    await ground.catch_up(60)
    ground.tell(f"the cost of {number} lives")
    spent, kept = cpu_seconds(ground.programs()), await _kept(ground)
    await ground.load("lives", needs=ground.take_needs(number), rate=size.first_lives, seconds=size.cost_seconds)
    await ground.catch_up(60)
    cpu = _each(number, spent, cpu_seconds(ground.programs()), unit=1e3)
    left = _each(number, kept, await _kept(ground), unit=1e-3)
    return (
        Figure("life_cpu", sum(cpu.values()), "ms", by_process=cpu, less_is_better=True),
        Figure("life_kept", sum(left.values()), "kB", by_process=left, less_is_better=True),
    )


async def _kept(ground: Ground) -> Mapping[str, float]:
    """Return the bytes that each server keeps: tables and indexes, memory, files."""
    temporal = ground.stack.home.folder("temporal")
    return {
        "postgres": await ground.backlog.number(_DATABASE),
        "valkey": await ground.backlog.stream_bytes(),
        "temporal": sum(map(_size, temporal.glob("temporal.db*"))),
    }


def _size(file: Path) -> int:
    return file.stat().st_size


def _each(number: int, before: Mapping[str, float], after: Mapping[str, float], *, unit: float) -> dict[str, float]:
    return {name: max(after[name] - value, 0.0) / number * unit for name, value in before.items()}
