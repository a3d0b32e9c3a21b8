"""`nyekrup replay`: archived workflow histories, run through the workflow code of this installation.

The part's own program does it, one process for each processor; here is what people see of it.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.cli.archive_program import CannotRead, lines_of
from services.cli.output import Json, console, errors, fail, print_json
from services.contracts.wib import WIB

app = typer.Typer()

_DAY = ["%Y-%m-%d"]
Since = Annotated[datetime, typer.Option(formats=_DAY, help="The first day (WIB) on which the runs closed.")]
Until = Annotated[datetime | None, typer.Option(formats=_DAY, help="The last day; without it, up to now.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes side by side; one for each processor if not told.")]

# What stands for itself and needs nobody, in the part's words.
WELL = frozenset({"same", "unknown_type"})


@dataclass
class Tally:
    """What the processes have told so far."""

    total: int = 0
    went: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    failed: list[dict[str, Any]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def take(self, line: dict[str, Any]) -> None:
        self.total += line.get("total", 0)
        if (went := line.get("went")) is None:
            return
        self.went[went] += 1
        if went == "unknown_type":
            self.unknown[line["type"]] += 1
        if went not in WELL:
            self.failed.append(line)

    @property
    def done(self) -> int:
        return self.went.total()

    @property
    def rate(self) -> float:
        """Histories a second."""
        return self.done / max(time.monotonic() - self.began, 0.001)


@app.command()
def replay(since: Since, until: Until = None, jobs: Jobs = None, as_json: Json = False) -> None:
    """Replay the archived histories of runs that closed in that time; code 1 if one does not go as it went then."""
    last = until or datetime.now(WIB)
    moments = ("--since", _midnight(since), "--until", _midnight(last + timedelta(days=1)))
    tally = Tally()
    try:
        with _progress() as progress:
            asyncio.run(_replay(moments, jobs or os.cpu_count() or 1, tally, progress))
    except* CannotRead as several:  # each process says the same
        reason = several.exceptions[0]
        fail(str(reason), getattr(reason, "what_next", ""), code=2)
    _report(tally, as_json)
    if tally.failed:
        raise typer.Exit(1)


async def _replay(moments: Sequence[str], jobs: int, tally: Tally, progress: "Shown") -> None:
    async def share(number: int) -> None:
        async for line in lines_of("runs", *moments, "--share", str(number), "--of", str(jobs)):
            tally.take(line)
            progress.show(tally)

    async with asyncio.TaskGroup() as shares:
        for number in range(jobs):
            shares.create_task(share(number))


class Shown:
    """A bar with the rate, on the error output: the other one may be read by a program."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._task = progress, progress.add_task("replay", total=None, rate="")

    def show(self, tally: Tally) -> None:
        rate = f"{tally.rate:.0f}/s, {len(tally.failed)} failed"
        self._progress.update(self._task, total=tally.total, completed=tally.done, rate=rate)


@contextmanager
def _progress() -> Iterator[Shown]:
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        yield Shown(progress)


def _midnight(day: datetime) -> str:
    return day.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=WIB).isoformat()


def _report(tally: Tally, as_json: bool) -> None:
    if as_json:
        figures = {"replayed": tally.done, "same": tally.went["same"], "per_second": round(tally.rate, 1)}
        print_json({**figures, "failed": tally.failed, "unknown_types": dict(tally.unknown)})
        return
    for kind, count in tally.unknown.items():
        console.print(f"{count} of type {kind}, which this release does not know: not replayed.")
    for each in tally.failed:
        event = f" at event {each['event']}" if each["event"] else ""
        line = f"{each['workflow']} {each['run']}: {each['went']}{event}\n  {each['why']}".rstrip()
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"{tally.went['same']} of {tally.done} went as they did, {tally.rate:.0f} a second.")
