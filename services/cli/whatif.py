"""`nyekrup whatif`: real referrals of a period under another clock policy, before anybody is held to it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.output import Json, Tell, console, fail, print_json, print_table, progress
from services.cli.session import Session
from services.cli.whatif_totals import Totals
from services.contracts.codes import ClockName, Mark, WaysPart
from services.contracts.words import word

app = typer.Typer()

_DAY = ["%Y-%m-%d"]
_QUIET_SECONDS = 2.0
_PAGE = 50
_MARKS = ("mark", "told by the record", "own policy, on time", "this policy", "told, not compared")
_UNITS = ("unit", "marks, own", "this", "breaches, own", "this", "busiest week, own", "this", "open, own", "this")
_REFERRALS = ("number", "clock", "mark", "own policy", "this policy")


@app.command()
def whatif(
    policy: Annotated[Path, typer.Option(help="The policy file to try.")],
    since: Annotated[datetime, typer.Option("--from", formats=_DAY, help="The first day of submission.")],
    until: Annotated[datetime, typer.Option("--to", formats=_DAY, help="The last day of submission.")],
    most: Annotated[int, typer.Option(min=0, help="How many referrals that differ to list; all are counted.")] = 50,
    as_json: Json = False,
) -> None:
    """Tell the referrals of a period again under another clock policy; nothing is changed. For operators."""
    question = {"policy": _text(policy), "from": since.date().isoformat(), "to": until.date().isoformat()}
    totals = Totals(most)
    with progress("what if", every_seconds=_QUIET_SECONDS) as tell:
        for page in _pages(Session(), question, tell):
            totals.add(page)
            tell(f"{totals.referrals} referrals told again")
    report = {"from": question["from"], "to": question["to"], **totals.report()}
    if as_json:
        print_json(report)
    elif not totals.referrals:
        console.print(f"No referral was submitted from {report['from']} to {report['to']}: there is nothing to try on.")
    else:
        _print(report)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read.", f"Name a policy file in YAML ({type(error).__name__}).", code=2)


def _pages(session: Session, question: dict[str, Any], tell: Tell) -> Iterator[dict[str, Any]]:
    tell("asking the record")
    after: str | None = None
    while True:
        page = session.post("referral", "/policies/what-if", {**question, "after": after, "limit": _PAGE})
        yield page
        after = page["next"]
        if after is None:
            return


def _print(report: dict[str, Any]) -> None:
    console.print(
        f"[bold]{report['policy']}[/] on {report['referrals']} referrals submitted from {report['from']} to"
        f" {report['to']}: {report['differing']} differ, {report['parted']} of them only up to where the ways part."
    )
    print_table("Marks", _MARKS, _marks(report["marks"]))
    print_table("Load of each unit (open: most at the end of a day)", _UNITS, map(_unit, report["units"]))
    rows = (row for each in report["referrals_differing"] for row in _rows(each))
    print_table("Referrals that differ (UTC)", _REFERRALS, rows)
    if report["left_out"]:
        console.print(f"{report['left_out']} more referrals differ; list them with --most {report['differing']}.")


def _marks(marks: list[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    for mark in Mark:
        same = [each for each in marks if each["mark"] == mark]
        if same:
            yield word(mark, "en"), *(sum(each[name] for each in same) for name in ("told", "own", "would", "apart"))


def _unit(unit: dict[str, Any]) -> tuple[object, ...]:
    busiest = {side: max((week["marks"][side] for week in unit["weeks"]), default=0) for side in ("own", "would")}
    pairs = (unit["marks"], unit["breaches"], busiest, unit["most_open"])
    return unit["unit"], *(pair[side] for pair in pairs for side in ("own", "would"))


def _rows(referral: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    for each in referral["differences"]:
        moments = (each[side] and each[side][:19] for side in ("was", "would"))
        yield referral["number"], word(ClockName(each["clock"]), "en"), word(Mark(each["mark"]), "en"), *moments
    if parted := referral["parted"]:
        clock = word(ClockName(parted["clock"]), "en") if parted["clock"] else None
        yield referral["number"], clock, word(WaysPart(parted["why"]), "en"), None, parted["at"][:19]
