"""`nyekrup link`: two files laid on each other, without any stack."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.linking_program import CannotLink, steps_of
from services.cli.output import Json, Tell, console, fail, print_json, progress

app = typer.Typer()

QUIET_SECONDS = 2.0
STEPS = {
    "reading_pk": "reading the survey", "reading_dtsen": "reading the register", "weighing": "weighing pairs",
    "families": "laying families side by side", "writing": "writing",
}  # fmt: skip


@app.command()
def link(
    pk: Annotated[Path, typer.Option(help="The survey: CSV or XLSX.")],
    dtsen: Annotated[Path, typer.Option(help="The welfare register: CSV or XLSX.")],
    out: Annotated[Path, typer.Option(help="Where the links go (CSV).")],
    as_json: Json = False,
) -> None:
    """Find who of the survey is who in the register: joins, and what a person should look at."""
    for file in (pk, dtsen):
        if not file.is_file():
            fail(f"{file} is no file.", "Name a CSV or XLSX file.", code=2)
    if not out.parent.is_dir():
        fail(f"{out.parent} is no folder.", "Name a folder that is there.", code=2)
    with progress("link", every_seconds=QUIET_SECONDS) as tell:
        try:
            done = asyncio.run(_linked(pk, dtsen, out, tell))
        except CannotLink as error:
            fail(str(error), error.what_next)
    if as_json:
        print_json(done)
        return
    console.print(
        f"{done['rows']['pk']} people of the survey, {done['rows']['dtsen']} rows of the register:"
        f" {done['join']} joined, {done['review']} to be looked at ({done['seconds']} s). {out}"
    )
    if any(done["left_out"].values()):
        console.print(f"Rows without a name or an id, left out: {done['left_out']}.")


async def _linked(pk: Path, dtsen: Path, out: Path, tell: Tell) -> dict[str, Any]:
    told: dict[str, Any] = {}
    async for told in steps_of(pk, dtsen, out):
        if step := told.get("step"):
            tell(STEPS[step] + (f": {told['done']} of {told['of']} rows" if "of" in told else ""))
    return told
