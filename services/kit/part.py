"""How a part runs: its API and its loops in one process and one event loop, until somebody asks it to stop."""

import argparse
import asyncio
import contextlib
import gc
import signal
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol

import structlog
import uvicorn
from fastapi import FastAPI

from services.kit.health import Health, Heartbeat

log = structlog.get_logger()

STOP_GRACE_SECONDS = 12  # less than whoever supervises us waits before it kills
ROLES = ("api", "relay", "consumers", "worker", "janitor", "loops")
# Longer than people think between two requests: a request that meets the closing of its connection gets no answer.
KEEP_ALIVE_SECONDS = 75
# New objects that outlive their making. Python's own 700 are there several times in one request.
COLLECT_AFTER = 20_000


class Loop(Protocol):
    """Something that runs until it is cancelled."""

    async def run(self) -> None: ...


class Part:
    """One process. `add` its loops, then `run`; the first loop that fails for good ends the process with code 1."""

    def __init__(self, name: str, *, host: str, port: int, health: Health) -> None:
        self.name = name
        self._host, self._port = host, port
        self._health = health
        self._loops: list[tuple[str, Loop]] = []
        self._closers: list[Callable[[], Awaitable[object]]] = []
        self._only = _only(name)
        self._api: FastAPI | None = None

    def serve(self, api: FastAPI, *loops: Loop) -> None:
        """Serve *api* and run *loops*, which it needs, whatever `--only` says: every process has to answer `/ready`."""
        self._api = api
        self._run_too("api", loops)

    def add(self, role: str, *loops: Loop) -> None:
        """Run *loops* if this process plays *role* (one of ROLES)."""
        if role not in ROLES:
            raise ValueError(f"unknown role {role}")
        if not self._only or role in self._only:
            self._run_too(role, loops)

    def _run_too(self, role: str, loops: Iterable[Loop]) -> None:
        for loop in loops:
            self._loops.append((role, loop))
            heartbeat = getattr(loop, "heartbeat", None)
            if isinstance(heartbeat, Heartbeat):
                self._health.watch([heartbeat])

    def on_close(self, *closers: Callable[[], Awaitable[object]]) -> None:
        self._closers.extend(closers)

    async def run(self) -> int:
        """Run everything; return the exit code."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, stop.set)
        tasks = [asyncio.create_task(each.run(), name=f"{role}:{type(each).__name__}") for role, each in self._loops]
        server = self._server()
        if server:
            tasks.append(asyncio.create_task(server.serve(), name="api"))
        _collect_less()
        log.info("part.started", port=self._port, loops=[task.get_name() for task in tasks])
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        code = self._report(tasks)
        if server:
            server.should_exit = True
        await self._end(tasks)
        stopping.cancel()
        log.info("part.stopped", code=code)
        return code

    def _server(self) -> uvicorn.Server | None:
        if self._api is None:
            return None
        config = uvicorn.Config(
            self._api,
            host=self._host,
            port=self._port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=10,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        return _QuietServer(config)

    @staticmethod
    def _report(tasks: Sequence[asyncio.Task[Any]]) -> int:
        failed = [task for task in tasks if task.done() and not task.cancelled()]
        for task in failed:
            log.error("part.loop_ended", loop=task.get_name(), exc_info=task.exception())
        return 1 if failed else 0

    async def _end(self, tasks: Sequence[asyncio.Task[Any]]) -> None:
        for task in tasks:
            if task.get_name() != "api":
                task.cancel()
        await asyncio.wait(tasks, timeout=STOP_GRACE_SECONDS)
        for close in self._closers:
            with contextlib.suppress(Exception):
                await close()


def _collect_less() -> None:
    """Spare the collector what stays for good, and look after many requests instead of during each."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


class _QuietServer(uvicorn.Server):
    """uvicorn without its own signal handlers: the part decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def _only(name: str) -> frozenset[str]:
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--only", help=f"comma-separated roles of {', '.join(ROLES)}; default: all", default="")
    chosen = frozenset(filter(None, parser.parse_args().only.split(",")))
    if unknown := chosen - frozenset(ROLES):
        parser.error(f"unknown role: {', '.join(sorted(unknown))}")
    return chosen
