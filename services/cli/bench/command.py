"""`nyekrup bench`: speed, measured on this machine, beside what bare servers give."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import typer

from deploy.local.servers import ADMIN_URL, DATABASE_URL, REDIS_URL, TEMPORAL_ADDRESS
from deploy.local.temporal import find_temporal
from services.cli.bench.figures import BenchFailed, Figure
from services.cli.bench.ground import BY_DAY, NO_PASS, Ground, Tell, open_ground
from services.cli.bench.machine import describe_machine
from services.cli.bench.measures import BY_FIGURE, MEASURES, Measure
from services.cli.bench.sizes import FULL, QUICK, Size
from services.cli.output import Json, console, fail, print_json, print_table, progress
from services.cli.stack import run_stack
from services.kit.supervisor import ended_by_signals

app = typer.Typer(name="bench", invoke_without_command=True)

CLEARING_SECONDS = 20
EXTERNAL = (DATABASE_URL, ADMIN_URL, REDIS_URL, TEMPORAL_ADDRESS)


@app.callback()
def bench(
    context: typer.Context,
    only: Annotated[str | None, typer.Option(help=f"One figure: {', '.join(BY_FIGURE)}.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only to see that it works: no real figures.")] = False,
    as_json: Json = False,
) -> None:
    """Measure this machine with a stack of its own, in a folder that is thrown away. At most eight minutes."""
    if context.invoked_subcommand is not None:
        return
    if only is not None and only not in BY_FIGURE:
        fail(f"There is no figure {only}.", f"The figures are: {', '.join(BY_FIGURE)}.", code=2)
    run_bench(
        lambda tell: measure(_chosen(only), QUICK if quick else FULL, tell),
        lambda report: _print(report, only, as_json=as_json),
    )


def run_bench(measured: Callable[[Tell], Awaitable[dict[str, Any]]], tell_all: Callable[[dict[str, Any]], int]) -> None:
    """Run one bench on servers of its own and end with the code that *tell_all* returns for its report."""
    if given := [name for name in EXTERNAL if os.environ.get(name)]:
        fail(f"{given[0]} is set, and a bench fills its servers.", "Unset it: the bench starts servers of its own.")

    async def work() -> int:
        with ended_by_signals(), progress("bench") as tell:
            report = await measured(tell)
        return tell_all(report)

    try:
        run_stack(work)
    except BenchFailed as error:
        fail(f"The bench could not be finished: {error}", "Run it again when less else runs on this machine.")


async def measure(measures: Sequence[Measure], size: Size, tell: Tell) -> dict[str, Any]:
    """Run *measures* and return the report; what does not fit into the time is null and named among the limits."""
    ends = time.monotonic() + size.budget_seconds - CLEARING_SECONDS
    async with open_ground(tell, {**BY_DAY, **NO_PASS}) as ground:
        figures = [figure for each in measures for figure in await _in_time(each, ground, size, ends)]
        machine = await describe_machine(ground.stack.servers, find_temporal())
        tell("clearing away")
    return {
        "machine": machine,
        "figures": [each.as_json() for each in figures],
        "limits": [f"{figure}: {what}" for figure, what in ground.limits.items()],
    }


async def _in_time(each: Measure, ground: Ground, size: Size, ends: float) -> Sequence[Figure]:
    try:
        async with asyncio.timeout(ends - time.monotonic()):
            return await each.run(ground, size)
    except TimeoutError:
        ground.limits[", ".join(each.figures)] = f"the time of {size.budget_seconds:.0f} s was over."
        return [Figure(name, None, "") for name in each.figures]


def _chosen(only: str | None) -> Sequence[Measure]:
    return MEASURES if only is None else (BY_FIGURE[only],)


def _print(report: dict[str, Any], only: str | None, *, as_json: bool) -> int:
    if only is not None:
        report["figures"] = [each for each in report["figures"] if each["name"] == only]
    if as_json:
        print_json(report)
    else:
        print_report(report)
    return 0


def print_report(report: dict[str, Any]) -> None:
    """Print machine, figures and limits as tables."""
    print_table("Machine", ("", ""), list(report["machine"].items()))
    columns = ("name", "value", "unit", "floor", "ratio")
    print_table("Figures", columns, [[each[name] for name in columns] for each in report["figures"]])
    for figure in report["figures"]:
        if "by_process" in figure:
            print_table(f"{figure['name']}, {figure['unit']}", ("of", ""), list(figure["by_process"].items()))
    for line in report["limits"]:
        console.print(f"- {line}")
