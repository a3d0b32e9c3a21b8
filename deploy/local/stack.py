"""The whole product on one machine.

async with local_stack(Home.open(), demo=True) as stack:
    ...                                  # all is ready; stack.servers and stack.ports say where
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType

from deploy.local.bootstrap import bootstrap
from deploy.local.home import Home
from deploy.local.keys import make_keys
from deploy.local.parts import PARTS, Part, mailbox_program, part_program, part_settings
from deploy.local.ports import Ports
from deploy.local.servers import Servers
from services.kit.process import Program
from services.kit.stackfile import ProgramStatus, end_leftovers
from services.kit.supervisor import OnChange, Supervisor


class Stack:
    """Servers and parts of one home. *ports* are there once it is claimed, *servers* once it has started."""

    ports: Ports
    servers: Servers

    def __init__(
        self, home: Home, parts: Sequence[Part], demo: bool, env: Mapping[str, str], on_change: OnChange | None
    ) -> None:
        self.home = home
        self._parts = parts
        self._demo = demo
        self._env = env
        self._on_change = on_change
        self._held: ExitStack | None = None
        self._supervisor: Supervisor | None = None

    async def start(self) -> None:
        """Start everything and return when all is ready.

        Raises HomeInUse, another LocalError, or StartFailed naming the program; nothing is left running then.
        """
        await self.claim()
        try:
            await self._start()
        except BaseException:
            self._release()
            raise

    async def claim(self) -> None:
        """Take the home and its ports, which `start` does where nobody has; `stop` gives them back.

        For who must know the ports before anything runs. Raises HomeInUse or PortTaken.
        """
        if self._held is not None:
            return
        with ExitStack() as held:
            held.enter_context(self.home.hold())
            # before the ports: what is left over still has them
            await asyncio.to_thread(end_leftovers, self.home.state_file)
            self.ports = held.enter_context(self.home.hold_ports())
            self._held = held.pop_all()

    async def stop(self) -> None:
        """Stop everything in reverse order and give the home back. Safe to call twice."""
        try:
            if self._supervisor is not None:
                await self._supervisor.stop()
        finally:
            self._release()

    async def hold_down(self, name: str) -> None:
        """Stop one program and keep it down, as an outage would."""
        assert self._supervisor is not None, "the stack has not started"
        await self._supervisor.hold_down(name)

    async def bring_up(self, name: str) -> None:
        """Start a program that was held down and wait until it is ready."""
        assert self._supervisor is not None, "the stack has not started"
        await self._supervisor.bring_up(name)

    def status(self) -> list[ProgramStatus]:
        """Return the status of every program in the order of their start."""
        return self._supervisor.status() if self._supervisor else []

    def settings(self, part: Part) -> dict[str, str]:
        """Return the settings of *part*, the caller's own on top; also for scripts that do something in its place."""
        return {**part_settings(part, self.home, self.ports, self.servers, demo=self._demo), **self._env}

    async def __aenter__(self) -> "Stack":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    async def _start(self) -> None:
        secrets = self.home.secrets()
        self.servers = Servers.choose(self.ports, secrets)
        make_keys(self.home)
        if self.servers.external_admin_url is not None:
            await bootstrap(self.servers.external_admin_url, secrets.postgres)
        self._supervisor = Supervisor(self._stages(), state_file=self.home.state_file, on_change=self._on_change)
        await self._supervisor.start()

    def _stages(self) -> list[list[Program]]:
        first = self.servers.programs(self.home)
        if self._demo:
            first.append(mailbox_program(self.home, self.ports))
        return [first, [part_program(part, self.home, self.ports, self.settings(part)) for part in self._parts]]


def local_stack(
    home: Home,
    parts: Sequence[Part] = PARTS,
    *,
    demo: bool = False,
    env: Mapping[str, str] | None = None,
    on_change: OnChange | None = None,
) -> Stack:
    """Return the stack of *home*, not yet started: the servers, in a demo the mailbox, and then *parts*.

    *env* goes to every part on top of its settings, NYEKRUP_POLICY for example. *on_change* hears of every change.
    """
    return Stack(home, parts, demo, env or {}, on_change)
