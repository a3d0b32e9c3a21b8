"""`nyekrup events`: what goes over the streams, what was set aside, and putting that back."""

import asyncio
import json
from typing import Annotated, Any

import typer

from deploy.local.home import Home
from deploy.local.servers import Servers
from services.cli.output import Json, console, fail, print_json, print_table
from services.contracts.events import GROUPS
from services.kit.dead_letters import DATA, DeadLetter, dead_letters, replay
from services.kit.streams import stream_client

app = typer.Typer(name="events", help="Look at events and dead letters.", no_args_is_help=True)

Stream = Annotated[str, typer.Option(help=f"One of {', '.join(GROUPS)}.")]


def _client(home: Home) -> Any:
    servers = Servers.choose(home.ports(), home.secrets())
    return stream_client(servers.redis_url("admin"))


def _checked(stream: str) -> str:
    if stream not in GROUPS:
        fail(f"There is no stream {stream}.", f"The streams are: {', '.join(GROUPS)}.", code=2)
    return stream


@app.command()
def ls(
    stream: Stream = "referral", limit: Annotated[int, typer.Option(min=1, max=1000)] = 20, as_json: Json = False
) -> None:
    """List the newest events."""

    async def read() -> list[dict[str, Any]]:
        client = _client(Home.open())
        try:
            entries = await client.xrevrange(_checked(stream), count=limit)
        finally:
            await client.aclose()
        return [_event(entry.decode(), fields[DATA.encode()]) for entry, fields in entries]

    events = asyncio.run(read())
    if as_json:
        print_json(events)
    else:
        columns = ("entry", "type", "subject", "subjectversion")
        print_table(stream, columns, [[event.get(each) for each in columns] for event in events])


def _event(entry: str, body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except ValueError:
        event = None
    return {"entry": entry, **(event if isinstance(event, dict) else {"type": "unreadable"})}


@app.command(name="dead-letters")
def dead_letters_(stream: Stream = "referral", as_json: Json = False) -> None:
    """List the events that a consumer could not take, and why."""
    letters = asyncio.run(_read_letters(_checked(stream)))
    if as_json:
        print_json([_letter(letter) for letter in letters])
    else:
        columns = ("entry", "group", "reason", "deliveries", "died_at", "type")
        print_table(f"{stream}: dead letters", columns, [[_letter(each)[name] for name in columns] for each in letters])


async def _read_letters(stream: str) -> list[DeadLetter]:
    client = _client(Home.open())
    try:
        return await dead_letters(client, stream)
    finally:
        await client.aclose()


def _letter(letter: DeadLetter) -> dict[str, Any]:
    about = {
        "entry": letter.entry,
        "group": letter.group,
        "reason": letter.reason,
        "deliveries": letter.deliveries,
        "died_at": letter.died_at,
    }
    return {**_event(letter.entry, letter.body), **about}


@app.command(name="replay")
def replay_(
    entry: Annotated[str, typer.Argument(help="The dead letter's entry, or `all`.")],
    stream: Stream = "referral",
    as_json: Json = False,
) -> None:
    """Put a dead letter back on its stream: consumers that had the event drop it by its id."""

    async def put_back() -> int:
        client = _client(Home.open())
        try:
            letters = [each for each in await dead_letters(client, _checked(stream)) if entry in {each.entry, "all"}]
            for letter in reversed(letters):
                await replay(client, stream, letter)
        finally:
            await client.aclose()
        return len(letters)

    count = asyncio.run(put_back())
    if not count:
        fail(f"There is no dead letter {entry} of {stream}.", "List them: `nyekrup events dead-letters`.")
    if as_json:
        print_json({"stream": stream, "put_back": count})
    else:
        console.print(f"Put back: {count}.")
