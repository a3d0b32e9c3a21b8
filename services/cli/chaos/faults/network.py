"""The network between a part and its server, and between people and the record: cut, slow, and losing answers."""

import asyncio
import random
from collections.abc import Mapping

from services.cli.chaos.ground import Ground
from services.cli.chaos.plan import Fault

SLOWEST_SECONDS = 0.25
LOSE_EVERY_SECONDS = 0.4

# What the doomed request has in it: by then the server has acted on it, and only the answer is missing.
DOOMED: Mapping[str, tuple[bytes, ...]] = {
    "postgres": (b"COMMIT",),
    "valkey": (b"XADD", b"XREADGROUP", b"XACK"),
    "temporal": (b"",),
    "mail": (b"\r\n.\r\n",),
    "api": (b"POST ",),
}


async def cut(ground: Ground, fault: Fault) -> None:
    """Every connection breaks, and none is taken for a while."""
    wire = ground.wires[fault.target]
    await wire.cut()
    try:
        await asyncio.sleep(fault.seconds)
    finally:
        wire.mend()


async def delayed(ground: Ground, fault: Fault) -> None:
    """Each answer takes its time."""
    wire = ground.wires[fault.target]
    wire.delay_seconds = random.Random(fault.dice).uniform(0.05, SLOWEST_SECONDS)
    try:
        await asyncio.sleep(fault.seconds)
    finally:
        wire.mend()


async def replies_lost(ground: Ground, fault: Fault) -> None:
    """The server acts, the answer never arrives: again and again."""
    wire, dice = ground.wires[fault.target], random.Random(fault.dice)
    loop = asyncio.get_running_loop()
    ends = loop.time() + fault.seconds
    try:
        while loop.time() < ends:
            wire.lose_answer_to(dice.choice(DOOMED[fault.target]))
            await asyncio.sleep(LOSE_EVERY_SECONDS)
    finally:
        wire.mend()


async def link_cut(ground: Ground, fault: Fault) -> None:
    """The link between the two hosts goes down: nobody is told, nothing arrives."""
    assert ground.link is not None, "only two hosts have a link"
    await ground.link.down()
    try:
        await asyncio.sleep(fault.seconds)
    finally:
        await ground.link.up()
