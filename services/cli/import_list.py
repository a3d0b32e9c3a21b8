"""`nyekrup import`: a file with a list, looked at first and applied when the person says so."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.cli.output import Json, console, errors, fail, print_json, print_table
from services.cli.session import Session

app = typer.Typer()

LOOK_SECONDS = 0.3
LINE_SECONDS = 5.0
AT_REST = frozenset({"checked", "applied", "stopped", "refused"})
STEPS = {"checking": "looking at the rows", "sealing": "sealing", "taking_over": "taking over"}

Columns = Annotated[
    list[str] | None, typer.Option("--column", help="FIELD:HEADER, where a column is not found by itself.")
]


@app.command(name="import")
def import_list(
    list_name: Annotated[str, typer.Argument(metavar="LIST", help="pk, dtsen, pkh, units or officers.")],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look at it only, and throw it away again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Apply it without asking.")] = False,
    column: Columns = None,
    rejected: Annotated[Path | None, typer.Option(help="Where the rows go that cannot come in.")] = None,
    as_json: Json = False,
) -> None:
    """Look at a file with a list, and apply it. The same file twice changes nothing; a stopped one goes on."""
    session = Session()
    batch = _followed(session, session.send_file("registry", f"/imports/{list_name}", _readable(file), column=column))
    if batch["state"] == "refused":
        fail(batch["refusal"]["title"], batch["refusal"]["detail"])
    if batch["state"] == "stopped" and batch["report"] is None:
        _end(batch, as_json=False)
    if not as_json:
        _print(batch)
    _keep_rejected(session, batch, rejected or file.with_suffix(".rejected.csv"))
    if dry_run and batch["state"] != "applied":
        session.delete("registry", f"/imports/{batch['id']}")
    elif batch["state"] != "applied" and (yes or as_json or typer.confirm("Apply it?")):
        batch = _followed(session, session.post("registry", f"/imports/{batch['id']}/apply", {}))
    _end(batch, as_json=as_json)


def _end(batch: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(batch)
    elif batch["state"] == "applied":
        done = batch["report"]["applied"]
        console.print(
            f"Applied: {done['new']} new, {done['newer']} newer, {done['unchanged']} as before;"
            f" {done['kept']} are not in the file and stay."
        )
    if batch["state"] == "stopped":
        fail("It was stopped before its end.", "Give the same command again: it goes on from there.")


def _readable(file: Path) -> Path:
    if not file.is_file():
        fail(f"{file} is no file.", "Name a CSV or XLSX file.", code=2)
    return file


def _keep_rejected(session: Session, batch: dict[str, Any], to: Path) -> None:
    if batch["report"] and batch["report"]["rejected"] and batch["state"] != "applied":
        session.fetch("registry", f"/imports/{batch['id']}/rejected", to)
        errors.print(f"The rows that cannot come in, with the reason: {to}", highlight=False)


def _print(batch: dict[str, Any]) -> None:
    report = batch["report"]
    console.print(
        f"{report['rows']} rows ({report['encoding']}): {report['new']} new, {report['newer']} newer,"
        f" {report['same']} as known, {report['older']} older than known, {report['rejected']} cannot come in."
    )
    _print_risk(report["risk"])
    guessed = dict.fromkeys(report["by_content"], "guessed by what stands in it")
    columns = [(name, header, guessed.get(name)) for name, header in report["columns"].items()]
    print_table("How the columns are read", ("field", "column", ""), columns)
    if report["ignored"]:
        console.print(f"Not read: {', '.join(report['ignored'])}.")
    rows = [
        (each["field"], each["words"]["en"], each["count"], "no" if each["rejects"] else "yes",
         ", ".join(map(str, each["rows"])))
        for each in report["kinds"]
    ]  # fmt: skip
    if rows:
        print_table("What was found", ("field", "what", "rows", "comes in", "first rows"), rows)


def _print_risk(risk: dict[str, Any] | None) -> None:
    if risk is None:
        return
    names = ("families", "looked_at", "at_risk", "not_at_risk")
    rows = [(area, *(figures[name] for name in names)) for area, figures in risk["areas"].items()]
    print_table("Stunting risk in the file", ("area", *names), rows)
    for line in risk["broken"]:
        console.print(f"[bold red]{line}[/]")


def _followed(session: Session, batch: dict[str, Any]) -> dict[str, Any]:
    """Return *batch* when nothing is done with it any more; show how far it is until then."""
    with _bar() as tell:
        while batch["state"] not in AT_REST:
            tell(batch)
            time.sleep(LOOK_SECONDS)
            batch = session.get("registry", f"/imports/{batch['id']}")
    return batch


@contextmanager
def _bar() -> Iterator[Any]:
    """Show a bar with rate and time left, or lines where nobody watches."""
    if not errors.is_terminal:
        yield _line()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=errors, transient=True) as shown:
        task = shown.add_task("sending", total=None, rate="")
        step = ""

        def tell(batch: dict[str, Any]) -> None:
            nonlocal step
            if batch["state"] != step:
                step = batch["state"]
                shown.reset(task, total=batch["rows"], description=STEPS[step], rate="")
            speed = shown.tasks[0].speed
            shown.update(task, completed=batch["done"], total=batch["rows"], rate=f"{speed:.0f}/s" if speed else "")

        yield tell


def _line() -> Any:
    printed = 0.0

    def tell(batch: dict[str, Any]) -> None:
        nonlocal printed
        if time.monotonic() - printed > LINE_SECONDS:
            printed = time.monotonic()
            errors.print(f"{STEPS[batch['state']]}: {batch['done']} of {batch['rows'] or '?'} rows", highlight=False)

    return tell
