"""Start programs in order, keep them running, stop them cleanly.

    supervisor = Supervisor([[database], [api, worker]], state_file=run / "stack.json", on_change=show)
    await supervisor.start()        # returns when all are ready, or raises StartFailed with nothing left running
    ...
    await supervisor.stop()

A crashed program is started again after a pause that doubles from 0.2 s to 10 s and is forgotten after 30 s of life.
The programs get their end-of-parent signal when the *thread* that started them ends: run it in the main thread.
"""

import asyncio
import os
import signal
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from services.kit.process import Program, end, kill_group, last_lines, spawn
from services.kit.stackfile import ProgramStatus, StackState, State, end_leftovers, process_created, write_state

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0
POLL_SECONDS = 0.05
DEATHS_BEFORE_READY = 3

OnChange = Callable[[ProgramStatus], None]


class StartFailed(Exception):
    """A program did not become ready at the first start; the text carries the end of its log."""

    def __init__(self, program: Program, reason: str) -> None:
        self.name = program.name
        self.reason = reason
        lines = last_lines(program.log_file) or "(empty)"
        super().__init__(f"{program.name} did not start: {reason}\nEnd of {program.log_file}:\n{lines}")


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Cancel the current task at SIGINT, SIGTERM or SIGHUP; a second one interrupts a patient stop."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("ended_by_signals needs a task")
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, task.cancel)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


class Supervisor:
    """Runs *stages* of programs: those of one stage together, the next when all are ready; stops in reverse order.

    *on_change* is called with the new status of a program at each change, after *state_file* was written.
    """

    def __init__(
        self, stages: Sequence[Sequence[Program]], *, state_file: Path, on_change: OnChange | None = None
    ) -> None:
        self._stages = [[_Keeper(program, self._changed) for program in stage] for stage in stages]
        self._state_file = state_file
        self._on_change = on_change
        self._running = False

    def status(self) -> list[ProgramStatus]:
        """Return the status of every program in the order of their start."""
        return [keeper.status for keeper in self._keepers()]

    async def start(self) -> None:
        """Start everything and return when all is ready.

        Raises StartFailed for the first program that does not get ready; whatever had started is stopped then.
        """
        await asyncio.to_thread(end_leftovers, self._state_file)
        self._running = True
        try:
            for stage in self._stages:
                await asyncio.gather(*[keeper.begin() for keeper in stage])
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop everything, the last stage first. Safe to call twice; when it is cancelled, all is killed at once."""
        try:
            for stage in reversed(self._stages):
                await asyncio.gather(*(keeper.finish() for keeper in stage))
        finally:
            for keeper in self._keepers():
                keeper.kill()
            self._running = False
            self._write()

    async def hold_down(self, name: str) -> None:
        """Stop one program and keep it down, as an outage would; the others run on. Raises KeyError."""
        await self._named(name).finish()

    async def bring_up(self, name: str) -> None:
        """Start a program that was held down; returns when it is ready, or raises StartFailed."""
        await self._named(name).begin()

    def _named(self, name: str) -> "_Keeper":
        return {keeper.status.name: keeper for keeper in self._keepers()}[name]

    def _keepers(self) -> list["_Keeper"]:
        return [keeper for stage in self._stages for keeper in stage]

    def _changed(self, status: ProgramStatus) -> None:
        self._write()
        if self._on_change is not None:
            self._on_change(status)

    def _write(self) -> None:
        write_state(self._state_file, StackState(os.getpid() if self._running else None, tuple(self.status())))


class _End(NamedTuple):
    """Why one life of a program ended. *died*: it ended by itself, so another try may help."""

    reason: str
    died: bool = False


class _Keeper:
    """Keeps one program alive: a task that runs one life of it after the other until it is finished."""

    def __init__(self, program: Program, changed: OnChange) -> None:
        self._program = program
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self._process: Process | None = None
        self._earlier_restarts = 0
        self.status = ProgramStatus(
            name=program.name, kind=program.kind, state="stopped", address=program.address,
            data=str(program.data) if program.data else None, log=str(program.log_file),
            stop_signal=int(program.stop_signal),
        )  # fmt: skip

    def begin(self) -> asyncio.Future[None]:
        """Start keeping; the answer comes when the program is first ready, or is StartFailed."""
        first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._earlier_restarts = self.status.restarts  # of lives before it was held down: they use up none of its tries
        self._task = asyncio.create_task(self._keep(first), name=f"keep {self._program.name}")
        return first

    async def finish(self) -> None:
        """End the program and wait for it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def kill(self) -> None:
        """End the program without asking; nothing to do after finish()."""
        if self._process is not None:
            kill_group(self._process.pid)

    async def _keep(self, first: asyncio.Future[None]) -> None:
        pause = FIRST_PAUSE_SECONDS
        try:
            while True:
                began = time.monotonic()
                end_of_life = await self._live(first)
                if not self._goes_on(first, end_of_life):
                    return
                if time.monotonic() - began > STEADY_SECONDS:
                    pause = FIRST_PAUSE_SECONDS
                self._set("restarting", restarts=self.status.restarts + 1)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        finally:
            self._set("stopped")

    def _goes_on(self, first: asyncio.Future[None], end_of_life: _End) -> bool:
        """Say whether another life follows; a program that never got ready has a few tries only."""
        if first.done():
            return self._program.restart
        tries_left = self.status.restarts - self._earlier_restarts + 1 < DEATHS_BEFORE_READY
        if self._program.restart and tries_left and end_of_life.died:
            return True
        first.set_exception(StartFailed(self._program, end_of_life.reason))
        return False

    async def _live(self, first: asyncio.Future[None]) -> _End:
        """Run one life of the program, from its start to its end."""
        try:
            self._set("restarting" if self.status.restarts else "starting")
            if self._program.before is not None:
                await self._program.before()
            self._process = process = await spawn(self._program)
            self._set(self.status.state, pid=process.pid, created=process_created(process.pid), started_at=_now())
            if await self._gets_ready(process, first):
                self._set("ready")
                if not first.done():
                    first.set_result(None)
            return _End(_how(await process.wait()), died=True)
        except _NotReady as error:
            return _End(str(error))
        except Exception as error:  # whatever a hook raises: the program is not usable, which is what counts here
            return _End(f"{type(error).__name__}: {error}")
        finally:
            await self._bury()

    async def _gets_ready(self, process: Process, first: asyncio.Future[None]) -> bool:
        """Wait until the program is ready, False if it ended before. Raises _NotReady after its *ready_seconds*."""
        try:
            async with asyncio.timeout(self._program.ready_seconds):
                while process.returncode is None and not await self._program.ready():
                    await asyncio.sleep(POLL_SECONDS)
                if process.returncode is None and self._program.after is not None and not first.done():
                    await self._program.after()
        except TimeoutError:
            raise _NotReady(f"not ready after {self._program.ready_seconds:g} s") from None
        return process.returncode is None

    async def _bury(self) -> None:
        if self._process is not None:
            try:
                await end(self._process, self._program)
            finally:
                self._process = None
                self.status = replace(self.status, pid=None, created=None)

    def _set(self, state: State, **facts: object) -> None:
        self.status = replace(self.status, state=state, **facts)  # type: ignore[arg-type]
        self._changed(self.status)


class _NotReady(Exception):
    pass


def _how(code: int) -> str:
    return f"it ended with code {code}" if code >= 0 else f"it ended by signal {-code}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
