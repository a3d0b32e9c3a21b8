"""Where a bench runs: a stack of its own in a folder that is thrown away, and two people signed in."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.local.environment import module_argv, part_env
from deploy.local.home import Home
from deploy.local.parts import PARTS, Part, part_program
from deploy.local.stack import Stack, local_stack
from services.cli.bench.figures import BenchFailed
from services.cli.bench.floors.recorded import RECORDING
from services.cli.bench.lags import Backlog, backlog
from services.cli.bench.loads.crew import SERVICES
from services.cli.bench.watch import watched
from services.cli.demo import open_stage
from services.cli.stories.stage import Stage
from services.kit.process import Program, last_lines, run_once
from services.kit.stackfile import ProgramStatus
from services.kit.supervisor import Supervisor

LOADS = "services.cli.bench.loads"
RECORDED = "services.cli.bench.floors.recorded"
SENDER, UNIT = "tksk", "pkb"
RECORD = next(part for part in PARTS if part.name == "referral")
OFFERED_POLL_SECONDS = 0.1  # the question takes the database's time from what is measured
# Mails leave whatever the hour: at night they wait, and the figures would be better.
BY_DAY = {"NYEKRUP_QUIET_FROM": "00:00", "NYEKRUP_QUIET_UNTIL": "00:00"}
# A pass over the books falls into one measure or another by the time of day; `bench scale` asks for its own.
NO_PASS = {"NYEKRUP_BOOKS_INTERVAL_SECONDS": "31536000"}

Tell = Callable[[str], None]


@dataclass
class Ground:
    """The stack and what was made on it so far.

    *needs* are families with a service that nobody asked for yet; *limits* says by figure what limited it.
    """

    stack: Stack
    stage: Stage
    backlog: Backlog
    folder: Path
    tell: Tell
    limits: dict[str, str] = field(default_factory=dict)
    needs: list[tuple[str, str]] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    copied: int = 0
    _alone: Supervisor | None = None
    _names: "count[int]" = field(default_factory=count)

    async def load(self, kind: str, *, limits: str = "", **facts: Any) -> dict[str, Any]:
        """Run one load in a process of its own and return its answer; *limits* names it among the limits."""
        with watched(self.programs()) as usage:
            answer = await self.process(LOADS, {"load": kind, **self._whereabouts(), **facts})
        if answer["errors"]:
            failed = f"{len(answer['errors'])} went wrong, the first: {answer['errors'][0]}."
            self.limits[f"{kind}, errors"] = failed
        if limits:
            usage.clients = answer["cpu_share"]
            self.limits[limits] = usage.sentence()
        return answer

    def programs(self) -> list[ProgramStatus]:
        """Return what runs now, the record by itself included."""
        return [*self.stack.status(), *(self._alone.status() if self._alone else [])]

    async def process(self, module: str, job: dict[str, Any]) -> dict[str, Any]:
        """Run *module* with a file for the job and one for the answer. Raises BenchFailed with the end of its log."""
        base = self.folder / f"{next(self._names)}-{module.rpartition('.')[2]}"
        asked, told = base.with_suffix(".job"), base.with_suffix(".answer")
        asked.touch(0o600)
        asked.write_text(json.dumps(job))
        program = self._program(module, [str(asked), str(told)])
        if await run_once(program) != 0:
            raise BenchFailed(f"{module} failed:\n{last_lines(program.log_file)}")
        answer: dict[str, Any] = json.loads(told.read_text())
        return answer

    def _program(self, module: str, arguments: list[str]) -> Program:
        log_file = self.stack.home.log_file("bench")
        return Program(name="bench", argv=[*module_argv(module), *arguments], env=part_env({}), log_file=log_file)

    def _whereabouts(self) -> dict[str, Any]:
        ports, servers = self.stack.ports, self.stack.servers
        tokens = {"sender": self._token(SENDER), "unit": self._token(UNIT)}
        return {
            "registry": ports.address("registry"),
            "referral": ports.address("referral"),
            "tokens": tokens,
            "village": self.stage.village,
            "database_url": servers.database_url("postgres"),
        }

    def _token(self, nickname: str) -> str:
        return self.stage.people[nickname].http.headers["authorization"].removeprefix("Bearer ")

    async def prepare_needs(self, number: int) -> None:
        """See that there are at least *number* unused needs, their families known to the record."""
        missing = max(number - len(self.needs), 0)
        if not missing:
            return
        self.tell(f"recording families for {missing} referrals")
        families = (await self.load("families", count=-(-missing // len(SERVICES)), clients=8))["families"]
        self.needs += [(family, service.value) for family in families for service in SERVICES]
        await self.catch_up(60)

    def take_needs(self, number: int) -> list[tuple[str, str]]:
        taken, self.needs = self.needs[:number], self.needs[number:]
        return taken

    async def refer(self, number: int, *, clients: int = 20) -> None:
        """Make *number* referrals, offered to the receiving unit, in no measured way."""
        await self.prepare_needs(number)
        answer = await self.load("intake", needs=self.take_needs(number), clients=clients)
        await self.until_offered(answer["referrals"])
        self.offered += answer["referrals"]

    async def some_offered(self, number: int) -> list[str]:
        """Return *number* offered referrals that nobody else will touch, and make what is missing."""
        missing = number - len(self.offered)
        if missing > 0:
            self.tell(f"referring {missing} families")
            await self.refer(missing)
        taken, self.offered = self.offered[:number], self.offered[number:]
        return taken

    async def until_offered(self, referrals: list[str]) -> None:
        while await self.backlog.armed(list(map(UUID, referrals))) < len(referrals):
            await asyncio.sleep(OFFERED_POLL_SECONDS)

    async def catch_up(self, seconds: float) -> None:
        """Wait until nothing is behind. Raises BenchFailed after *seconds*."""
        if await self.backlog.gone_within(seconds) is None:
            raise BenchFailed(f"after {seconds:g} s still behind: {await self.backlog.count()}")

    @asynccontextmanager
    async def record_alone(self, *, recording: Path | None = None) -> AsyncIterator[None]:
        """Run only the record's API in place of the whole record; with *recording*, its statements are written there.

        The stack's own record must be held down meanwhile.
        """
        stack = self.stack
        env = {RECORDING: str(recording)} if recording else {}
        program = part_program(RECORD, stack.home, stack.ports, {**stack.settings(RECORD), **env})
        argv = [*(module_argv(RECORDED) if recording else module_argv(RECORD.module)[:-1])]
        argv = [*argv, RECORD.module, "--only", "api"]
        alone = replace(program, argv=argv, log_file=stack.home.log_file("referral-alone"))
        self._alone = Supervisor([[alone]], state_file=self.folder / "alone.json")
        await self._alone.start()
        try:
            yield
        finally:
            await self._alone.stop()
            self._alone = None


@asynccontextmanager
async def open_ground(
    tell: Tell, env: Mapping[str, str] = BY_DAY, *, parts: Sequence[Part] = PARTS
) -> AsyncIterator[Ground]:
    """Start a stack in a throw-away home and sign people in; nothing is left of it afterwards. *env*: of its parts."""
    with tempfile.TemporaryDirectory(prefix="nyekrup-bench-") as folder:
        home = Home.open(Path(folder) / "home")
        tell("starting the stack")
        try:
            async with local_stack(home, parts, demo=True, env=env) as stack, backlog(stack.servers) as behind:
                stage = await open_stage(stack)
                try:
                    yield Ground(stack, stage, behind, Path(folder), tell)
                finally:
                    await asyncio.gather(*(person.close() for person in stage.people.values()))
        finally:
            home.purge()
