"""`nyekrup candidates`: families that may need the other agency, and taking one into a referral."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

import typer

from services.cli.output import Json, console, print_json, print_table, progress
from services.cli.session import Refused, Session, in_words
from services.contracts.codes import LegalBasis, Service
from services.contracts.lifecycle import State

app = typer.Typer(name="candidates", help="Families that may need the other agency.", no_args_is_help=True)

MOST = 5_000
_SHOWN = 20


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
    _print("Candidates", page["candidates"])
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
    with in_words():
        session = Session()
        referral = _drafted(session, str(family), service, uuid4())
        if submit:
            referral = _submitted(session, referral)
    if as_json:
        print_json(referral)
    else:
        console.print(f"{referral['number']}: {referral['state']}, {service}")


@app.command(name="take-many")
def take_many(
    service: Annotated[Service, typer.Argument(help="The service that is proposed.")],
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many at most, the urgent ones first.")] = 50,
    submit: Annotated[bool, typer.Option(help="Submit each referral at once.")] = False,
    batch: Annotated[UUID | None, typer.Option(help="The id of a batch that was not finished, to go on with.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show who would be taken, and take nobody.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Take them without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Take many candidates for one service. Each has its own result; the same batch again takes none twice."""
    session, batch = Session(), batch or uuid4()
    chosen = list(islice(_all(session, service), limit))
    if not as_json:
        _print("Who would be taken", chosen[:_SHOWN])
        console.print(f"{len(chosen)} families. The batch is {batch}.")
    if dry_run or not chosen or not (yes or as_json or typer.confirm("Take them?")):
        if as_json:
            print_json({"batch": str(batch), "candidates": chosen})
        return
    families = [each["family"] for each in chosen]
    _tell_results(batch, _taken_many(session, families, service, batch, submit=submit), as_json=as_json)


def _all(session: Session, service: Service) -> Iterator[dict[str, Any]]:
    """Yield all candidates for *service* where the person works."""
    after: str | None = None
    while True:
        page = session.get("registry", "/candidates", limit=200, after=after, service=service)
        yield from page["candidates"]
        after = page["next"]
        if after is None:
            return


def _taken_many(
    session: Session, families: Sequence[str], service: Service, batch: UUID, *, submit: bool
) -> list[dict[str, Any]]:
    """Take candidates one by one, each with a result of its own; a refusal is one and stops nobody else.

    First all drafts, then all submissions: when the last draft is made, the first family is known everywhere.
    """
    referrals: dict[str, dict[str, Any]] = {}
    refused: dict[str, str] = {}

    def attempt(family: str, step: Callable[[], dict[str, Any]]) -> None:
        try:
            referrals[family] = step()
        except Refused as refusal:
            refused[family] = refusal.code

    for family in _told(families, "drafts"):
        attempt(family, partial(_drafted, session, family, service, uuid5(batch, f"{family}/{service}")))
    for family in _told([*referrals], "referrals") if submit else ():
        attempt(family, partial(_submitted, session, referrals[family]))
    return [_result(family, referrals.get(family), refused.get(family)) for family in families]


def _told(families: Sequence[str], what: str) -> Iterator[str]:
    """Yield *families*, and say how far it is."""
    with progress(what, every_seconds=5) as tell:
        for number, family in enumerate(families, start=1):
            yield family
            tell(f"{number} of {len(families)} {what}")


def _result(family: str, referral: dict[str, Any] | None, refused: str | None) -> dict[str, Any]:
    if referral is None:
        return {"family": family, "result": refused}
    result = refused or referral["state"]
    return {"family": family, "result": result, "referral": referral["id"], "number": referral["number"]}


def _tell_results(batch: UUID, results: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json({"batch": str(batch), "results": results})
        return
    for result, count in Counter(each["result"] for each in results).most_common():
        console.print(f"{count} {result}")
    refused = [(each["family"], each["result"]) for each in results if each["result"] not in {*State}]
    if refused:
        print_table("Not taken", ("family", "why"), refused)


def _drafted(session: Session, family: str, service: Service, referral_id: UUID) -> dict[str, Any]:
    """Take a candidate into a draft of that id. Done before with that id, it is the same one."""
    taken = session.attempt("registry", f"/candidates/{family}/{service}/take", {}, key=uuid5(referral_id, "take"))
    draft: dict[str, Any] = {"basis": LegalBasis.PUBLIC_TASK, "finding": taken["words"]["id"]}
    body = {"id": str(referral_id), "family": taken["family"], "service": service, "priority": taken["priority"]}
    referral: dict[str, Any] = session.attempt(
        "referral", "/referrals", {**body, "draft": draft}, key=uuid5(referral_id, "draft")
    )
    return referral


def _submitted(session: Session, referral: dict[str, Any]) -> dict[str, Any]:
    seen, key = {"expected_version": referral["acted_version"]}, uuid5(UUID(referral["id"]), "submit")
    submitted: dict[str, Any] = session.attempt("referral", f"/referrals/{referral['id']}/submit", seen, key=key)
    return submitted


def _print(title: str, candidates: list[dict[str, Any]]) -> None:
    rows = [(each["priority"], each["region"], each["service"], each["words"]["id"], each["family"])
            for each in candidates]  # fmt: skip
    print_table(title, ("priority", "village", "service", "why", "family"), rows)
