"""The simulated people in a process of their own: `python -m services.cli.bench.people JOB ANSWER`."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import gevent
import psutil
from locust import User, between
from locust.env import Environment

from services.cli.bench.people.desk import DAY, Caseworker, look_round
from services.cli.bench.people.office import Office
from services.cli.bench.people.reader import DAY as PAGES_DAY
from services.cli.bench.people.reader import PageReader
from services.cli.bench.people.tally import Tally

BESIDE = 2
"""How many ask the APIs while the others read pages: what a page is made of, in the same run."""


def main(job: dict[str, Any]) -> dict[str, Any]:
    """Let everybody sign in and settle down, then count for *seconds*."""
    tally = Tally()
    environment = Environment(user_classes=_who(job, tally))
    environment.events.request.add_listener(tally.asked)
    environment.events.user_error.add_listener(tally.broke)
    runner = environment.create_local_runner()
    runner.start(job["users"], spawn_rate=job["arrive_per_second"])
    _until_signed_in(job, tally)
    gevent.sleep(job["settle_seconds"])
    counted = _count(job["seconds"], tally)
    tally.ended = True
    runner.quit()
    return {"took_ms": tally.took_ms, "errors": tally.errors, "refusals": tally.refusals, **counted}


def _who(job: dict[str, Any], tally: Tally) -> list[type[User]]:
    """Return who comes to work: caseworkers at the APIs; or readers of the pages, and a few at the APIs beside them."""
    office, pause = Office(job, tally), between(*job["think_seconds"])
    Caseworker.office, Caseworker.host = office, f"http://{job['referral']}"
    Caseworker.wait_time, Caseworker.tasks = pause, DAY
    if job["way"] == "api":
        return [Caseworker]
    PageReader.office, PageReader.host = office, f"http://{job['console']}"
    PageReader.wait_time, PageReader.tasks = pause, PAGES_DAY
    Caseworker.fixed_count, Caseworker.tasks = BESIDE, {look_round: 1}
    return [PageReader, Caseworker]


def _until_signed_in(job: dict[str, Any], tally: Tally) -> None:
    ends = time.monotonic() + job["patience_seconds"]
    while len(tally.took_ms["sign_in"]) < job["users"] and not tally.errors and time.monotonic() < ends:
        gevent.sleep(0.1)


def _count(seconds: float, tally: Tally) -> dict[str, float]:
    """Return how long it counted and which share of one core this process took meanwhile."""
    process, began = psutil.Process(), time.perf_counter()
    before = process.cpu_times()
    tally.counting = True
    gevent.sleep(seconds)
    tally.counting = False
    took, after = time.perf_counter() - began, process.cpu_times()
    return {"seconds": took, "cpu_share": (after.user + after.system - before.user - before.system) / took}


if __name__ == "__main__":
    asked, told = map(Path, sys.argv[1:3])
    told.write_text(json.dumps(main(json.loads(asked.read_text()))))
