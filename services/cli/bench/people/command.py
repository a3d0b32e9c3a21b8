"""`nyekrup bench people`: what fifty and five hundred caseworkers wait for."""

from dataclasses import replace
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from deploy.local.parts import WITH_PAGES
from deploy.local.temporal import find_temporal
from services.cli.bench.command import run_bench
from services.cli.bench.ground import Tell, open_ground
from services.cli.bench.machine import describe_machine
from services.cli.bench.people.measure import PARTS, QUICK, WHOLE, Day, measure_people
from services.cli.output import Json, console, fail, print_json, print_table

app = typer.Typer()


@app.command(name="people")
def people(
    users: Annotated[list[int] | None, typer.Option(min=1, help="How many people; may be given again.")] = None,
    seconds: Annotated[float | None, typer.Option(min=1, help="For how long they are watched.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only to see that it works: no real figures.")] = False,
    pages: Annotated[bool, typer.Option("--pages", help="They read the pages; only 50 unless said otherwise.")] = False,
    as_json: Json = False,
) -> None:
    """Let 50 and then 500 simulated caseworkers work, with time to think; say what each waited for."""
    if find_spec("locust") is None:
        fail("Locust, which simulates the people, is not installed.", "Install it with `make setup-bench`.", code=2)
    base = QUICK if quick else Day()
    if pages:
        base = replace(base, way="pages", users=base.users[:1])
    day = replace(base, users=tuple(sorted(users or base.users)), seconds=seconds or base.seconds)
    run_bench(lambda tell: _report(day, tell), lambda report: _print(report, day, as_json=as_json))


async def _report(day: Day, tell: Tell) -> dict[str, Any]:
    async with open_ground(tell, parts=WITH_PAGES) as ground:
        figures = await measure_people(ground, day)
        machine = await describe_machine(ground.stack.servers, find_temporal())
        tell("clearing away")
    return {
        "machine": machine,
        "day": {
            "way": day.way,
            "seconds": day.seconds,
            "think_seconds": list(day.think_seconds),
            "users": list(day.users),
        },
        "figures": [each.as_json() for each in figures],
        "limits": [f"{figure}: {what}" for figure, what in ground.limits.items()],
    }


def _print(report: dict[str, Any], day: Day, *, as_json: bool) -> int:
    print_json(report) if as_json else _print_tables(report, day)
    return 0


def _print_tables(report: dict[str, Any], day: Day) -> None:
    values = {each["name"]: each["value"] for each in report["figures"]}
    for users in day.users:
        rows = [(name, *(values[f"people_{users}_{name}_{part}"] for part in PARTS)) for name in day.endpoints]
        print_table(f"{users} people, ms", ("request", *PARTS), rows)
        print_table("", tuple(WHOLE.values()), [[values[f"people_{users}_{name}"] for name in WHOLE]])
    for line in report["limits"]:
        console.print(f"- {line}")
