"""One chaos run: people at work, one fault after the other, the settling, and the judgement."""

import asyncio
import contextlib
import shutil
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
from redis.exceptions import RedisError

from deploy.local.environment import module_argv, part_env
from services.cli.chaos.evidence import Finding
from services.cli.chaos.faults import disk, happen
from services.cli.chaos.gathering import gather
from services.cli.chaos.ground import API, Ground, Tell, accounts_file, open_ground, write_job
from services.cli.chaos.invariants import answers
from services.cli.chaos.journal import JournalReader
from services.cli.chaos.judge import judge
from services.cli.chaos.plan import ONE_HOST, TWO_HOSTS, Fault, Kind, plan
from services.cli.chaos.recovery import recovered
from services.cli.chaos.report import Happened, Run, shortfalls
from services.cli.stories.people import NotDone
from services.cli.stories.stage import StoryFailed
from services.kit.process import Program, end, last_lines, spawn
from services.kit.supervisor import StartFailed

PER_SECOND = 8.0
RECOVERY_BOUND_SECONDS = 30.0
FAULT_BOUND_SECONDS = 120.0
ENDING_SECONDS = 60.0
SETTLE_SECONDS = 60.0
LAST_LOOK_SECONDS = 2.0
JOURNAL = "journal"
DRIVER = "services.cli.chaos.driver"


class DriverDied(Exception):
    """The simulated caseworkers ended before their time."""


async def chaos(seed: int, seconds: float, tell: Tell, *, two_hosts: bool = False, keep: Path | None = None) -> Run:
    """Run it all and return what there is to report; nothing of it is left, but for logs and journal in *keep*."""
    async with open_ground(tell, two_hosts=two_hosts) as ground:
        folder = ground.folder
        try:
            run = await _run(ground, seed, plan(seed, seconds, possible(two_hosts=two_hosts)))
        finally:
            if keep is not None:
                await asyncio.to_thread(_keep, folder, keep)
        tell("clearing away")
    left = [Finding("violation", f"{name} is still there") for name in processes_of(folder)]
    return replace(run, findings=[*run.findings, *left, *shortfalls(run)])


async def _run(ground: Ground, seed: int, faults: Sequence[Fault]) -> Run:
    journal = JournalReader(ground.folder / JOURNAL)
    async with _caseworkers(ground, seed) as driver:
        began = time.time()
        happened, unmended = await _faults(ground, journal, faults, began, driver)
        seconds = time.time() - began
        ground.tell("letting people finish")
        driver.terminate()
        if await asyncio.wait_for(driver.wait(), ENDING_SECONDS + 30) != 0:
            raise DriverDied(last_lines(ground.stack.home.log_file("driver")))
    settling = time.time()
    findings = await _settled(ground, journal)
    commands = list(journal.follow().values())
    return Run(seed, seconds, time.time() - settling, happened, commands, [*unmended, *findings, *answers(commands)])


async def _faults(
    ground: Ground, journal: JournalReader, faults: Sequence[Fault], began: float, driver: Process
) -> tuple[list[Happened], list[Finding]]:
    """Let one fault happen after the other, each when its time has come and the one before is over."""
    happened: list[Happened] = []
    findings: list[Finding] = []
    for fault in faults:
        await asyncio.sleep(max(began + fault.at_seconds - time.time(), 0))
        if driver.returncode is not None:
            raise DriverDied(last_lines(ground.stack.home.log_file("driver")))
        one, wrong = await _one(ground, journal, fault)
        happened.append(one)
        findings += wrong
        ground.tell(f"{fault.number} of {len(faults)}: {fault}, recovered after {one.recovery_seconds:.1f} s")
    return happened, findings


async def _one(ground: Ground, journal: JournalReader, fault: Fault) -> tuple[Happened, list[Finding]]:
    began, findings = time.time(), []
    try:
        async with asyncio.timeout(FAULT_BOUND_SECONDS):
            ended = await happen(ground, fault)
    except (TimeoutError, StoryFailed, StartFailed, RedisError, OSError, psutil.Error) as error:
        ended = time.time()
        findings.append(Finding("violation", f"{fault}: {type(error).__name__} {error}".strip()))
    took = await recovered(ground, journal, began if fault.kind is Kind.KILL else ended,
                           bound_seconds=RECOVERY_BOUND_SECONDS)  # fmt: skip
    if took is None:
        findings.append(Finding("violation", f"{fault}: not recovered after {RECOVERY_BOUND_SECONDS:g} s"))
    return Happened(fault, began, ended, RECOVERY_BOUND_SECONDS if took is None else took), findings


def possible(*, two_hosts: bool) -> Sequence[Kind]:
    """Return the kinds of fault that can be done on this machine."""
    kinds = TWO_HOSTS if two_hosts else ONE_HOST
    return kinds if disk.POSSIBLE else [kind for kind in kinds if kind is not Kind.FULL_DISK]


def _keep(folder: Path, where: Path) -> None:
    shutil.copytree(folder / "home" / "logs", where, dirs_exist_ok=True)
    shutil.copy(folder / JOURNAL, where)


@asynccontextmanager
async def _caseworkers(ground: Ground, seed: int) -> AsyncIterator[Process]:
    """Have people work, in a process of their own, for as long as the block runs."""
    stack, job = ground.stack, ground.folder / "driver.job"
    write_job(job, {
        "addresses": [f"http://{stack.ports.address('registry')}", f"http://127.0.0.1:{ground.wires[API].port}",
                      f"http://{stack.ports.address('notify')}"],
        "accounts": str(accounts_file(stack.home)), "village": ground.stage.village, "unit": ground.stage.tksk.unit,
        "journal": str(ground.folder / JOURNAL), "seed": seed, "per_second": PER_SECOND,
        "ending_seconds": ENDING_SECONDS,
    })  # fmt: skip
    program = Program(name="driver", argv=[*module_argv(DRIVER), str(job)], env=part_env({}),
                      log_file=stack.home.log_file("driver"))  # fmt: skip
    process = await spawn(program)
    try:
        yield process
    finally:
        await end(process, replace(program, grace_seconds=0.0))


async def _settled(ground: Ground, journal: JournalReader) -> list[Finding]:
    """Judge until nothing is left to say or the time is over; return what was said last."""
    for person in ground.stage.people.values():
        await person.sign_in()
    ends = time.time() + SETTLE_SECONDS
    while True:
        ground.tell("looking whether everything is there")
        findings = await _judged(ground, journal)
        if not findings or time.time() > ends:
            return findings
        await asyncio.sleep(LAST_LOOK_SECONDS)


async def _judged(ground: Ground, journal: JournalReader) -> list[Finding]:
    try:
        return judge(await gather(ground, list(journal.follow().values())))
    except (NotDone, httpx.TransportError, RedisError, OSError) as error:
        return [Finding("violation", f"not to be judged: {type(error).__name__} {error}")]


def processes_of(folder: Path) -> list[str]:
    """Return the names of all processes that were started for *folder*."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = [*process.cmdline(), *process.environ().values()]
            if any(str(folder) in word for word in words):
                found.append(process.name())
    return found
