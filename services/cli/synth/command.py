"""`nyekrup synth`: both lists of a made-up world, and the truth, as files."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import Json, console, print_json, progress
from services.cli.synth.damage import FRIENDLY, UNFRIENDLY
from services.cli.synth.lists import DTSEN, PK, TRUTH, make_lists, write_lists

app = typer.Typer()


@app.command()
def synth(
    out: Annotated[Path, typer.Option(help="The folder for pk.csv, dtsen.csv and truth.csv.")],
    families: Annotated[int, typer.Option(min=1, help="How many families there are in this world.")] = 1_000,
    seed: Annotated[int, typer.Option(help="The same number gives the same lists.")] = 1,
    unfriendly: Annotated[
        bool, typer.Option("--unfriendly", help="A third of the NIK missing, two fifths of the KK changed.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make up both lists, with the damage that real ones have. Nobody in them exists: NIK block 99."""
    with progress("synth", every_seconds=5) as tell:
        lists = make_lists(families, seed, UNFRIENDLY if unfriendly else FRIENDLY,
                           lambda done: tell(f"{done} of {families} families"))  # fmt: skip
        tell("writing the files")
        write_lists(lists, out)
    sizes = {PK: len(lists.pk), DTSEN: len(lists.dtsen), TRUTH: len(lists.truth)}
    if as_json:
        print_json(sizes)
    else:
        console.print(", ".join(f"{out / name}: {rows} rows" for name, rows in sizes.items()))
