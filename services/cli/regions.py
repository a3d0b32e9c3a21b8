"""`nyekrup regions`: the areas, and decrees that change their codes."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

import typer

from services.cli.output import Json, console, fail, print_json, print_table
from services.cli.session import Session, in_words

app = typer.Typer(name="regions", help="Areas, and decrees that change their codes.", no_args_is_help=True)

DECREE_SECONDS = 600.0
"""How long a decree may take: a kecamatan has tens of thousands of families."""
_COLUMNS = ("old", "new", "name")
_TOUCHED = ("families", "officers", "listed", "candidates")


@app.command()
def show(code: Annotated[str, typer.Argument(help="The code of an area.")], as_json: Json = False) -> None:
    """Show an area, where it lies, and what it was called before."""
    found = Session().get("registry", f"/regions/{code}")
    if as_json:
        print_json(found)
        return
    places = ", ".join(each["name"] for each in found["path"])
    console.print(f"{found['code']} {found['name']} ({found['level']}), {places}")
    if found["valid_to"]:
        console.print(f"Not in use since {found['valid_to']}" + (f": now {found['now']}." if found["now"] else "."))
    if found["earlier"]:
        rows = [(each["old"], each["effective"], each["decree"]) for each in found["earlier"]]
        print_table("Earlier codes", ("code", "until", "decree"), rows)


@app.command()
def decree(
    file: Annotated[Path, typer.Argument(help="CSV with the columns old, new, name; an area without old is new.")],
    number: Annotated[str, typer.Option("--decree", help="Its number, as an office would cite it.")],
    effective: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day of the new codes.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it touches, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Apply it without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Give areas their new codes by decree, after a look at what that touches. The same decree twice is once."""
    session = Session()
    body = {"decree": number, "effective": str(effective.date()), "changes": _changes(file)}
    found = session.post("registry", "/regions/decrees/preview", body)
    if not as_json:
        _print(found)
    if not (dry_run or found["decided_at"]) and (yes or as_json or typer.confirm("Apply it?")):
        key = uuid5(NAMESPACE_URL, json.dumps(body, sort_keys=True))
        with in_words():
            found = session.attempt("registry", "/regions/decrees", body, key=key, timeout_seconds=DECREE_SECONDS)
    if as_json:
        print_json(found)
    elif found["decided_at"]:
        console.print(f"Applied at {found['decided_at']}. People see their new area when they sign in again.")


def _changes(file: Path) -> list[dict[str, Any]]:
    """Return the lines of the file, empty cells left out. Ends the command with a sentence where it is no such file."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        fail(f"{file} cannot be read ({type(error).__name__}).", "It has to be a CSV file in UTF-8.")
    if not rows or not {"old", "new"} <= rows[0].keys():
        fail(f"{file} has no lines with the columns old, new and name.", "Put these names into its first line.")
    return [{name: row[name].strip() for name in _COLUMNS if (row.get(name) or "").strip()} for row in rows]


def _print(found: dict[str, Any]) -> None:
    print_table(
        f"{found['decree']}, from {found['effective']}: {found['changes']} codes",
        ("of the areas that it renumbers", "number"),
        [(name, found[name]) for name in _TOUCHED],
    )
