"""`nyekrup units`: the offices, who works there, and how much they have in hand."""

from typing import Annotated, Any

import typer

from services.cli.output import Json, console, print_json, print_table
from services.cli.session import Session
from services.contracts.codes import Agency, Service

app = typer.Typer(name="units", help="The offices of both agencies.", no_args_is_help=True)


@app.command(name="list")
def list_(
    region: Annotated[str | None, typer.Option(help="The offices in this area: 35, 35.15 or 35.15.08.")] = None,
    agency: Annotated[Agency | None, typer.Option(help="Of one agency only.")] = None,
    service: Annotated[Service | None, typer.Option(help="Those that give it.")] = None,
    vacant: Annotated[bool | None, typer.Option("--vacant/--staffed", help="Those without, or with, people.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    after: Annotated[str | None, typer.Option(help="`next` of the page before.")] = None,
    as_json: Json = False,
) -> None:
    """List offices."""
    wanted = {"region": region, "agency": agency, "service": service, "vacant": vacant, "limit": limit, "after": after}
    page = Session().get("registry", "/units", **wanted)
    if as_json:
        print_json(page)
        return
    rows = [(each["id"], each["title"], "vacant" if each["vacant"] else "", " ".join(each["services"]))
            for each in page["units"]]  # fmt: skip
    print_table("Units", ("unit", "title", "", "services"), rows)
    if page["next"]:
        console.print(f"More: --after {page['next']}")


@app.command()
def show(unit: Annotated[str, typer.Argument(help="For example bkkbn-35.15.08.")], as_json: Json = False) -> None:
    """Show one office: its people, hours and closures, and what it has in hand."""
    found = Session().get("registry", f"/units/{unit}")
    if as_json:
        print_json(found)
        return
    console.print(f"[bold]{found['title']}[/] ({found['id']}), {found['open_referrals']} referrals open")
    if found["vacant"]:
        console.print("[bold red]Vacant:[/] nobody works there who takes cases; the next unit upward is asked.")
    hours = ", ".join(f"{day} {span}" for day, span in found["hours"].items())
    console.print(f"Open: {hours or 'nobody has said when'}")
    closures = [tuple(each.values()) for each in found["closures"]]
    if closures:
        print_table("Closed", ("first day", "last day", "why"), closures)
    print_table("Services", ("service", "in hand", "places", "waiting list"), map(_service(found), found["services"]))
    people = [(each["staff_no"], each["role"], each["id"]) for each in found["officers"]]
    print_table("People", ("staff number", "role", "id"), people)


def _service(unit: dict[str, Any]) -> Any:
    def row(service: str) -> tuple[object, ...]:
        kept = "yes" if service in unit["waitlists"] else ""
        return service, unit["held"].get(service, 0), unit["places"].get(service, "no limit"), kept

    return row
