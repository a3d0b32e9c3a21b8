"""`nyekrup bench paper`: what a province and the nation need, from results that were measured."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.cli.bench.figures import BenchFailed
from services.cli.bench.paper import NATION, PROVINCE, Assumptions, Results, needed, rows
from services.cli.output import Json, fail, print_json, print_table

app = typer.Typer()


@app.command()
def paper(
    results: Annotated[list[Path], typer.Argument(help="Reports of `nyekrup bench --json` and of `bench scale`.")],
    as_json: Json = False,
) -> None:
    """Compute what a province and the nation need from the costs in RESULTS. Nothing is measured."""
    try:
        found = Results(*(json.loads(each.read_text()) for each in results))
        all_needed = [needed(demand, found, Assumptions()) for demand in (PROVINCE, NATION)]
    except (OSError, ValueError, KeyError) as error:
        fail(f"These are no results: {error}", "Give it what `nyekrup bench --json` has printed.", code=2)
    except BenchFailed as error:
        fail(f"It cannot be computed: {error}.", "Give it the report of a whole `nyekrup bench` as well.", code=2)
    if as_json:
        print_json([{**asdict(each), "first": each.first} for each in all_needed])
        return
    print_table("On paper", ("", *(each.demand.name for each in all_needed)), rows(all_needed))
