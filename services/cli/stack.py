"""`nyekrup up`, `down`, `status`, `run`: the whole stack on this machine."""

import asyncio
import json
import os
import runpy
import signal
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from deploy.local.errors import LocalError
from deploy.local.home import Home
from deploy.local.parts import WITH_PAGES
from deploy.local.stack import Stack, local_stack
from services.cli.output import Json, console, fail, print_json, print_table
from services.contracts.codes import Role
from services.kit.stackfile import ProgramStatus, read_state
from services.kit.supervisor import StartFailed, ended_by_signals

STOP_SECONDS = 60

app = typer.Typer()


def run_stack(work: Callable[[], Coroutine[Any, Any, int]]) -> None:
    """Run *work* and end with its code. Ctrl-C is a clean end; a start that fails is told in words."""
    try:
        code = asyncio.run(work())
    except asyncio.CancelledError:
        code = 0
    except (LocalError, StartFailed) as error:
        fail(str(error), "Run `nyekrup doctor` to see what is wrong and what to do.")
    raise typer.Exit(code)


class Starting:
    """Shows the start of each program as it happens."""

    def __init__(self) -> None:
        columns = (SpinnerColumn(finished_text="[green]✓[/]"), TextColumn("{task.description}"), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console)
        self._tasks: dict[str, Any] = {}

    def changed(self, status: ProgramStatus) -> None:
        if status.name not in self._tasks:
            self._tasks[status.name] = self.progress.add_task(status.name, total=1)
        done = status.state == "ready"
        text = f"{status.name:<10} {status.state:<10} [dim]{status.address}[/]"
        self.progress.update(self._tasks[status.name], description=text, completed=1 if done else 0)


async def start_shown(home: Home, *, demo: bool, env: dict[str, str] | None = None, quiet: bool = False) -> Stack:
    """Start the stack of *home*, with its progress on the terminal unless *quiet*."""
    starting = Starting()
    if quiet:
        stack = local_stack(home, WITH_PAGES, demo=demo, env=env)
        await stack.start()
        return stack
    with starting.progress:
        stack = local_stack(home, WITH_PAGES, demo=demo, env=env, on_change=starting.changed)
        await stack.start()
    return stack


@app.command()
def up(
    demo: Annotated[bool, typer.Option(help="With the mailbox and the demo accounts.")] = False,
    policy: Annotated[str | None, typer.Option(help="The clock policy for new referrals.")] = None,
    as_json: Json = False,
) -> None:
    """Start servers and parts, and keep them running until Ctrl-C. With --json: prints the status once all is ready."""

    async def work() -> int:
        with ended_by_signals():
            env = {"NYEKRUP_POLICY": policy} if policy else None
            stack = await start_shown(Home.open(), demo=demo, env=env, quiet=as_json)
            try:
                if as_json:
                    print_json(stack_status(stack.home))
                else:
                    show_addresses(stack, demo=demo)
                await asyncio.Event().wait()
            finally:
                await stack.stop()
        return 0

    run_stack(work)


def show_addresses(stack: Stack, *, demo: bool) -> None:
    ports = stack.ports
    console.print(f"  {'pages':<10} [bold]http://{ports.address('console')}[/]")
    if demo:
        accounts = stack.home.path / "demo-accounts.json"
        console.print(
            f"  {'':<10} sign in as D-35.15.08-01 (TKSK), B-35.15.08-01 (PKB) or {_operator(accounts)} (operator)"
        )
        console.print(f"  {'':<10} passwords: {accounts}")
    for name in ("registry", "referral", "notify"):
        console.print(f"  {name:<10} http://{ports.address(name)}/docs")
    console.print(f"  {'Temporal':<10} http://{ports.address('temporal_ui')}")
    if demo:
        console.print(f"  {'mailbox':<10} http://{ports.address('mail_ui')}")
    console.print(f"  {'data':<10} {stack.home.path}\nCtrl-C stops everything.")


def _operator(accounts: Path) -> str:
    return str(next(each["staff_no"] for each in json.loads(accounts.read_text()) if each["role"] == Role.OPERATOR))


@app.command()
def down(
    purge: Annotated[bool, typer.Option("--purge", help="Remove the data as well.")] = False, as_json: Json = False
) -> None:
    """Stop the stack that runs from this data folder."""
    home = Home.open()
    pid = home.in_use_by()
    if pid is not None:
        _stop(pid)
    if purge:
        home.purge()
    if as_json:
        print_json({"home": str(home.path), "stopped": pid is not None, "purged": purge})
        return
    console.print("Nothing was running." if pid is None else "Stopped.")
    if purge:
        console.print(f"Removed {home.path}.")


def _stop(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    try:
        psutil.Process(pid).wait(STOP_SECONDS)
    except psutil.NoSuchProcess:
        pass
    except psutil.TimeoutExpired:
        fail(f"The stack (process {pid}) did not stop within {STOP_SECONDS} s.", "Look at its logs, then try again.")


@app.command()
def status(as_json: Json = False) -> None:
    """List every server and part: address, process, state, data folder."""
    found = stack_status(Home.open())
    if as_json:
        print_json(found)
    else:
        columns = ("name", "state", "pid", "address", "restarts", "data")
        print_table(found["home"], columns, [[program[each] for each in columns] for program in found["programs"]])
    if not found["running"]:
        raise typer.Exit(3)


def stack_status(home: Home) -> dict[str, Any]:
    """Return what runs from *home*: its servers and parts, each with address, process, state and data folder."""
    running = home.in_use_by() is not None
    programs = [asdict(program) for program in read_state(home.state_file).programs]
    for program in programs:
        if not running:
            program.update(state="stopped", pid=None)
    return {"home": str(home.path), "running": running, "programs": programs}


@app.command()
def run(
    part: Annotated[str, typer.Argument(help=f"One of {', '.join(part.name for part in WITH_PAGES)}.")],
    only: Annotated[str, typer.Option(help="Only these roles: api, relay, consumers, worker, janitor, loops.")] = "",
    as_json: Json = False,
) -> None:
    """Run one part in this process, with its settings from the environment (NYEKRUP_...). With --json: so it logs."""
    modules = {each.name: each.module for each in WITH_PAGES}
    if part not in modules:
        fail(f"There is no part {part}.", f"The parts are: {', '.join(modules)}.", code=2)
    if as_json:
        os.environ["NYEKRUP_LOG_FORMAT"] = "json"
    sys.argv = [modules[part], *(["--only", only] if only else [])]
    runpy.run_module(modules[part], run_name="__main__", alter_sys=True)
