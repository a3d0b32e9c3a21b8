"""Ports on the loopback address: a block for each stack, free at the first start, the same at the next one."""

import json
import os
import random
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import PortTaken
from deploy.local.secret_files import write_private

HOST = "127.0.0.1"
# In the order of a block's ports: a new name goes to the end, so that the others keep theirs.
NAMES = (
    "postgres", "valkey", "temporal", "temporal_ui", "temporal_http", "temporal_metrics", "mail", "mail_ui",
    "registry", "referral", "notify", "workflows", "console",
)  # fmt: skip

# Below the ports that Linux (32768) and macOS (49152) hand out for outgoing connections: one of those could sit on the
# port of a server that is just restarting.
LOWEST, HIGHEST = 20_000, 30_000
BLOCK = 16
SINGLE = range(HIGHEST, 32_000)


@dataclass(frozen=True, slots=True)
class Ports:
    """A port number for each of NAMES."""

    numbers: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]

    def address(self, name: str) -> str:
        """Return ``127.0.0.1:port``."""
        return f"{HOST}:{self.numbers[name]}"


def remembered_ports(file: Path) -> Ports:
    """Return the ports that *file* remembers, else newly chosen ones; environment variables win. Holds nothing."""
    first = _read(file)
    if first is None:
        first = random.choice(_blocks())
        _write(file, first)
    return _ports(first)


@contextmanager
def held_ports(file: Path) -> Iterator[Ports]:
    """Yield ports that are free and stay this stack's own for as long as the block runs: the remembered ones if it can.

    A server that is down for a moment leaves its port open, so two stacks that start side by side could choose the
    same one. The first port of a block is never served: whoever has it bound has the block, and the end of a process
    gives it back. Raises PortTaken if an environment variable asks for a port that somebody else has.
    """
    wanted = _wanted()
    for name, port in wanted.items():
        if not is_free(port):
            raise PortTaken(variable(name), port)
    remembered = _read(file)
    others = random.sample(_blocks(), len(_blocks()))
    for first in others if remembered is None else [remembered, *others]:
        with closing(socket.socket()) as guard:
            if not _is_bound(guard, first) or not all(map(is_free, _ports(first).numbers.values())):
                continue
            if first != remembered:
                _write(file, first)
            yield _ports(first)
            return
    raise OSError(f"no {BLOCK} free ports in a row between {LOWEST} and {HIGHEST}")


def variable(name: str) -> str:
    """Return the environment variable that decides the port *name*."""
    return f"NYEKRUP_{name.upper()}_PORT"


def is_free(port: int) -> bool:
    """Say whether a server could listen on *port* now, with SO_REUSEADDR as servers do."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _is_bound(probe, port)


def free_port() -> int:
    """Return a port that is free now and in no stack's block, for a server that lives as long as its caller."""
    return next(port for port in random.sample(SINGLE, len(SINGLE)) if is_free(port))


def _is_bound(to: socket.socket, port: int) -> bool:
    try:
        to.bind((HOST, port))
    except OSError:
        return False
    return True


def _blocks() -> range:
    return range(LOWEST, HIGHEST, BLOCK)


def _ports(first: int) -> Ports:
    return Ports({**{name: first + offset for offset, name in enumerate(NAMES, start=1)}, **_wanted()})


def _wanted() -> dict[str, int]:
    return {name: int(os.environ[variable(name)]) for name in NAMES if os.environ.get(variable(name))}


def _read(file: Path) -> int | None:
    """Return the first port of the remembered block. A file of a version that knew no blocks remembers none."""
    first: int | None = json.loads(file.read_text()).get("block") if file.exists() else None
    return first


def _write(file: Path, first: int) -> None:
    write_private(file, json.dumps({"block": first}))
