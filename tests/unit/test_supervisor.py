"""The supervisor with small real programs: /bin/sh scripts that are killed, that hang and that refuse to end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from services.kit.process import Program
from services.kit.stackfile import ProgramStatus, StackState, end_leftovers, process_created, read_state, write_state
from services.kit.supervisor import DEATHS_BEFORE_READY, StartFailed, Supervisor, ended_by_signals

SLEEP = "exec sleep 100"
AUTOGROUP = Path("/proc/self/autogroup")
GROUPED = AUTOGROUP.exists()


def shell(folder: Path, name: str, script: str, *, ready: Callable[[], bool] = lambda: True) -> Program:
    async def is_ready() -> bool:
        return ready()

    return Program(
        name=name, argv=["/bin/sh", "-c", script], env={"PATH": os.environ["PATH"]}, cwd=folder,
        log_file=folder / f"{name}.log", ready=is_ready, grace_seconds=5, ready_seconds=5,
    )  # fmt: skip


@asynccontextmanager
async def running(folder: Path, *stages: list[Program]) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(stages, state_file=folder / "stack.json")
    await supervisor.start()
    try:
        yield supervisor
    finally:
        await supervisor.stop()


async def until(happened: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.02)


def pid_of(supervisor: Supervisor, index: int = 0) -> int:
    pid = supervisor.status()[index].pid
    assert pid is not None
    return pid


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_a_stage_starts_only_when_the_stage_before_it_is_ready(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    first = shell(tmp_path, "first", f"sleep 0.3; touch mark; {SLEEP}", ready=mark.exists)
    second = shell(tmp_path, "second", f"test -e mark && touch in-order; {SLEEP}", ready=(tmp_path / "in-order").exists)
    async with running(tmp_path, [first], [second]) as supervisor:
        assert [status.state for status in supervisor.status()] == ["ready", "ready"]


async def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    async with running(tmp_path, [shell(tmp_path, "worker", SLEEP)]) as supervisor:
        first_pid = pid_of(supervisor)
        os.kill(first_pid, signal.SIGKILL)
        await until(lambda: supervisor.status()[0].restarts == 1 and supervisor.status()[0].state == "ready")
        assert pid_of(supervisor) != first_pid


async def test_a_program_that_may_not_be_restarted_stays_stopped(tmp_path: Path) -> None:
    once = replace(shell(tmp_path, "once", SLEEP), restart=False)
    async with running(tmp_path, [once]) as supervisor:
        os.kill(pid_of(supervisor), signal.SIGKILL)
        await until(lambda: supervisor.status()[0].state == "stopped")
        assert supervisor.status()[0].restarts == 0


async def test_a_program_that_never_gets_ready_is_named_with_its_last_words_and_nothing_is_left(tmp_path: Path) -> None:
    good = shell(tmp_path, "good", f"echo $$ > pid; {SLEEP}", ready=(tmp_path / "pid").exists)
    bad = replace(shell(tmp_path, "bad", f"echo no such table; {SLEEP}", ready=lambda: False), ready_seconds=0.5)
    with pytest.raises(StartFailed, match=r"(?s)bad did not start: not ready after 0.5 s.*no such table"):
        async with running(tmp_path, [good], [bad]):
            pass
    assert is_gone(int((tmp_path / "pid").read_text()))
    assert read_state(tmp_path / "stack.json").supervisor_pid is None


async def test_a_program_that_ends_at_once_fails_long_before_its_deadline(tmp_path: Path) -> None:
    bad = replace(shell(tmp_path, "bad", "echo bad setting; exit 3", ready=lambda: False), ready_seconds=60)
    with pytest.raises(StartFailed, match=r"(?s)it ended with code 3.*bad setting"):
        async with asyncio.timeout(10), running(tmp_path, [bad]):
            pass


async def test_a_program_that_does_not_exist_says_so(tmp_path: Path) -> None:
    missing = replace(shell(tmp_path, "missing", "", ready=lambda: False), argv=["/no/such/program"])
    with pytest.raises(StartFailed, match=r"cannot start /no/such/program: No such file"):
        async with running(tmp_path, [missing]):
            pass


async def test_a_failing_hook_stops_the_start_with_its_reason(tmp_path: Path) -> None:
    async def refuse() -> None:
        raise ValueError("disk is full")

    with pytest.raises(StartFailed, match="ValueError: disk is full"):
        async with running(tmp_path, [replace(shell(tmp_path, "worker", SLEEP), before=refuse)]):
            pass


async def test_before_runs_at_every_start_and_after_only_once(tmp_path: Path) -> None:
    calls: list[str] = []

    def note(word: str) -> Callable[[], Awaitable[None]]:
        async def hook() -> None:
            calls.append(word)

        return hook

    worker = replace(shell(tmp_path, "worker", SLEEP), before=note("before"), after=note("after"))
    async with running(tmp_path, [worker]) as supervisor:
        os.kill(pid_of(supervisor), signal.SIGKILL)
        await until(lambda: supervisor.status()[0].restarts == 1 and supervisor.status()[0].state == "ready")
    assert calls == ["before", "after", "before"]


async def test_a_program_that_dies_again_and_again_waits_twice_as_long_each_time(tmp_path: Path) -> None:
    starts: list[float] = []

    async def note() -> None:
        starts.append(time.monotonic())

    async with running(tmp_path, [replace(shell(tmp_path, "unlucky", "sleep 0.05"), before=note)]):
        await until(lambda: len(starts) == 4)
    pauses = [later - earlier for earlier, later in pairwise(starts)]
    assert all(pause > least for pause, least in zip(pauses, (0.2, 0.4, 0.8), strict=True))


async def test_a_program_that_was_restarted_often_has_all_its_tries_when_it_is_brought_up_again(tmp_path: Path) -> None:
    marked, up = tmp_path / "marked", tmp_path / "up"
    script = f"[ -e {marked} ] && {{ rm {marked}; exit 1; }}; touch {up}; {SLEEP}"  # fails once for each mark
    async with running(tmp_path, [shell(tmp_path, "one", script, ready=up.exists)]) as supervisor:
        for _ in range(DEATHS_BEFORE_READY):
            killed = pid_of(supervisor)
            os.kill(killed, signal.SIGKILL)
            await until(lambda killed=killed: supervisor.status()[0].pid not in {None, killed})
            await until(lambda: supervisor.status()[0].state == "ready")
        await supervisor.hold_down("one")
        marked.touch()
        up.unlink()
        await supervisor.bring_up("one")
        assert not marked.exists()


async def test_programs_are_stopped_in_reverse_order(tmp_path: Path) -> None:
    def leaves_word(name: str) -> Program:
        script = f"trap 'echo {name} >> order; exit 0' TERM; touch {name}; while :; do sleep 0.02; done"
        return shell(tmp_path, name, script, ready=(tmp_path / name).exists)

    async with running(tmp_path, [leaves_word("database")], [leaves_word("part")]):
        pass
    assert (tmp_path / "order").read_text().split() == ["part", "database"]


async def test_a_program_that_ignores_the_request_to_end_is_killed_after_its_grace(tmp_path: Path) -> None:
    script = "trap '' TERM; touch up; while :; do sleep 0.1; done"
    stubborn = replace(shell(tmp_path, "stubborn", script, ready=(tmp_path / "up").exists), grace_seconds=0.3)
    async with running(tmp_path, [stubborn]) as supervisor:
        pid = pid_of(supervisor)
        began = time.monotonic()
    assert is_gone(pid)
    assert 0.3 <= time.monotonic() - began < 3


async def test_children_of_a_program_end_with_it(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    parent = shell(tmp_path, "parent", f"sleep 100 & echo $! > part; mv part pid; {SLEEP}", ready=file.exists)
    async with running(tmp_path, [parent]):
        grandchild = int(file.read_text())
        assert not is_gone(grandchild)
    await until(lambda: is_gone(grandchild))


async def test_a_stop_that_is_cancelled_kills_at_once(tmp_path: Path) -> None:
    script = "trap '' TERM; touch up; while :; do sleep 0.1; done"
    stubborn = replace(shell(tmp_path, "stubborn", script, ready=(tmp_path / "up").exists), grace_seconds=60)
    supervisor = Supervisor([[stubborn]], state_file=tmp_path / "stack.json")
    await supervisor.start()
    pid = pid_of(supervisor)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(supervisor.stop(), 0.2)
    await until(lambda: is_gone(pid))


def _is_nice(pid: int) -> bool:
    return psutil.Process(pid).nice() == os.nice(0) + 5


def _says_so(log: Path) -> bool:
    return not GROUPED or "nice 5" in log.read_text()


async def test_a_program_that_may_wait_lets_others_go_first_also_where_each_session_is_a_group(tmp_path: Path) -> None:
    script = f"cat {AUTOGROUP}; exec sleep 100" if GROUPED else SLEEP
    both = [replace(shell(tmp_path, name, script), niceness=5) for name in ("one", "two")]
    async with running(tmp_path, both) as supervisor:
        for index, program in enumerate(both):
            await until(partial(_is_nice, pid_of(supervisor, index)))
            await until(partial(_says_so, program.log_file))


async def test_the_state_file_is_private_and_tells_what_runs(tmp_path: Path) -> None:
    worker = replace(shell(tmp_path, "worker", SLEEP), kind="server", address="127.0.0.1:1", data=tmp_path)
    async with running(tmp_path, [worker]) as supervisor:
        file = tmp_path / "stack.json"
        state = json.loads(file.read_text())
        assert file.stat().st_mode & 0o777 == 0o600
        assert state["supervisor_pid"] == os.getpid()
        facts = {"name": "worker", "kind": "server", "state": "ready", "address": "127.0.0.1:1", "restarts": 0}
        assert facts.items() <= state["programs"][0].items()
        assert state["programs"][0]["pid"] == pid_of(supervisor)
    stopped = read_state(tmp_path / "stack.json")
    assert (stopped.supervisor_pid, stopped.programs[0].state, stopped.programs[0].pid) == (None, "stopped", None)


async def test_whoever_watches_hears_of_every_change(tmp_path: Path) -> None:
    heard: list[str] = []
    supervisor = Supervisor(
        [[shell(tmp_path, "worker", SLEEP)]], state_file=tmp_path / "s.json", on_change=lambda s: heard.append(s.state)
    )
    await supervisor.start()
    await supervisor.stop()
    assert heard == ["starting", "starting", "ready", "stopped"]  # the second with a pid


async def test_a_signal_ends_the_task_that_asked_for_it() -> None:
    async def work() -> None:
        with ended_by_signals():
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(work())


@contextmanager
def sleeping() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "100"], process_group=0)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def left_over(pid: int, created: float | None) -> StackState:
    status = ProgramStatus(
        name="old", kind="part", state="ready", address="", data=None, log="", pid=pid, created=created
    )
    return StackState(supervisor_pid=1, programs=(status,))


def test_what_a_dead_supervisor_left_running_is_ended_at_the_next_start(tmp_path: Path) -> None:
    with sleeping() as process:
        write_state(tmp_path / "stack.json", left_over(process.pid, process_created(process.pid)))
        assert end_leftovers(tmp_path / "stack.json") == ["old"]
        assert is_gone(process.pid)


def test_a_stranger_who_got_the_pid_of_an_old_program_is_left_alone(tmp_path: Path) -> None:
    with sleeping() as process:
        created = process_created(process.pid)
        assert created is not None
        write_state(tmp_path / "stack.json", left_over(process.pid, created - 3600))
        assert end_leftovers(tmp_path / "stack.json") == []
        assert process.poll() is None


def test_a_state_file_cut_short_by_a_power_failure_does_not_stop_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text("")
    assert end_leftovers(tmp_path / "stack.json") == []


SUPERVISOR_SCRIPT = """
import asyncio, sys
from pathlib import Path
from services.kit.process import Program
from services.kit.supervisor import Supervisor

folder = Path(sys.argv[1])
script = "trap '' TERM INT HUP; while :; do sleep 0.2; done"
programs = [
    Program(name=name, argv=["/bin/sh", "-c", script], env={"PATH": "/usr/bin:/bin"}, log_file=folder / f"{name}.log")
    for name in ("one", "two")
]

async def main():
    await Supervisor([programs], state_file=folder / "stack.json").start()
    (folder / "up").touch()
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent; see end_leftovers")
async def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    supervisor = await asyncio.create_subprocess_exec(sys.executable, "-c", SUPERVISOR_SCRIPT, tmp_path)
    try:
        await until((tmp_path / "up").exists)
        pids = [program.pid for program in read_state(tmp_path / "stack.json").programs]
        assert len(pids) == 2
    finally:
        supervisor.kill()
        await supervisor.wait()
    await until(lambda: all(pid is not None and is_gone(pid) for pid in pids), seconds=5)
