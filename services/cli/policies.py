"""`nyekrup policy`: which clock policies there are, and moving referrals under way to another one. For operators."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from services.cli.output import Json, console, fail, print_json, print_table, progress
from services.cli.session import Session
from services.contracts.codes import Priority, Service
from services.contracts.lifecycle import State

app = typer.Typer(name="policy", help="See clock policies, and move referrals to one.", no_args_is_help=True)

_QUIET_SECONDS = 2.0
_COLUMNS = ("number", "state", "policy_before", "due_before", "due_after", "late")


@app.command(name="list")
def list_(as_json: Json = False) -> None:
    """List the policies, which one new referrals get, and how many referrals under way go by each."""
    found = Session().get("referral", "/policies")
    if as_json:
        print_json(found)
        return
    rows = [
        (each["version"], "yes" if each["version"] == found["for_new"] else None, each["live"], each["installed"])
        for each in found["policies"]
    ]
    print_table("Clock policies", ("version", "for new referrals", "under way", "installed"), rows)


@app.command()
def show(version: Annotated[str, typer.Argument(help="The policy's version.")], as_json: Json = False) -> None:
    """Print the file of a policy: what a new one is made from."""
    found = Session().get("referral", f"/policies/{version}")
    if as_json:
        print_json(found)
    else:
        print(found["text"], end="")


@app.command()
def move(
    to: Annotated[str, typer.Argument(help="The policy to move to.")],
    because: Annotated[str | None, typer.Option(help="Why, in words; kept with each referral.")] = None,
    policy: Annotated[str | None, typer.Option(help="Only referrals that have this policy now.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only what this unit sent or was asked.")] = None,
    service: Annotated[Service | None, typer.Option(help="Only this service.")] = None,
    priority: Annotated[Priority | None, typer.Option(help="Only this priority.")] = None,
    state: Annotated[State | None, typer.Option(help="Only in this state.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Move them. Without it nothing is changed.")] = False,
    as_json: Json = False,
) -> None:
    """Show what moving referrals under way would do to their time; with --yes and --because, move them."""
    if yes and not because:
        fail("A move needs a reason.", "Say why: --because 'The agreement of March gives two days more.'", code=2)
    chosen = {"to": to, "policy": policy, "unit": unit, "service": service, "priority": priority, "state": state}
    with progress("moving" if yes else "looking", every_seconds=_QUIET_SECONDS) as tell:
        found: list[dict[str, Any]] = []
        for page in _pages(Session(), {**chosen, "text": because} if yes else chosen, moves=yes):
            found += page
            tell(f"{len(found)} referrals")
    _report(found, to, moved=yes, as_json=as_json)


def _pages(session: Session, body: dict[str, Any], *, moves: bool) -> Iterator[list[dict[str, Any]]]:
    after = None
    while True:
        page = session.post("referral", "/policies/moves" + ("" if moves else "/preview"), {**body, "after": after})
        yield page["referrals"]
        after = page["next"]
        if after is None:
            return


def _report(found: list[dict[str, Any]], to: str, *, moved: bool, as_json: bool) -> None:
    late = sum(each["late"] for each in found)
    if as_json:
        print_json({"to": to, "moved": moved, "count": len(found), "late": late, "referrals": found})
        return
    if not found:
        console.print(f"No referral under way is to be moved to {to}.")
        return
    print_table("Moved" if moved else "Would be moved", _COLUMNS, [[each[name] for name in _COLUMNS] for each in found])
    told = "is told" if moved else "would be told"
    console.print(f"{len(found)} referrals, of {late} of them something {told} at once.")
    if not moved:
        console.print("Nothing was changed. Move them with --yes and --because.")
