"""`nyekrup bench import`: one large file, sent, checked and applied as a person would."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.local.temporal import find_temporal
from services.cli.bench.command import print_report, run_bench
from services.cli.bench.ground import Tell, open_ground
from services.cli.bench.lists.file import write_survey
from services.cli.bench.lists.measure import bring_in, figures, floor_seconds
from services.cli.bench.machine import describe_machine
from services.cli.output import Json, print_json

app = typer.Typer()

ROWS = 1_500_000
LIMITS = (
    "import_rate: from `apply` to applied, beside DuckDB reading the same file and one COPY of the same finished rows"
    " into a table with the same indexes; the dry run before it is `import_check_rate`, and both together are"
    " `import_whole_rate`.",
    "import_memory: the most that the importer and its processes had together, what they share counted once (Linux).",
)


@app.command(name="import")
def bench_import(
    rows: Annotated[int, typer.Option(min=1_000, help="How many people stand in the file.")] = ROWS,
    as_json: Json = False,
) -> None:
    """Bring one large file of the survey in. About ten minutes at full size."""

    def tell_all(report: dict[str, Any]) -> int:
        print_json(report) if as_json else print_report(report)
        return 0

    run_bench(lambda tell: _report(rows, tell), tell_all)


async def _report(rows: int, tell: Tell) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="nyekrup-bench-") as folder:
        file = Path(folder) / "survey.csv"
        tell("writing the file")
        write_survey(file, rows)
        async with open_ground(tell) as ground:
            took = await bring_in(ground, file)
            floor = await floor_seconds(ground, file, Path(folder) / "finished")
            machine = await describe_machine(ground.stack.servers, find_temporal())
    return {
        "machine": machine,
        "rows": rows,
        "figures": [each.as_json() for each in figures(rows, took, floor)],
        "limits": list(LIMITS),
    }
