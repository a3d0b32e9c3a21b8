"""Ports on the loopback address: free at the first start, the same at the next one."""

import json
import os
import random
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import PortTaken
from deploy.local.secret_files import write_private

HOST = "127.0.0.1"
NAMES = (
    "postgres", "valkey", "temporal", "temporal_ui", "temporal_http", "temporal_metrics", "mail", "mail_ui",
    "registry", "referral", "notify", "workflows", "console",
)  # fmt: skip

# Below the ports that Linux (32768) and macOS (49152) hand out for outgoing connections: one of those could sit on the
# port of a server that is just restarting.
LOWEST, HIGHEST = 20_000, 32_000


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
    """Return the ports in *file*, choosing and remembering what is missing; environment variables win."""
    known = _read(file)
    numbers = {**known, **dict(_free_ports([name for name in NAMES if name not in known], set(known.values())))}
    if numbers != known:
        write_private(file, json.dumps(numbers, indent=1))
    return Ports({**numbers, **_wanted()})


def claim_ports(file: Path) -> Ports:
    """Return ports that are free now: wanted, else remembered, else chosen and remembered. Raises PortTaken."""
    wanted = _wanted()
    for name, port in wanted.items():
        if not is_free(port):
            raise PortTaken(variable(name), port)
    known = _read(file)
    free = {name: port for name, port in known.items() if name in wanted or is_free(port)}
    if free != known:
        write_private(file, json.dumps(free, indent=1))
    return remembered_ports(file)


def variable(name: str) -> str:
    """Return the environment variable that decides the port *name*."""
    return f"NYEKRUP_{name.upper()}_PORT"


def is_free(port: int) -> bool:
    """Say whether a server could listen on *port* now, with SO_REUSEADDR as servers do."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port that is free now, for a server that lives as long as its caller."""
    return dict(_free_ports(["any"], set()))["any"]


def _free_ports(names: list[str], taken: set[int]) -> Iterator[tuple[str, int]]:
    candidates = iter(random.sample(range(LOWEST, HIGHEST), HIGHEST - LOWEST))
    for name in names:
        yield name, next(port for port in candidates if port not in taken and is_free(port))


def _wanted() -> dict[str, int]:
    return {name: int(os.environ[variable(name)]) for name in NAMES if os.environ.get(variable(name))}


def _read(file: Path) -> dict[str, int]:
    return json.loads(file.read_text()) if file.exists() else {}
