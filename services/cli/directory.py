"""`nyekrup directory`: units and officers as files, and letting an officer in."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import Json, console, fail, print_json
from services.cli.session import Session

app = typer.Typer(name="directory", help="Units and officers of your agency and area.", no_args_is_help=True)

LISTS = ("units", "officers")


@app.command()
def export(
    list_name: Annotated[str, typer.Argument(metavar="LIST", help=" or ".join(LISTS))],
    file: Annotated[Path, typer.Argument(help="The CSV to write, for nobody else to read.")],
    as_json: Json = False,
) -> None:
    """Write the list to FILE, in the shape in which `nyekrup import` takes it back. For coordinators."""
    if list_name not in LISTS:
        fail(f"There is no list {list_name}.", f"Choose {' or '.join(LISTS)}.", code=2)
    Session().fetch("registry", f"/directory/{list_name}.csv", file)
    if as_json:
        print_json({"list": list_name, "file": str(file)})
    else:
        console.print(f"Written: {file}", highlight=False)


@app.command()
def invite(
    unit: Annotated[str, typer.Argument(help="Where the officer works: bkkbn-35.15.08.")],
    staff_no: Annotated[str, typer.Argument(help="The officer's staff number.")],
    as_json: Json = False,
) -> None:
    """Get a code by which an officer sets a password: shown once, good for seven days."""
    session = Session()
    people = session.get("registry", f"/units/{unit}")["officers"]
    officer = next((each for each in people if each["staff_no"] == staff_no.strip().upper()), None)
    if officer is None:
        fail(f"{staff_no} does not work in {unit}.", f"Look at who does: `nyekrup units show {unit}`.")
    invited = session.post("registry", f"/officers/{officer['id']}/invite", {})
    if as_json:
        print_json(invited)
        return
    console.print(f"The code of {invited['staff_no']}: [bold]{invited['code']}[/] (until {invited['expires_at'][:10]})")
    console.print("Tell it to nobody else. With it: `nyekrup set-password STAFF_NO`.")
