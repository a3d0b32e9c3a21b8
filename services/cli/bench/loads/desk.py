"""People at their desks at an even pace: one writes a note, another looks at the queue; how long each answer took."""

import json
import time
from collections import deque
from typing import Any

from services.cli.bench.loads.crew import Crew, at_rate
from services.cli.bench.wire import NotAnswered


async def at_desks(crew: Crew, job: dict[str, Any]) -> dict[str, Any]:
    """For *seconds*, write *rate* notes a second on *cases* (id, version) and look at the queue as often.

    Returns the milliseconds of both and the cases with their versions. What was not answered is among the errors.
    """
    versions, resting = dict(job["cases"]), deque(dict(job["cases"]))
    acted_ms: list[float] = []
    read_ms: list[float] = []

    async def once(turn: int) -> None:
        began = time.perf_counter()
        try:
            if turn % 2:
                await crew.unit.get("/queues/unit")
                read_ms.append((time.perf_counter() - began) * 1000)
                return
            case = resting.popleft()
            body = {"expected_version": versions[case], "text": "Keluarga dikunjungi."}
            versions[case] = json.loads(await crew.unit.post(f"/referrals/{case}/note", body))["acted_version"]
            acted_ms.append((time.perf_counter() - began) * 1000)
            resting.append(case)
        except (NotAnswered, IndexError) as error:
            crew.errors.append(str(error) or "no case was at rest")

    turns = range(int(job["rate"] * 2 * job["seconds"]))
    seconds = await at_rate(turns, job["rate"] * 2, job["seconds"], once)
    return {"seconds": seconds, "acted_ms": acted_ms, "read_ms": read_ms, "cases": list(versions.items())}
