"""Where a chaos run takes place: a stack of its own behind wires, in a folder that is thrown away."""

import json
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from deploy.local.home import Home
from deploy.local.parts import PARTS, Part, part_program
from deploy.local.ports import HOST, Ports
from deploy.local.probe import answers_ready
from deploy.local.stack import Stack
from services.cli.chaos.disks import small_disks
from services.cli.chaos.hosts import ASKED, Link, far_host
from services.cli.chaos.wire import Wire
from services.cli.demo import DEMO_POLICIES, open_stage
from services.cli.stories.stage import Stage
from services.kit.process import Program
from services.kit.stackfile import process_created
from services.kit.streams import stream_client
from services.kit.supervisor import Supervisor

Tell = Callable[[str], None]

SERVERS = ("postgres", "valkey", "temporal")
API = "api"
SMTP_PORT = "NYEKRUP_SMTP_PORT"
SETTINGS = {
    **DEMO_POLICIES,
    # Nothing waits for the morning: what people are told has to be there when the run is over.
    "NYEKRUP_QUIET_FROM": "00:00",
    "NYEKRUP_QUIET_UNTIL": "00:00",
    "NYEKRUP_SENDER_PAUSE_SECONDS": "0",
    "NYEKRUP_SENDER_AWAY_CAP_SECONDS": "5",
    "NYEKRUP_RETRY_CAP_SECONDS": "2",
}


class WiredStack(Stack):
    """A stack whose parts reach each server through a wire, and whose servers may stand on another host."""

    wires: Mapping[str, Wire]
    link: Link | None

    def settings(self, part: Part) -> dict[str, str]:
        ports = {f"{HOST}:{self.ports[name]}": f"{HOST}:{self.wires[name].port}" for name in SERVERS}
        wired = {name: _through(value, ports) for name, value in super().settings(part).items()}
        return {**wired, SMTP_PORT: str(self.wires["mail"].port)} if SMTP_PORT in wired else wired

    def _stages(self) -> list[list[Program]]:
        first, *rest = super()._stages()
        link = self.link
        return [[link.over_there(each, self.ports) if link and each.name in ASKED else each for each in first], *rest]


def _through(value: str, ports: Mapping[str, str]) -> str:
    for direct, wired in ports.items():
        if direct in value:
            return value.replace(direct, wired)
    return value


@dataclass
class Ground:
    """The stack, the wires to its servers (and to the record's API, for the people), and what was frozen or planted."""

    stack: Stack
    wires: Mapping[str, Wire]
    stage: Stage
    folder: Path
    tell: Tell
    disks: Mapping[str, Path]
    """The small disks that this machine let us make, by server."""
    link: Link | None = None
    planted: set[bytes] = field(default_factory=set)
    _frozen: dict[int, float | None] = field(default_factory=dict)
    _names: "count[int]" = field(default_factory=count)

    @property
    def valkey(self) -> Any:
        """A new client of the administrator's, past the wire; whoever takes it closes it."""
        return stream_client(self.stack.servers.redis_url("admin"))

    def pid(self, name: str) -> int | None:
        """Return the process of the server or part *name*, None while there is none."""
        return next(each.pid for each in self.stack.status() if each.name == name)

    async def until_ready(self, name: str) -> None:
        """Wait until *name* is ready."""

        async def back() -> bool:
            status = next(each for each in self.stack.status() if each.name == name)
            return status.state == "ready"

        await self.stage.until(back, f"{name} is back", timeout_seconds=60)

    def freeze(self, pid: int) -> None:
        """Stop *pid* and its children where they stand; `thaw` lets them go on."""
        for process in _family(pid):
            self._frozen[process.pid] = process_created(process.pid)
            process.suspend()

    def thaw(self) -> None:
        for pid, created in self._frozen.items():
            if created is not None and process_created(pid) == created:
                psutil.Process(pid).resume()
        self._frozen.clear()

    @asynccontextmanager
    async def beside(self, part: Part, *, env: Mapping[str, str], argv: list[str] | None = None) -> AsyncIterator[None]:
        """Run another process of *part*, with *env* on top of its settings, for as long as the block runs."""
        stack = self.stack
        name = f"{part.name}-{next(self._names)}"
        program = part_program(part, stack.home, stack.ports, {**stack.settings(part), **env})
        chosen = replace(program, argv=argv or program.argv, log_file=stack.home.log_file(name))
        if port := env.get("NYEKRUP_HTTP_PORT"):
            chosen = _ready_on(chosen, int(port))
        supervisor = Supervisor([[chosen]], state_file=self.folder / f"{name}.json")
        await supervisor.start()
        try:
            yield
        finally:
            await supervisor.stop()

    @asynccontextmanager
    async def instead(self, part: Part, env: Mapping[str, str]) -> AsyncIterator[None]:
        """Run *part* with *env* on top of its settings in place of the ordinary one."""
        await self.stack.hold_down(part.name)
        try:
            async with self.beside(part, env=env):
                yield
        finally:
            await self.stack.bring_up(part.name)


def part_named(name: str) -> Part:
    return next(part for part in PARTS if part.name == name)


def _ready_on(program: Program, port: int) -> Program:
    async def ready() -> bool:
        return await answers_ready(port)

    return replace(program, ready=ready, address=f"http://{HOST}:{port}")


def _family(pid: int) -> list[psutil.Process]:
    try:
        leader = psutil.Process(pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@asynccontextmanager
async def open_ground(tell: Tell, *, two_hosts: bool = False) -> AsyncIterator[Ground]:
    """Start a wired stack in a throw-away home and sign people in; nothing is left of it afterwards."""
    async with AsyncExitStack() as cleaning:
        folder = Path(cleaning.enter_context(tempfile.TemporaryDirectory(prefix="nyekrup-chaos-")))
        home = Home.open(folder / "home")
        cleaning.callback(home.purge)
        disks = cleaning.enter_context(small_disks(home))
        tell("starting the stack")
        stack = WiredStack(home, PARTS, demo=True, env=SETTINGS, on_change=None)
        await stack.claim()  # the wires and the other host have to know its ports before anything runs
        cleaning.push_async_callback(stack.stop)
        stack.link = link = await cleaning.enter_async_context(far_host(stack.ports, folder)) if two_hosts else None
        stack.wires = wires = await _wires(stack.ports, cleaning)
        await cleaning.enter_async_context(stack)
        stage = await open_stage(stack)
        for person in stage.people.values():
            cleaning.push_async_callback(person.close)
        ground = Ground(stack, wires, stage, folder, tell, disks, link)
        cleaning.callback(ground.thaw)
        yield ground


async def _wires(ports: Ports, cleaning: AsyncExitStack) -> dict[str, Wire]:
    wires = {name: Wire(ports["referral" if name == API else name]) for name in (*SERVERS, "mail", API)}
    for wire in wires.values():
        await wire.open()
        cleaning.push_async_callback(wire.close)
    return wires


def accounts_file(home: Home) -> Path:
    """Return where the demo's people stand, with their passwords."""
    return home.path / "demo-accounts.json"


def write_job(path: Path, job: Mapping[str, Any]) -> None:
    """Write what a process of ours is to do, for nobody else to read."""
    path.touch(0o600)
    path.write_text(json.dumps(job))
