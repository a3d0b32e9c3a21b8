"""`nyekrup`: everything that people at the terminal do with the product."""

import typer

from services.cli import books, demo, doctor, events, policies, referral, replay, session, stack, whatif
from services.cli.bench import command as bench
from services.cli.bench import paper_command as paper
from services.cli.bench.people import command as people
from services.cli.bench.scale import command as scale
from services.cli.bench.soak import command as soak
from services.cli.chaos import command as chaos

app = typer.Typer(no_args_is_help=True, help="Nyekrup: referrals between two agencies, none of them lost.")
for single in (stack, demo, doctor, session, replay, chaos, whatif):
    app.registered_commands.extend(single.app.registered_commands)
for by_name in (people, soak, scale, paper):
    bench.app.registered_commands.extend(by_name.app.registered_commands)
for group in (referral, events, books, policies, bench):
    app.add_typer(group.app)

if __name__ == "__main__":
    app()
