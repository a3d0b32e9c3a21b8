"""How the command speaks: tables for people, JSON for programs, and sentences for what went wrong."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

console = Console()
errors = Console(stderr=True)

Tell = Callable[[str], None]

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")  # an address or a path is of no use cut short
    for row in rows:
        table.add_row(*["" if cell is None else str(cell) for cell in row])
    console.print(table)


def fail(what: str, what_next: str = "", *, code: int = 1) -> NoReturn:
    """End the command with a sentence on what happened and what to do."""
    errors.print(f"[bold red]{what}[/]" + (f"\n{what_next}" if what_next else ""))
    raise typer.Exit(code)


@contextmanager
def progress(title: str, *, every_seconds: float = 0.0) -> Iterator[Tell]:
    """Show what is being done and for how long, on the error output: the other one may be read by a program.

    Where that is no terminal, a line is printed no oftener than *every_seconds*.
    """
    if not errors.is_terminal:
        yield _lines(every_seconds)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as shown:
        task = shown.add_task(title)
        yield lambda line: shown.update(task, description=line)


def _lines(every_seconds: float) -> Tell:
    began = printed = time.monotonic()

    def tell(line: str) -> None:
        nonlocal printed
        now = time.monotonic()
        if now - printed >= every_seconds:
            printed = now
            errors.print(f"{now - began:5.0f} s  {line}", highlight=False)

    return tell
