"""`nyekrup risk`: stunting risk by area, counts only, and what a rule that is to come would change."""

from typing import Annotated, Any

import typer

from services.cli.output import Json, console, print_json, print_table
from services.cli.session import Session

app = typer.Typer()

_COUNTS = ("families", "looked_at", "at_risk", "not_at_risk")


@app.command()
def risk(
    area: Annotated[str, typer.Argument(help="A region code: 35, 35.15, 35.15.08 or a village.")],
    as_json: Json = False,
) -> None:
    """Count families at risk of stunting in the areas right below one. For supervisors and coordinators."""
    found = Session().get("registry", "/risk", area=area)
    if as_json:
        print_json(found)
        return
    if not found["areas"]:
        console.print(f"Of {area} no survey was loaded.")
        return
    console.print(f"By [bold]{found['rule_version']}[/], assessed on {found['assessed_on']}.")
    rows = [(code, *(figures[name] for name in _COUNTS)) for code, figures in found["areas"].items()]
    print_table("Families", ("area", *_COUNTS), rows)
    factors = sorted({name for figures in found["areas"].values() for name in figures["factors"]})
    rows = [(code, *(figures["factors"].get(name, 0) for name in factors)) for code, figures in found["areas"].items()]
    print_table("Families at risk by factor (they overlap)", ("area", *factors), rows)
    for version in found["coming"]:
        _print_coming(version)


def _print_coming(version: dict[str, Any]) -> None:
    report = version["report"]
    console.print(
        f"[bold]{version['version']}[/] would count from {version['valid_from']}: of {report['families']} families"
        f" {report['newly']} would be at risk newly and {report['no_longer']} no longer."
    )
    rows = sorted(report["by_kecamatan"].items(), key=lambda row: -row[1])[:20]
    if rows:
        print_table("Families that it changes, by kecamatan (the first 20)", ("kecamatan", "families"), rows)
