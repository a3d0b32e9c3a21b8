"""The command `nyekrup` knows its commands by name and loads those that are asked for."""

import subprocess
import sys

import pytest
import typer

from services.cli.main import GROUPS, SINGLE, app

COMMANDS = typer.main.get_command(app)
HEAVY = ("sqlalchemy", "temporalio", "faststream", "fastapi")


@pytest.mark.parametrize("name", [*SINGLE, *GROUPS])
def test_every_command_is_found_and_says_what_it_does(name: str) -> None:
    with typer.Context(COMMANDS) as context:
        found = COMMANDS.get_command(context, name)  # type: ignore[attr-defined]
    assert found is not None
    assert found.help


def test_an_unknown_command_is_refused_and_nothing_is_loaded_for_it() -> None:
    with typer.Context(COMMANDS) as context:
        assert COMMANDS.get_command(context, "nothing") is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", ["stack", "session", "referral"])
def test_a_command_of_every_day_brings_no_library_of_the_services(module: str) -> None:
    asked = f"import sys, services.cli.main, services.cli.{module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert not {*HEAVY} & {*loaded}
