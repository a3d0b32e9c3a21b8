"""`nyekrup chaos`: break everything while people work, and see whether anything is lost."""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.local.servers import ADMIN_URL, DATABASE_URL, REDIS_URL, TEMPORAL_ADDRESS
from services.cli.chaos.ground import Tell
from services.cli.chaos.hosts import why_not
from services.cli.chaos.report import COLUMNS, as_json
from services.cli.chaos.run import DriverDied, chaos
from services.cli.output import Json, console, errors, fail, print_json, print_table
from services.cli.stack import run_stack
from services.kit.supervisor import ended_by_signals

app = typer.Typer()

HEADS = ("fault", "times", "stall", "recovery", "at most", "lost", "twice")  # eighty columns have to do
INTERRUPTED = 130  # as a shell says it of a program that Ctrl-C has ended
EXTERNAL = (DATABASE_URL, ADMIN_URL, REDIS_URL, TEMPORAL_ADDRESS)


@app.command(name="chaos")
def chaos_(
    minutes: Annotated[
        float, typer.Option(min=0, help="How long people work; at least until each fault came once.")
    ] = 3,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same plan. Unset: a new one.")] = None,
    two_hosts: Annotated[bool, typer.Option("--two-hosts", help="Servers on another host; its link is cut.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Keep the logs and the journal in this folder.")] = None,
    as_json_: Json = False,
) -> None:
    """Kill, freeze, cut, fill and confuse a stack of its own while people work; code 0 only if nothing was lost."""
    if given := [name for name in EXTERNAL if os.environ.get(name)]:
        fail(f"{given[0]} is set, and this breaks servers.", "Unset it: chaos starts servers of its own.")
    if two_hosts and (reason := why_not()):
        fail(f"This machine cannot be two hosts: {reason}.", "Run it without --two-hosts.")
    chosen = random.randrange(1 << 16) if seed is None else seed

    async def work() -> int:
        with ended_by_signals(), _progress() as tell:
            try:
                run = await chaos(chosen, minutes * 60, tell, two_hosts=two_hosts, keep=keep)
            except asyncio.CancelledError:
                tell("ended before its time: nothing was judged, and nothing is left of it")
                return INTERRUPTED
        report = as_json(run)
        print_json(report) if as_json_ else _print(report)
        return 0 if run.well else 1

    try:
        run_stack(work)
    except DriverDied as error:
        fail(f"The simulated caseworkers ended before their time:\n{error}")


@contextmanager
def _progress() -> Iterator[Tell]:
    """Say what happens and when, on the error output: the other one may be read by a program."""
    began = time.monotonic()
    yield lambda line: errors.print(f"{time.monotonic() - began:5.0f} s  {line}", highlight=False)


def _print(report: dict[str, Any]) -> None:
    rows = [[each[name] for name in COLUMNS] for each in report["faults"]]
    print_table(f"Chaos, seed {report['seed']} (times in seconds)", HEADS, rows)
    commands = {name: value for name, value in report["commands"].items() if not isinstance(value, dict)}
    print_table("Commands", tuple(commands), [tuple(commands.values())])
    whole = {name: report[name] for name in ("lost", "duplicated", "recovery_p95_seconds", "settle_seconds")}
    print_table("As a whole", tuple(whole), [tuple(whole.values())])
    for line in [*report["findings"], *report["violations"]]:
        console.print(f"- {line}")
