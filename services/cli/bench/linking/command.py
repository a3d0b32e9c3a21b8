"""`nyekrup bench link`: made-up lists linked as a user would, and compared with a truth that the linker never sees."""

import asyncio
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer

from services.cli.bench.figures import Figure
from services.cli.bench.linking.score import Score, read_pairs, rule_based, score
from services.cli.bench.machine import cpu_model
from services.cli.linking_program import PROGRAM, CannotLink, steps_of
from services.cli.output import Json, Tell, console, fail, print_json, print_table, progress
from services.cli.synth.damage import FRIENDLY, UNFRIENDLY
from services.cli.synth.lists import DTSEN, PK, TRUTH, make_lists, write_lists

app = typer.Typer()

LOOK_SECONDS = 0.2
LIMITS = (
    "precision, recall, review_share: their floor is a script of forty lines: one NIK and one name or birth date, else"
    " one KK, name and birth date. It reviews nothing.",
    "The people are made up; how real lists are damaged nobody has counted.",
    "memory: the most that the program had at one time.",
)


@app.command(name="link")
def bench_link(
    families: Annotated[int, typer.Option(min=10, help="How many families there are in the made-up world.")] = 200_000,
    unfriendly: Annotated[
        bool, typer.Option("--unfriendly", help="Far more damage, and more people who moved.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same number makes the same lists.")] = 1,
    as_json: Json = False,
) -> None:
    """Make two lists, link them, and compare the links with the truth."""
    with tempfile.TemporaryDirectory(prefix="nyekrup-bench-") as folder, progress("bench", every_seconds=5) as tell:
        where = Path(folder)
        tell("making the lists")
        write_lists(make_lists(families, seed, UNFRIENDLY if unfriendly else FRIENDLY), where)
        try:
            seconds, memory_mb = asyncio.run(_link(where, tell))
        except CannotLink as error:
            fail(str(error), error.what_next)
        figures = _figures(where, families, seconds, memory_mb)
    report: dict[str, Any] = {
        "machine": _machine(), "families": families, "unfriendly": unfriendly, "seed": seed,
        "figures": [each.as_json() for each in figures], "limits": list(LIMITS),
    }  # fmt: skip
    if as_json:
        print_json(report)
        return
    columns = ("name", "value", "unit", "floor", "ratio")
    print_table("Figures", columns, [[each[name] for name in columns] for each in report["figures"]])
    for line in LIMITS:
        console.print(f"- {line}")


async def _link(where: Path, tell: Tell) -> tuple[float, float]:
    """Link the lists in *where*; return how many seconds it took and the most memory (MB)."""
    began, most = time.monotonic(), [0.0]
    watching = asyncio.create_task(_watch(most))
    try:
        async for told in steps_of(where / PK, where / DTSEN, where / "out.csv"):
            tell(f"linking: {told.get('step', 'done')}")
    finally:
        watching.cancel()
    return time.monotonic() - began, most[0]


async def _watch(most: list[float]) -> None:
    while True:
        for child in psutil.Process().children():
            try:
                if PROGRAM in child.cmdline():
                    most[0] = max(most[0], child.memory_info().rss / 1e6)
            except psutil.Error:
                continue
        await asyncio.sleep(LOOK_SECONDS)


def _figures(where: Path, families: int, seconds: float, memory_mb: float) -> list[Figure]:
    truth, out = read_pairs(where / TRUTH), where / "out.csv"
    ours = score(truth, read_pairs(out, "join"), read_pairs(out, "review"))
    floor = score(truth, rule_based(where / PK, where / DTSEN), set())
    return [
        *[_precise(name, ours, floor) for name in ("precision", "recall", "review_share")],
        Figure("families_per_second", families / seconds, "families/s"),
        Figure("link_memory", memory_mb, "MB"),
    ]


def _precise(name: str, ours: Score, floor: Score) -> Figure:
    return Figure(name, getattr(ours, name), "share", getattr(floor, name), digits=5)


def _machine() -> dict[str, Any]:
    return {
        "cpu": cpu_model(), "cores": psutil.cpu_count(), "python": platform.python_version(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
