"""On the far host: what comes over the link goes to the servers on the loopback. `... ADDRESS PORT PORT ...`."""

import asyncio
import sys
from collections.abc import Sequence

import uvloop

from services.cli.chaos.wire import Wire


async def forward(address: str, ports: Sequence[int]) -> None:
    """Take connections at *address* for each of *ports*, and pass them on to the same port of the loopback."""
    for port in ports:
        await Wire(port, listen=port, at=address).open()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(forward(sys.argv[1], list(map(int, sys.argv[2:]))))
