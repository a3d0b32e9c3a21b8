"""One file through the whole way that a person goes, and beside it the least that any way must do with it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import httpx
import psutil
import psycopg

from services.cli.bench.figures import BenchFailed, Figure
from services.cli.bench.ground import Ground
from services.cli.chaos.ground import accounts_file

LEADER = "B-35-01"
LIST = "pk"
LOOK_SECONDS = 0.2
BLOCK = 1 << 20
BOUND_SECONDS = 1_200
TABLE, FLOOR = "listed_person", "bench_floor"


@dataclass
class Took:
    """Seconds of each step, and the most memory (MB) that the importer and its helpers had at one time."""

    check_seconds: float = 0.0
    apply_seconds: float = 0.0
    memory_mb: float = 0.0


async def bring_in(ground: Ground, file: Path) -> Took:
    """Send *file*, have it checked and applied over HTTP. Raises BenchFailed where it does not come in whole."""
    took = Took()
    watching = asyncio.create_task(_watch(took))
    try:
        async with httpx.AsyncClient(base_url=f"http://{ground.stack.ports.address('registry')}", timeout=600) as api:
            token = await _sign_in(ground, api)
            ground.tell("sending the file")
            sent = await api.post(f"/imports/{LIST}", content=_blocks(file), headers=token)
            began = time.monotonic()
            batch = await _at_rest(ground, api, sent.json()["id"], token, "checked")
            took.check_seconds = time.monotonic() - began
            began = time.monotonic()
            await api.post(f"/imports/{batch['id']}/apply", headers=token)
            await _at_rest(ground, api, batch["id"], token, "applied")
            took.apply_seconds = time.monotonic() - began
    finally:
        watching.cancel()
    return took


async def floor_seconds(ground: Ground, file: Path, finished: Path) -> float:
    """Return how long DuckDB needs to read *file*, and PostgreSQL to COPY the finished rows into the same table."""
    url = ground.stack.servers.database_url("registry")
    ground.tell("the floor: reading and copying alone")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await _unload(connection, finished)
        await connection.execute(f"CREATE TABLE {FLOOR} (LIKE {TABLE} INCLUDING ALL)")
        began = time.monotonic()
        await asyncio.to_thread(_read, file)
        async with connection.cursor() as cursor, cursor.copy(f"COPY {FLOOR} FROM STDIN (FORMAT binary)") as copy:
            with finished.open("rb") as source:
                while block := source.read(BLOCK):
                    await copy.write(block)
        took = time.monotonic() - began
        await connection.execute(f"DROP TABLE {FLOOR}")
    return took


def figures(rows: int, took: Took, floor: float) -> list[Figure]:
    """Return `import_rate` and `import_memory`, with the two steps of the first."""
    whole = took.check_seconds + took.apply_seconds
    return [
        Figure("import_rate", rows / took.apply_seconds, "rows/s", rows / floor),
        Figure("import_memory", took.memory_mb, "MB"),
        Figure("import_check_rate", rows / took.check_seconds, "rows/s"),
        Figure("import_whole_rate", rows / whole, "rows/s", rows / floor),
    ]


async def _sign_in(ground: Ground, api: httpx.AsyncClient) -> dict[str, str]:
    accounts = json.loads(accounts_file(ground.stack.home).read_text())
    leader = next(account for account in accounts if account["staff_no"] == LEADER)
    answer = await api.post("/sign-in", json={"staff_no": LEADER, "password": leader["password"]})
    return {"authorization": f"Bearer {answer.json()['token']}"}


async def _at_rest(
    ground: Ground, api: httpx.AsyncClient, batch: str, token: dict[str, str], wanted: str
) -> dict[str, Any]:
    async with asyncio.timeout(BOUND_SECONDS):
        while True:
            answer = await api.get(f"/imports/{batch}", headers=token)
            found: dict[str, Any] = answer.json()
            if answer.status_code == 401:
                token.update(await _sign_in(ground, api))
            elif found["state"] == wanted:
                return found
            elif found["state"] in {"stopped", "refused"}:
                raise BenchFailed(f"the import was {found['state']}")
            else:
                ground.tell(f"{found['state']}: {found['done']} of {found['rows']} rows")
            await asyncio.sleep(LOOK_SECONDS)


async def _watch(took: Took) -> None:
    """Keep the most memory that the importer's processes have together."""
    while True:
        used = sum(map(_memory, _importer()))
        took.memory_mb = max(took.memory_mb, used / 1e6)
        await asyncio.sleep(LOOK_SECONDS)


def _importer() -> list[psutil.Process]:
    for process in psutil.process_iter(["cmdline"]):
        if "services.registry.importing" in (process.info["cmdline"] or ()):
            try:
                return [process, *process.children(recursive=True)]
            except psutil.Error:
                return []
    return []


def _memory(process: psutil.Process) -> float:
    """Return the process's own memory in bytes: what it shares with its siblings is counted once, by its part."""
    try:
        return float(process.memory_full_info().pss if psutil.LINUX else process.memory_info().rss)
    except psutil.Error:
        return 0.0


async def _blocks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as source:
        while block := source.read(BLOCK):
            yield block


async def _unload(connection: psycopg.AsyncConnection[Any], to: Path) -> None:
    """Write the finished rows to *to* as COPY reads them, before any clock runs."""
    async with connection.cursor() as cursor, cursor.copy(f"COPY {TABLE} TO STDOUT (FORMAT binary)") as copy:
        with to.open("wb") as file:
            async for block in copy:
                file.write(block)


def _read(file: Path) -> None:
    with duckdb.connect() as duck:
        duck.execute("CREATE TABLE file AS SELECT * FROM read_csv($path, all_varchar = true)", {"path": str(file)})
