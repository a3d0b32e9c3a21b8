"""One look at everything that must not grow, by kind and then by program, group or role."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from services.cli.bench.figures import BenchFailed
from services.cli.bench.ground import Ground
from services.cli.bench.watch import memory_mb, open_files

CACHED = "temporal_sticky_cache_size"

Sample = Mapping[str, Mapping[str, float]]


async def take_sample(ground: Ground, counted_at: str) -> Sample:
    """Return the values of now, with the names of KINDS; the worker tells its own at *counted_at*, host:port."""
    programs, groups = ground.programs(), await ground.backlog.groups()
    return {
        "memory": await asyncio.to_thread(memory_mb, programs),
        "disk": {each.name: await asyncio.to_thread(_megabytes, Path(each.data)) for each in programs if each.data},
        "lag": {name: lag for name, (lag, _) in groups.items()},
        "pending": {name: pending for name, (_, pending) in groups.items()},
        "connections": await ground.backlog.connections(),
        "files": await asyncio.to_thread(open_files, programs),
        "cached": await cached_workflows(counted_at),
    }


def _megabytes(folder: Path) -> float:
    return sum(_size(path) for path in folder.rglob("*")) / 1e6


def _size(path: Path) -> int:
    try:
        found = path.lstat()
    except FileNotFoundError:  # servers remove files while they are counted
        return 0
    return found.st_blocks * 512


async def cached_workflows(address: str) -> dict[str, float]:
    """Return how many workflows the worker keeps in memory, by task queue. Raises BenchFailed if it does not say."""
    async with httpx.AsyncClient(timeout=10) as http:
        told = (await http.get(f"http://{address}/metrics")).text
    families = (each for each in text_string_to_metric_families(told) if each.name == CACHED)
    found = {sample.labels["task_queue"]: sample.value for each in families for sample in each.samples}
    if not found:
        raise BenchFailed(f"the worker does not tell {CACHED}")
    return found
