"""The stream server: emptied, restarted, without what it kept, and not taking anything."""

import asyncio
import shutil
from typing import Any

from services.cli.chaos.ground import Ground
from services.cli.chaos.plan import Fault

APPEND_ONLY = "appendonlydir"


async def flushed(ground: Ground, fault: Fault) -> None:
    """FLUSHALL: every stream, group and dead letter is gone, and no connection notices."""
    await _command(ground, "FLUSHALL")


async def restarted_with_data(ground: Ground, fault: Fault) -> None:
    """A clean restart."""
    await ground.stack.hold_down("valkey")
    await ground.stack.bring_up("valkey")


async def restarted_without_data(ground: Ground, fault: Fault) -> None:
    """A restart on an empty disk."""
    await ground.stack.hold_down("valkey")
    folder = ground.stack.home.folder("valkey")
    await asyncio.to_thread(shutil.rmtree, folder / APPEND_ONLY, ignore_errors=True)
    (folder / "dump.rdb").unlink(missing_ok=True)
    await ground.stack.bring_up("valkey")


async def read_only(ground: Ground, fault: Fault) -> None:
    """It refuses to write: as a replica of nobody, or because it has too few replicas."""
    begin, end = _MODES[fault.target]
    await _command(ground, *begin)
    try:
        await asyncio.sleep(fault.seconds)
    finally:
        await _command(ground, *end)


_MODES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "replica": (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    "without_replicas": (
        ("CONFIG", "SET", "min-replicas-to-write", "1"),
        ("CONFIG", "SET", "min-replicas-to-write", "0"),
    ),
}


async def _command(ground: Ground, *words: str) -> Any:
    client = ground.valkey
    try:
        return await client.execute_command(*words)
    finally:
        await client.aclose()
