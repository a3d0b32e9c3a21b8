"""The floor of an action: its statements and commits alone, by the same driver and pool, without anything around them.

`python -m services.cli.bench.floors.sql JOB ANSWER`, two files of JSON.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import uvloop

from services.cli.bench.floors.statements import Chain
from services.cli.bench.loads.crew import share_out
from services.kit.database import Database


async def main(job: dict[str, Any]) -> dict[str, Any]:
    """Replay the recorded chain on *referrals* by *clients* tasks for at most *seconds*."""
    chain = Chain(Path(job["recording"]), (UUID(job["models"][0]), UUID(job["models"][1])))
    database = Database(job["database_url"], pool=job["pool"])
    took_ms: list[float] = []
    ends = time.perf_counter() + job["seconds"]

    async def case(referral: UUID) -> None:
        for transaction in chain.of(referral):
            began = time.perf_counter()
            if began > ends:
                return
            async with database.begin() as tx:
                for sql, parameters in transaction:
                    await tx.exec_driver_sql(sql, parameters)
            took_ms.append((time.perf_counter() - began) * 1000)

    try:
        seconds = await share_out(map(UUID, job["referrals"]), job["clients"], case)
    finally:
        await database.close()
    return {"seconds": seconds, "took_ms": took_ms, "statements": chain.statements}


if __name__ == "__main__":
    asked, told = map(Path, sys.argv[1:3])
    told.write_text(json.dumps(uvloop.run(main(json.loads(asked.read_text())))))
