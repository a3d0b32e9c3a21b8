"""`nyekrup bench soak`: does anything grow when the same is done for hours?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.local.temporal import find_temporal
from services.cli.bench.command import run_bench
from services.cli.bench.ground import Tell
from services.cli.bench.machine import describe_machine
from services.cli.bench.soak.growth import KINDS
from services.cli.bench.soak.measure import Plan, measure_soak, soak_ground
from services.cli.bench.soak.picture import draw
from services.cli.output import Json, console, print_json, print_table

app = typer.Typer()

QUICK = Plan(rounds=4, rate=2, round_seconds=1)
LEAST_ROUNDS = 4  # the line goes through the second half, and needs two points


@app.command(name="soak")
def soak(
    minutes: Annotated[int, typer.Option(min=LEAST_ROUNDS, help="For how long; a look each minute.")] = 120,
    rate: Annotated[float, typer.Option(min=0.1, help="New lives a second.")] = 4,
    picture: Annotated[Path | None, typer.Option(help="Draw the series into this file (SVG).")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only to see that it works: no real figures.")] = False,
    as_json: Json = False,
) -> None:
    """Live whole lives at an even rate for hours; say what grew: memory, disk, events behind, connections, files."""
    plan = QUICK if quick else Plan(minutes, rate)

    def tell_all(report: dict[str, Any]) -> int:
        if picture is not None:
            picture.write_text(draw(report["series"]))
        print_json(report) if as_json else _print(report)
        return 0

    run_bench(lambda tell: _report(plan, tell), tell_all)


async def _report(plan: Plan, tell: Tell) -> dict[str, Any]:
    async with soak_ground(tell) as (ground, counted_at):
        figures, soaked = await measure_soak(ground, plan, counted_at)
        machine = await describe_machine(ground.stack.servers, find_temporal())
        tell("clearing away")
    return {
        "machine": machine,
        "figures": [each.as_json() for each in figures],
        "limits": [*_rules(), *(f"{figure}: {what}" for figure, what in ground.limits.items())],
        "series": soaked.series,
    }


def _rules() -> list[str]:
    """Return in words what counts as growth."""
    return [
        f"soak_{name}: grows if the line through the second half rises by more than {kind.share:.0%} of its mean"
        f" and more than {kind.slack:g} {kind.unit}."
        for name, kind in KINDS.items()
        if kind.share < 1
    ]


def _print(report: dict[str, Any]) -> None:
    columns = ("name", "value", "unit")
    print_table("Figures", columns, [[each[name] for name in columns] for each in report["figures"]])
    for kind, series in report["series"].items():
        rows = [(name, each[0][1], each[len(each) // 2][1], each[-1][1]) for name, each in series.items()]
        print_table(f"{kind}, {KINDS[kind].unit}", ("of", "first", "half-way", "last"), rows)
    for line in report["limits"]:
        console.print(f"- {line}")
