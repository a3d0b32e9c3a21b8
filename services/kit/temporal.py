"""Temporal as every part uses it: one client a process, and a worker that serves the owner's commands."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar, cast

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import Worker

from services.contracts.commands import CommandRef
from services.contracts.snapshot import Contract
from services.kit.health import Heartbeat
from services.kit.settings import PartSettings

log = structlog.get_logger()

Takes = TypeVar("Takes", bound=Contract)
Gives = TypeVar("Gives", bound=Contract)
Activity = Callable[..., Awaitable[Any]]

GRACE = timedelta(seconds=10)
# A task that meets nobody who asks for one is written down and read again: it was a sixth of all that Temporal wrote.
POLLS = 20


@cache
def _payload_converter() -> PydanticPayloadConverter:
    """Return the process's one: the SDK asks for one at each step of a workflow, and a new one remembers no model."""
    return PydanticPayloadConverter()


CONVERTER = DataConverter(payload_converter_class=cast("type[PydanticPayloadConverter]", _payload_converter))


class TemporalLink:
    """The process's one client, made when the server first answers."""

    def __init__(self, settings: PartSettings, *, metrics_address: str = "") -> None:
        """*metrics_address*, host:port: where the library's own metrics are answered for Prometheus; unset: nowhere."""
        self._address, self._namespace = settings.temporal_address, settings.temporal_namespace
        self._runtime = _measured(metrics_address) if metrics_address else None
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    async def client(self) -> Client:
        """Return the client; raises RuntimeError or RPCError while the server was never reachable."""
        async with self._lock:
            if self._client is None:
                self._client = await Client.connect(
                    self._address, namespace=self._namespace, data_converter=CONVERTER,
                    runtime=self._runtime,
                )  # fmt: skip
            return self._client

    async def ping(self) -> None:
        """Raise unless the server answers."""
        client = await self.client()
        if not await client.service_client.check_health(timeout=timedelta(seconds=3)):
            raise ConnectionError("Temporal is not serving")

    async def wait(self) -> Client:
        """Return the client as soon as the server answers, however long that takes."""
        delay = 0.1
        while True:
            try:
                return await self.client()
            except Exception as error:
                log.info("temporal.waiting", error=type(error).__name__, retry_seconds=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)


def _measured(address: str) -> Runtime:
    return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=address)))


def serves(ref: CommandRef[Takes, Gives], run: Callable[[Takes], Awaitable[Gives]]) -> Activity:
    """Return *run* as the activity that answers the command *ref*."""

    async def command(takes: Any) -> Any:
        return await run(takes)

    command.__annotations__ = {"takes": ref.takes, "return": ref.gives}
    return activity.defn(name=ref.name)(command)


def still_at_it() -> None:
    """Say that a long command still moves; nothing where it was not called by Temporal."""
    if activity.in_activity():
        activity.heartbeat()


class CommandWorker:
    """Serves activities (and workflows) of one task queue for as long as the process lives."""

    def __init__(
        self,
        link: TemporalLink,
        queue: str,
        *,
        activities: Sequence[Activity] = (),
        workflows: Sequence[type] = (),
        **options: Any,
    ) -> None:
        self._link, self._queue = link, queue
        self._activities, self._workflows, self._options = activities, workflows, options
        self.heartbeat = Heartbeat(f"worker:{queue}", max_age_seconds=10)

    async def run(self) -> None:
        """Serve until cancelled; what is running then gets its grace."""
        waiting = asyncio.ensure_future(self._link.wait())
        while not (await asyncio.wait({waiting}, timeout=1.0))[0]:
            self.heartbeat.beat()  # it waits for the server: the part works without it
        worker = Worker(
            waiting.result(),
            task_queue=self._queue,
            activities=self._activities,
            workflows=self._workflows,
            graceful_shutdown_timeout=GRACE,
            max_concurrent_activity_task_polls=POLLS,
            max_concurrent_workflow_task_polls=POLLS,
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
            **self._options,
        )
        serving = asyncio.create_task(worker.run())
        self.heartbeat.beat()
        try:
            while not (await asyncio.wait({serving}, timeout=1.0))[0]:
                self.heartbeat.beat()
            serving.result()
        finally:
            await worker.shutdown()
