"""`python -m services.cli.chaos.driver JOB`: works until SIGTERM, then brings what it began to its end."""

import asyncio
import json
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from services.cli.chaos.driver.desk import Desk
from services.cli.chaos.driver.work import Office, Pace
from services.cli.chaos.journal import Journal
from services.cli.stories.people import Addresses, Person
from services.contracts.codes import Role

WORKERS = 16


def _office(job: dict[str, Any], accounts: list[dict[str, Any]], journal: Journal) -> Office:
    addresses, dice = Addresses(*job["addresses"]), random.Random(job["seed"])
    people = {each["staff_no"]: Person(addresses, each["staff_no"], each["password"]) for each in accounts}
    able = [each for each in accounts if each["role"] in {Role.OFFICER, Role.COORDINATOR}]
    workers: dict[str, list[str]] = {}
    for each in sorted(able, key=lambda account: account["role"] != Role.OFFICER):
        workers.setdefault(each["unit"], []).append(each["staff_no"])
    own = {unit: staff[:2] for unit, staff in workers.items()}  # the third one of a kecamatan sees only her village
    desk = Desk(people, journal, dice)
    return Office(desk, addresses, job["village"], own[job["unit"]], own, Pace(job["per_second"]), dice)


async def main(job: dict[str, Any], accounts: list[dict[str, Any]]) -> None:
    journal = Journal(Path(job["journal"]))
    office = _office(job, accounts, journal)

    def stop() -> None:
        office.desk.ends = time.monotonic() + job["ending_seconds"]
        office.stopping.set()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    async with asyncio.TaskGroup() as group:
        for _ in range(WORKERS):
            group.create_task(office.work())
    journal.close()


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text())
    uvloop.run(main(told, json.loads(Path(told["accounts"]).read_text())))
