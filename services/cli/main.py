"""`nyekrup`: everything that people at the terminal do with the product.

Only what is asked for is loaded: a bench brings the libraries of database and Temporal, `nyekrup status` needs neither.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

# What each command's application is called: the module below services.cli whose `app` has it.
SINGLE = {
    "up": "stack", "down": "stack", "status": "stack", "run": "stack", "demo": "demo", "doctor": "doctor",
    "sign-in": "session", "set-password": "session", "replay": "replay", "chaos": "chaos.command", "whatif": "whatif",
    "import": "import_list", "risk": "risk", "synth": "synth.command", "link": "link",
}  # fmt: skip
GROUPS = {
    "referral": "referral", "events": "events", "books": "books", "policy": "policies", "bench": "bench.group",
    "candidates": "candidates", "links": "links", "units": "units", "directory": "directory", "regions": "regions",
}  # fmt: skip


class Commands(TyperGroup):
    """The commands by name, each loaded when it is asked for."""

    def list_commands(self, _: Any) -> list[str]:
        return [*SINGLE, *GROUPS]

    def get_command(self, _: Any, name: str) -> Any:
        """Return the command called *name*, None where there is none."""
        if name in GROUPS:
            return _loaded(GROUPS[name])
        if name not in SINGLE:
            return None
        found = _loaded(SINGLE[name])
        return found.commands[name] if isinstance(found, TyperGroup) else found


def _loaded(module: str) -> Any:
    return typer.main.get_command(import_module(f"services.cli.{module}").app)


app = typer.Typer(
    cls=Commands, no_args_is_help=True, help="Nyekrup: referrals between two agencies, none of them lost."
)  # fmt: skip


@app.callback()
def nyekrup() -> None:
    """Say nothing: a command follows."""


if __name__ == "__main__":
    app()
