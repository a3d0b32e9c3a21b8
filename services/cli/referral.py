"""`nyekrup referral`: create, show, list and act, with the signed-in person's own token."""

from typing import Annotated, Any
from uuid import UUID, uuid4

import typer

from services.cli.output import Json, console, fail, print_json, print_table
from services.cli.session import Session
from services.contracts.codes import LegalBasis, Priority, Service
from services.contracts.lifecycle import Action
from services.contracts.words import fact_sentence

app = typer.Typer(name="referral", help="Create, show, list and act on referrals.", no_args_is_help=True)

COLUMNS = ("number", "state", "service", "priority", "unit_from", "unit_to", "due_at", "id")


@app.command()
def create(
    family: Annotated[UUID, typer.Option(help="The family's id in the registry.")],
    service: Annotated[Service, typer.Option(help="What is needed.")],
    priority: Annotated[Priority, typer.Option()] = Priority.NORMAL,
    finding: Annotated[str | None, typer.Option(help="What was seen, in your own words.")] = None,
    submit: Annotated[bool, typer.Option(help="Submit at once.")] = True,
    as_json: Json = False,
) -> None:
    """Refer a family for a service, on the basis of the public task."""
    session = Session()
    draft: dict[str, Any] = {"basis": LegalBasis.PUBLIC_TASK, "finding": finding}
    body = {"id": str(uuid4()), "family": str(family), "service": service, "priority": priority, "draft": draft}
    referral = session.post("referral", "/referrals", body)
    if submit:
        seen = {"expected_version": referral["acted_version"]}
        referral = session.post("referral", f"/referrals/{referral['id']}/submit", seen)
    _show(referral, as_json)


@app.command()
def show(referral: Annotated[UUID, typer.Argument(help="The referral's id.")], as_json: Json = False) -> None:
    """Show one referral and its story."""
    session = Session()
    shown = session.get("referral", f"/referrals/{referral}")
    lines = session.get("referral", f"/referrals/{referral}/timeline")
    if as_json:
        print_json({**shown, "timeline": lines})
        return
    _show(shown, as_json=False)
    rows = [
        (line["at"][:19], line["staff_no"], fact_sentence(line["fact"], "id"), line["state"], line["reason"])
        for line in lines
    ]
    print_table("Timeline (UTC)", ("at", "by", "what", "state", "reason"), rows)


@app.command(name="list")
def list_(
    queue: Annotated[str, typer.Argument(help="mine, unit, overdue or waiting.")] = "unit",
    unit: Annotated[str | None, typer.Option(help="A unit below your own.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: Json = False,
) -> None:
    """List a work queue, the most urgent first."""
    page = Session().get("referral", f"/queues/{queue}", unit=unit, limit=limit)
    if as_json:
        print_json(page)
    else:
        print_table(queue, COLUMNS, [[referral[each] for each in COLUMNS] for referral in page["referrals"]])


@app.command()
def act(
    referral: Annotated[UUID, typer.Argument(help="The referral's id.")],
    action: Annotated[Action, typer.Argument(help="What to do.")],
    fields: Annotated[
        list[str] | None, typer.Option("--set", help="A field of the action: name=value. May be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Do one action on the newest version."""
    session = Session()
    seen = session.get("referral", f"/referrals/{referral}")
    order = {"expected_version": seen["acted_version"], **_read_fields(fields or [])}
    _show(session.post("referral", f"/referrals/{referral}/{action.value.replace('_', '-')}", order), as_json)


def _read_fields(fields: list[str]) -> dict[str, str]:
    order = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals:
            fail(f"{field!r} is not name=value.", "For example: --set reason=no_capacity", code=2)
        order[name] = value
    return order


def _show(referral: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(referral)
        return
    console.print(f"[bold]{referral['number']}[/]  {referral['state']}  {referral['service']}  {referral['priority']}")
    console.print(f"  {referral['unit_from']} → {referral['unit_to'] or '-'}   id {referral['id']}")
    for clock in referral["clocks"]:
        console.print(f"  {clock['clock']}: due {clock['due_at'] or 'paused'}")
    console.print(f"  you may: {', '.join(referral['allowed']) or 'nothing'}")
