"""`nyekrup bench`, with the benches that run by their names only."""

from services.cli.bench import command, paper_command
from services.cli.bench.linking import command as linking
from services.cli.bench.lists import command as lists
from services.cli.bench.people import command as people
from services.cli.bench.scale import command as scale
from services.cli.bench.soak import command as soak

app = command.app
for by_name in (people, soak, scale, lists, linking, paper_command):
    app.registered_commands.extend(by_name.app.registered_commands)
