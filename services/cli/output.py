"""How the command speaks: tables for people, JSON for programs, and sentences for what went wrong."""

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

console = Console()
errors = Console(stderr=True)

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
