"""`nyekrup links`: who of the survey is who in the register, and deciding about a pair."""

from typing import Annotated, Any

import typer

from services.cli.output import Json, console, print_json, print_table
from services.cli.session import Session

app = typer.Typer(
    name="links", help="Pairs of the two lists. For supervisors and coordinators.", no_args_is_help=True
)  # fmt: skip

_STATES = ("review", "joined", "apart")
_VERDICTS = {"join": "join", "apart": "apart", "undo": None}
_SIDE = ("name", "birth_date", "sex", "relation", "nik", "no_kk", "village", "address")


@app.command(name="list")
def list_(
    state: Annotated[str, typer.Option(help="review, joined or apart.")] = "review",
    family: Annotated[str | None, typer.Option(help="Of one family only, as either list calls it.")] = None,
    after: Annotated[str | None, typer.Option(help="`next` of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 10,
    as_json: Json = False,
) -> None:
    """List pairs where you work, both records side by side."""
    if state not in _STATES:
        raise typer.BadParameter(f"one of {', '.join(_STATES)}", param_hint="--state")
    page = Session().get("registry", "/links", state=state, family=family, after=after, limit=limit)
    if as_json:
        print_json(page)
        return
    for pair in page["links"]:
        _print_pair(pair)
    console.print(f"{len(page['links'])} pairs." + (f" More: --after {page['next']}" if page["next"] else ""))


@app.command()
def decide(
    dtsen: Annotated[str, typer.Argument(help="The row of the register.")],
    pk: Annotated[str, typer.Argument(help="The person of the survey.")],
    verdict: Annotated[str, typer.Argument(help="join, apart, or undo to take your last word back.")],
    as_json: Json = False,
) -> None:
    """Say that the two are one person, or not. Nothing is lost by it, and it can be taken back."""
    if verdict not in _VERDICTS:
        raise typer.BadParameter(f"one of {', '.join(_VERDICTS)}", param_hint="VERDICT")
    decided = Session().post("registry", f"/links/{dtsen}/{pk}", {"verdict": _VERDICTS[verdict]})
    if as_json:
        print_json(decided)
        return
    console.print(f"{dtsen} and {pk}: {verdict}. What is proposed for the family has been looked at again.")
    if decided["referrals"]:
        rows = [(each["number"], each["service"], each["state"]) for each in decided["referrals"]]
        print_table("Referrals of the family that go on", ("number", "service", "state"), rows)


@app.command()
def twice(as_json: Json = False) -> None:
    """List needs that are referred twice, because two recorded families turned out to be one."""
    found = Session().get("registry", "/links/twice")
    if as_json:
        print_json(found)
        return
    rows = [(each["service"], ", ".join(each["numbers"])) for each in found["twice"]]
    print_table("Referred twice: end one of them, or undo the join", ("service", "referrals"), rows)


@app.command()
def renew(as_json: Json = False) -> None:
    """Lay the lists on each other anew, as after an import. For coordinators."""
    Session().post("registry", "/links/renew", {})
    if as_json:
        print_json({"begun": True})
        return
    console.print("Begun. What is proposed is replaced when it is done.")


def _print_pair(pair: dict[str, Any]) -> None:
    surveyed, registered = (pair[side] or {} for side in ("surveyed", "registered"))
    rows = [(name, surveyed.get(name), registered.get(name)) for name in _SIDE]
    title = f"{pair['dtsen']} {pair['pk']}: {pair['score']:.3f}, {', '.join(pair['evidence'])}"
    print_table(title, ("", "survey", "register"), rows)
