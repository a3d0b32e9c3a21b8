"""`nyekrup candidates`: families that may need the other agency, and taking one into a referral."""

from typing import Annotated, Any
from uuid import UUID, uuid4

import typer

from services.cli.output import Json, console, print_json, print_table
from services.cli.session import Session
from services.contracts.codes import LegalBasis, Service

app = typer.Typer(name="candidates", help="Families that may need the other agency.", no_args_is_help=True)


@app.command(name="list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    after: Annotated[str | None, typer.Option(help="`next` of the page before.")] = None,
    as_json: Json = False,
) -> None:
    """List the candidates where you work, the urgent ones first."""
    page = Session().get("registry", "/candidates", limit=limit, after=after)
    if as_json:
        print_json(page)
        return
    rows = [(each["priority"], each["region"], each["service"], each["words"]["id"], each["family"])
            for each in page["candidates"]]  # fmt: skip
    print_table("Candidates", ("priority", "village", "service", "why", "family"), rows)
    if page["next"]:
        console.print(f"More: --after {page['next']}")


@app.command()
def counts(as_json: Json = False) -> None:
    """Say how many there are."""
    found = Session().get("registry", "/candidates/counts")
    if as_json:
        print_json(found)
        return
    rows = [(each["service"], each["priority"], each["families"]) for each in found["counts"]]
    print_table("Candidates", ("service", "priority", "families"), rows)


@app.command()
def take(
    family: Annotated[UUID, typer.Argument(help="The candidate's family.")],
    service: Annotated[Service, typer.Argument(help="The service that is proposed.")],
    submit: Annotated[bool, typer.Option(help="Submit the referral at once.")] = False,
    as_json: Json = False,
) -> None:
    """Take a candidate into a draft referral with everything filled in; you decide whether it is submitted."""
    session = Session()
    taken = session.post("registry", f"/candidates/{family}/{service}/take", {})
    draft: dict[str, Any] = {"basis": LegalBasis.PUBLIC_TASK, "finding": taken["words"]["id"]}
    body = {"id": str(uuid4()), "family": taken["family"], "service": service, "priority": taken["priority"]}
    referral = session.post("referral", "/referrals", {**body, "draft": draft})
    if submit:
        seen = {"expected_version": referral["acted_version"]}
        referral = session.post("referral", f"/referrals/{referral['id']}/submit", seen)
    if as_json:
        print_json(referral)
    else:
        console.print(f"{referral['number']}: {referral['state']}, {service} ({taken['words']['en']})")
