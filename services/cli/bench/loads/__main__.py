"""One load in a process of its own: `python -m services.cli.bench.loads JOB ANSWER`, two files of JSON."""

import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import uvloop

from services.cli.bench.loads.actions import act, idle, take_on
from services.cli.bench.loads.crew import Crew
from services.cli.bench.loads.desk import at_desks
from services.cli.bench.loads.families import record_families
from services.cli.bench.loads.intake import take_in
from services.cli.bench.loads.lives import live
from services.cli.bench.loads.notes import pace

Load = Callable[[Crew, dict[str, Any]], Awaitable[dict[str, Any]]]
LOADS: dict[str, Load] = {
    "families": record_families,
    "intake": take_in,
    "act": act,
    "take_on": take_on,
    "lives": live,
    "notes": pace,
    "idle": idle,
    "desk": at_desks,
}


async def main(job: dict[str, Any]) -> dict[str, Any]:
    crew, process = Crew.of(job), psutil.Process()
    before, began = process.cpu_times(), time.perf_counter()
    try:
        answer = await LOADS[job["load"]](crew, job)
    finally:
        crew.close()
    after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    return {**answer, "errors": crew.errors, "cpu_share": spent / (time.perf_counter() - began)}


if __name__ == "__main__":
    asked, told = map(Path, sys.argv[1:3])
    told.write_text(json.dumps(uvloop.run(main(json.loads(asked.read_text())))))
