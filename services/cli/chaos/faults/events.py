"""Events as a bad network or a bad producer would bring them: twice, in the wrong order, and broken.

This is the one place beside the relay that writes to a stream, and it exists to do what the relay never does.
"""

import json
import random
from typing import Any
from uuid import uuid4

from services.cli.chaos.ground import Ground
from services.cli.chaos.plan import Fault
from services.kit.event_format import DATA

SOME = 40


async def duplicated(ground: Ground, fault: Fault) -> None:
    """Put the newest entries onto the stream once more, in their order."""
    await _append(ground, fault.target, await _newest(ground, fault.target))


async def shuffled(ground: Ground, fault: Fault) -> None:
    """Put the newest entries onto the stream once more, in no order."""
    bodies = await _newest(ground, fault.target)
    random.Random(fault.dice).shuffle(bodies)
    await _append(ground, fault.target, bodies)


async def broken(ground: Ground, fault: Fault) -> None:
    """Plant what nobody can read; each of it has to end as a dead letter of each group, and stop nothing else."""
    bodies = _broken(random.Random(fault.dice), (await _newest(ground, fault.target))[:1])
    ground.planted.update(bodies)
    await _append(ground, fault.target, bodies)


def _broken(dice: random.Random, real: list[bytes]) -> list[bytes]:
    """Return bytes that are no event of ours: noise, half an event, an unknown type, a missing field."""
    noise = b"\xff\x00" + dice.randbytes(20)
    strange = {"specversion": "1.0", "id": str(uuid4()), "source": "chaos", "type": "referral.unheard_of.v1",
               "subject": str(uuid4()), "time": "2026-01-01T00:00:00Z", "subjectversion": 1,
               "correlationid": str(uuid4()), "data": {}}  # fmt: skip
    poor = {**strange, "id": str(uuid4()), "type": "referral.claimed.v1"}
    halves = [body[: len(body) // 2] for body in real]
    return [noise, *halves, json.dumps(strange).encode(), json.dumps(poor).encode()]


async def _newest(ground: Ground, stream: str) -> list[bytes]:
    """Return the bodies of the newest real entries, oldest first."""
    client = ground.valkey
    try:
        entries = await client.xrevrange(stream, count=SOME)
    finally:
        await client.aclose()
    bodies = [fields[DATA.encode()] for _, fields in reversed(entries)]
    return [body for body in bodies if body not in ground.planted]


async def _append(ground: Ground, stream: str, bodies: list[bytes]) -> None:
    client: Any = ground.valkey
    try:
        for body in bodies:
            await client.xadd(stream, {DATA: body}, nomkstream=True)
    finally:
        await client.aclose()
