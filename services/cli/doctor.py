"""`nyekrup doctor`: what is wrong here, and what to do about it."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import typer

from deploy.local.home import Home
from deploy.local.servers import Servers
from services.cli.output import Json, print_json, print_table
from services.contracts.events import GROUPS
from services.kit.dead_letters import dead_letter_stream
from services.kit.stackfile import ProgramStatus, read_state
from services.kit.streams import stream_client

app = typer.Typer()

ENOUGH_BYTES = 1 << 30
RESTARTS_TOO_MANY = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. *advice* is empty where all is well."""

    what: str
    well: bool
    seen: str
    advice: str = ""


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what is wrong on this machine and what to do; code 1 if anything is."""
    findings = [*_machine(), *_stack()]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        rows = [("✓" if each.well else "✗", each.what, each.seen, each.advice) for each in findings]
        print_table("doctor", ("", "what", "seen", "what to do"), rows)
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        "Python", sys.version_info >= (3, 11), version, "" if sys.version_info >= (3, 11) else "Install 3.11."
    )
    home = Home.open()
    free = shutil.disk_usage(_existing(home.path)).free
    short = free < ENOUGH_BYTES
    advice = f"Free space on the disk of {home.path}, or set NYEKRUP_HOME to a larger one." if short else ""
    yield Finding("disk space", not short, f"{free / 1e9:.1f} GB free", advice)


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _stack() -> Iterator[Finding]:
    home = Home.open()
    state = read_state(home.state_file)
    running = home.in_use_by() is not None
    start = "" if running else "Start it: `nyekrup up`, or `nyekrup demo` to look at it."
    yield Finding("stack", running, f"process {state.supervisor_pid}" if running else "not running", start)
    if not running:
        return
    for program in state.programs:
        yield from _program(program)
    yield from asyncio.run(_streams(home))


def _program(program: ProgramStatus) -> Iterator[Finding]:
    well = program.state == "ready" and program.restarts < RESTARTS_TOO_MANY
    advice = "" if well else f"Read the end of {program.log}."
    yield Finding(program.name, well, f"{program.state}, {program.restarts} restarts", advice)
    if program.kind == "part" and program.state == "ready":
        yield _readiness(program)


def _readiness(program: ProgramStatus) -> Finding:
    try:
        answer = httpx.get(f"{program.address}/ready", timeout=5)
    except httpx.TransportError as error:
        return Finding(f"{program.name} loops", False, type(error).__name__, f"Read the end of {program.log}.")
    silent = ", ".join(answer.json()["silent"]) if answer.status_code == 503 else ""
    advice = f"These loops stand still. Read the end of {program.log}." if silent else ""
    return Finding(f"{program.name} loops", not silent, silent or "all move", advice)


async def _streams(home: Home) -> list[Finding]:
    client = stream_client(Servers.choose(home.ports(), home.secrets()).redis_url("admin"))
    findings = []
    try:
        for stream, expected in GROUPS.items():
            letters = await client.xlen(dead_letter_stream(stream))
            advice = f"Look at them: `nyekrup events dead-letters --stream {stream}`." if letters else ""
            findings.append(Finding(f"{stream}: dead letters", not letters, str(letters), advice))
            groups = {each["name"].decode(): each for each in await client.xinfo_groups(stream)}
            for name in expected:
                findings.append(_group(stream, name, groups))
    except Exception as error:
        findings.append(Finding("streams", False, type(error).__name__, "The stream server does not answer."))
    finally:
        await client.aclose()
    return findings


def _group(stream: str, name: str, groups: dict[str, dict[str, int]]) -> Finding:
    group = groups.get(name)
    what = f"{stream} → {name}"
    if group is None:
        return Finding(what, False, "no group", "The relay makes it: see that the part that owns the stream runs.")
    behind = (group.get("lag") or 0) + group["pending"]
    late = behind > 1000
    return Finding(what, not late, f"{behind} behind", f"The consumer {name} is slow or stopped." if late else "")
