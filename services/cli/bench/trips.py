"""How often the stack asked each server something: statements, commands, requests."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from services.cli.bench.ground import Ground

REQUESTS = "service_requests"  # a counter of Temporal's; the parser leaves out its ending _total
_LOGGED = (b"LOG:  statement: ", b"LOG:  execute ")


class Trips:
    """Counts from the servers' own books, for as long as PostgreSQL writes every statement into its log."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def count(self) -> Mapping[str, float]:
        """Return how often each server was asked until now."""
        return {
            "postgres": _statements(self._ground.stack.home.log_file("postgres")),
            "valkey": await self._ground.backlog.stream_commands(),
            "temporal": await self._requests(),
        }

    async def _requests(self) -> float:
        async with httpx.AsyncClient(timeout=10) as http:
            told = (await http.get(f"http://{self._ground.stack.ports.address('temporal_metrics')}/metrics")).text
        families = (each for each in text_string_to_metric_families(told) if each.name == REQUESTS)
        samples = (sample for each in families for sample in each.samples)
        return sum(sample.value for sample in samples if sample.labels.get("service_name") == "frontend")


@asynccontextmanager
async def counted_trips(ground: Ground) -> AsyncIterator[Trips]:
    """Let PostgreSQL log its statements within the block; their values stay out of the log."""
    settings = {"log_statement": "all", "log_parameter_max_length": "0"}
    await ground.backlog.configure({name: f"'{value}'" for name, value in settings.items()})
    try:
        yield Trips(ground)
    finally:
        await ground.backlog.configure(dict.fromkeys(settings, "DEFAULT"))


def _statements(log: Path) -> float:
    with log.open("rb") as lines:
        return float(sum(any(mark in line for mark in _LOGGED) for line in lines))
