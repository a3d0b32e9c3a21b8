"""Two hosts on one machine: the parts in one network namespace, the servers in another, and a link that can be cut.

Both namespaces are ours alone: the first one is that of this process, the second one that of a process that only
sleeps. They, and the link, end with us.
"""

import asyncio
import ctypes
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from deploy.local.environment import module_argv, part_env, server_env
from deploy.local.ports import Ports
from services.cli.chaos.wire import Wire
from services.kit.process import Hook, Program, end, spawn

NEAR, FAR = "198.18.99.1", "198.18.99.2"  # RFC 2544: for benchmarks, routed nowhere
NEAR_LINK, FAR_LINK = "nyekrup-near", "nyekrup-far"
# What of each server is asked over the link: by its ready check as well.
ASKED: Mapping[str, tuple[str, ...]] = {
    "postgres": ("postgres",),
    "valkey": ("valkey",),
    "temporal": ("temporal", "temporal_http"),
}
FORWARDER = "services.cli.chaos.forward"
_CLONE_NEWNET = 0x40000000  # <linux/sched.h>


def why_not() -> str:
    """Return why this machine cannot be two hosts, empty where it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "network namespaces need Linux and root"
    missing = [tool for tool in ("ip", "nsenter", "unshare", "setpriv") if shutil.which(tool) is None]
    if missing:
        return f"there is no {missing[0]}"
    tried = subprocess.run(["unshare", "--net", "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "network namespaces are not allowed here"


@dataclass
class Link:
    """The far host, by the process that holds its namespace, and the way to it."""

    holder: int
    _wires: dict[int, Wire] = field(default_factory=dict)

    async def down(self) -> None:
        await _run("ip", "link", "set", NEAR_LINK, "down")

    async def up(self) -> None:
        await _run("ip", "link", "set", NEAR_LINK, "up")

    def over_there(self, program: Program, ports: Ports) -> Program:
        """Return *program*, a server, as one that runs on the far host, and is reached here by the same port."""

        async def before() -> None:
            for name in ASKED[program.name]:
                await self._reach(ports[name])
            if program.before is not None:
                await program.before()

        moved: Hook = before
        return replace(program, argv=[*self._enter(program), *program.argv], user=None, before=moved)

    def inside(self, argv: Sequence[str]) -> list[str]:
        """Return how to run *argv* on the far host."""
        return ["nsenter", "--target", str(self.holder), "--net", "--", *argv]

    def _enter(self, program: Program) -> list[str]:
        """Enter the namespace first, as root, and then become the program's own user."""
        if program.user is None:
            return self.inside([])
        account = pwd.getpwnam(program.user)
        become = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        return self.inside(["setpriv", *become, f"--pdeathsig={program.death_signal.name}", "--"])

    async def _reach(self, port: int) -> None:
        """Have *port* here lead to the same port over there."""
        if port not in self._wires:
            self._wires[port] = wire = Wire(port, host=FAR, listen=port)
            await wire.open()

    async def close(self) -> None:
        for wire in self._wires.values():
            await wire.close()


@asynccontextmanager
async def far_host(ports: Ports, folder: Path) -> AsyncIterator[Link]:
    """Make this process a host of its own, and another one for servers. Call it while this process has one thread."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "no network namespace")
    await _run("ip", "link", "set", "lo", "up")
    holding = Program(name="far", argv=["unshare", "--net", "sleep", "infinity"], env=server_env(),
                      log_file=folder / "far.log")  # fmt: skip
    holder = await spawn(holding)
    link = Link(holder.pid)
    try:
        await _until_apart(holder.pid)
        await _connect(link)
        numbers = [str(ports[name]) for names in ASKED.values() for name in names]
        forwarding = Program(name="forward", argv=link.inside([*module_argv(FORWARDER), FAR, *numbers]),
                             env=part_env({}), log_file=folder / "forward.log")  # fmt: skip
        forwarder = await spawn(forwarding)
        try:
            yield link
        finally:
            await link.close()
            await end(forwarder, forwarding)
    finally:
        await end(holder, holding)


async def _until_apart(pid: int) -> None:
    """Wait until the holder has left our namespace."""
    ours = os.readlink("/proc/self/ns/net")
    async with asyncio.timeout(10):
        while os.readlink(f"/proc/{pid}/ns/net") == ours:
            await asyncio.sleep(0.02)


async def _connect(link: Link) -> None:
    await _run("ip", "link", "add", NEAR_LINK, "type", "veth", "peer", "name", FAR_LINK, "netns", str(link.holder))
    await _run("ip", "address", "add", f"{NEAR}/30", "dev", NEAR_LINK)
    await link.up()
    await _run(*link.inside(["ip", "address", "add", f"{FAR}/30", "dev", FAR_LINK]))
    for device in ("lo", FAR_LINK):
        await _run(*link.inside(["ip", "link", "set", device, "up"]))


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    if process.returncode != 0:
        raise OSError(f"{' '.join(command)}: {said.decode(errors='replace').strip()}")
