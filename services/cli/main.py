"""`nyekrup`: everything that people at the terminal do with the product."""

import typer

from services.cli import demo, stack

app = typer.Typer(no_args_is_help=True, help="Nyekrup: referrals between two agencies, none of them lost.")
for part in (stack, demo):
    app.registered_commands.extend(part.app.registered_commands)

if __name__ == "__main__":
    app()
