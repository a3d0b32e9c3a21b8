"""`nyekrup books`: the day lines, checking them without trusting anybody, and what the passes found."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from services.cli.archive_program import CannotRead, lines_of
from services.cli.output import Json, console, fail, print_json, print_table
from services.cli.session import Session
from services.contracts.books import BookLine, BrokenLine, FindingKind, Reader, Remedy
from services.contracts.words import word
from services.contracts.words.base import Language
from services.kit.signing import PublicKeys

app = typer.Typer(name="books", help="Read the books, check them, and see what was found.", no_args_is_help=True)

_DAY = ["%Y-%m-%d"]
From = Annotated[datetime | None, typer.Option("--from", formats=_DAY, help="The first day.")]
To = Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="The last day.")]
LinesFile = Annotated[Path | None, typer.Option("--file", help="Lines as `books show --json` printed them.")]
KeysFile = Annotated[Path | None, typer.Option("--keys", help="Public keys (JWKS) that you kept, not those of today.")]
Speech = Annotated[str, typer.Option("--language", help="id or en.")]
COLUMNS = (
    *("day", "agency", "area", "live_before", "submitted", "reopened", "closed", "cancelled", "void", "live_after"),
    *("closed_voided", "cancelled_voided", "book"),
)


@app.command()
def show(since: From = None, until: To = None, as_json: Json = False) -> None:
    """Show the lines of the closed days, from the first to the last one."""
    lines = [line for page in _pages(Session(), since, until) for line in page]
    if as_json:
        print_json(lines)
    else:
        print_table("Books", COLUMNS, [[line[each] for each in COLUMNS] for line in lines])


@app.command()
def verify(file: LinesFile = None, keys: KeysFile = None, language: Speech = "en", as_json: Json = False) -> None:
    """Check the chain, the signatures and the sums of the lines; code 1 and the first broken line if anything differs.

    With --file and --keys nobody is asked: that is how the other agency checks what it was given.
    """
    public = _public_keys(keys)
    reader = Reader(lambda line: public.signed(line.hash, line.signature, kid=line.key))
    pages = [_lines_in(file)] if file else _pages(Session(), None, None)
    broken = next(filter(None, (reader.first_fault(_read(page)) for page in pages)), None)
    _report(reader, broken, "id" if language == "id" else "en", as_json)
    if broken is not None:
        raise typer.Exit(1)


@app.command()
def findings(limit: Annotated[int, typer.Option(min=1, max=200)] = 50, as_json: Json = False) -> None:
    """List what the passes found and what was done about it, newest first."""
    found = Session().get("referral", "/books/findings", limit=limit)["findings"]
    if as_json:
        print_json(found)
        return
    rows = [
        (each["at"][:19], word(FindingKind(each["kind"]), "en"), each["subject"], word(Remedy(each["done"]), "en"))
        for each in found
    ]
    print_table("Findings (UTC)", ("at", "what", "about", "done"), rows)


@app.command()
def archive(as_json: Json = False) -> None:
    """Say how many workflow histories are in the archive, and which is the oldest that is not."""

    async def read() -> list[dict[str, Any]]:
        return [line async for line in lines_of("figures")]

    try:
        (figures,) = asyncio.run(read())
    except CannotRead as error:
        fail(str(error), error.what_next, code=2)
    if as_json:
        print_json(figures)
    else:
        print_table("Archive of workflow histories", ("", ""), list(figures.items()))


def _pages(session: Session, since: datetime | None, until: datetime | None) -> Iterator[list[dict[str, Any]]]:
    days = {"from": since.date().isoformat() if since else None, "to": until.date().isoformat() if until else None}
    after: int | None = 0
    while after is not None:
        page = session.get("referral", "/books/days", after=after, **days)
        yield page["lines"]
        after = page["next"]


def _public_keys(file: Path | None) -> PublicKeys:
    jwks = _content(file) if file else Session().get("referral", "/books/keys")
    try:
        return PublicKeys(jwks)
    except ValueError as error:
        fail(f"{file or 'The answer'} is no set of public keys.", str(error), code=2)


def _lines_in(file: Path) -> list[dict[str, Any]]:
    lines = _content(file)
    if not isinstance(lines, list):
        fail(f"{file} holds no lines of the books.", "Write one with `nyekrup books show --json`.", code=2)
    return lines


def _content(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read.", type(error).__name__, code=2)


def _read(lines: list[dict[str, Any]]) -> list[BookLine]:
    try:
        return TypeAdapter(list[BookLine]).validate_python(lines)
    except ValidationError as error:
        where = error.errors()[0]["loc"]
        fail(
            f"Line {int(where[0]) + 1} is not a line of the books.", f"Wrong: {'.'.join(map(str, where[1:]))}.", code=2
        )


def _report(reader: Reader, broken: BrokenLine | None, language: Language, as_json: bool) -> None:
    newest = reader.newest
    summary: Mapping[str, Any] = {
        "sound": broken is None,
        "lines": reader.count,
        "newest": newest and {"day": newest.day.isoformat(), "position": newest.position, "hash": newest.hash},
        "broken": broken and {**broken.line.model_dump(mode="json"), "fault": broken.fault},
    }
    if as_json:
        print_json(summary)
    elif broken is not None:
        line = broken.line
        place = f"{line.position}: {line.day} {line.agency} {line.area}"
        console.print(f"[bold red]{place}[/]\n{word(broken.fault, language)}.")
    elif newest is None:
        console.print("There are no lines yet: the first day is not over.")
    else:
        console.print(f"Sound: {reader.count} lines up to {newest.day}, the newest is {newest.position} {newest.hash}.")
