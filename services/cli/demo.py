"""`nyekrup demo`: the whole stack, and the stories that it is for, played through the real HTTP API."""

import asyncio
import time
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.table import Table

from deploy.local.home import Home
from deploy.local.stack import Stack
from services.cli.output import Json, console, print_json, print_table
from services.cli.stack import run_stack, show_addresses, start_shown
from services.cli.stories import speakers
from services.cli.stories.people import Addresses, NotDone
from services.cli.stories.repertoire import STORIES, Story
from services.cli.stories.stage import Stage, StoryFailed, read_cast
from services.contracts.cases import CaseKind
from services.contracts.words import fact_sentence, speaking_sentence
from services.kit.supervisor import ended_by_signals

DEMO_POLICY = "demo-seconds-1"
DEMO_POLICIES = {"NYEKRUP_POLICY": DEMO_POLICY, "NYEKRUP_SPEAKING_POLICY": "demo-speaking-1"}

app = typer.Typer()


class Programme:
    """Every story with its newest line, as a table that is drawn again as they go on."""

    def __init__(self) -> None:
        self.lines: dict[str, str] = {story.number: "" for story in STORIES}
        self.ended: dict[str, str] = {}
        self.referrals: dict[str, str] = {}

    def table(self) -> Table:
        table = Table("", "story", "now", header_style="bold", expand=True)
        signs = {"well": "[green]✓[/]", "badly": "[red]✗[/]"}
        for story in STORIES:
            sign = signs.get(self.ended.get(story.number, ""), "…" if self.lines[story.number] else " ")
            table.add_row(sign, f"{story.number}. {story.title}", self.lines[story.number])
        return table

    @property
    def well(self) -> bool:
        return all(self.ended.get(story.number) == "well" for story in STORIES)


async def open_stage(stack: Stack, *, language: str = "id") -> Stage:
    """Sign everybody in and return the stage, set in the first village of the pilot kecamatan."""
    addresses = Addresses(*(f"http://{stack.ports.address(name)}" for name in ("registry", "referral", "notify")))
    people = read_cast(stack.home.path / "demo-accounts.json", addresses, language=language)
    for person in people.values():
        await person.sign_in()
    regions = await people["tksk"].get(f"{addresses.registry}/regions", parent=people["tksk"].officer["region"])
    stage = Stage(people, regions[0]["code"], stack)
    await _wait_for_the_copies(stage)
    return stage


async def _wait_for_the_copies(stage: Stage) -> None:
    """At the very first start the units are still on their way from the registry to the record."""

    async def known() -> bool:
        try:
            await stage.tksk_supervisor.queue("unit", unit=stage.tksk.unit)
            await stage.dinsos_kab_coordinator.queue("unit", unit=stage.tksk.unit)
            await stage.bkkbn_kab_coordinator.queue("unit", unit=stage.pkb.unit)
        except NotDone:
            return False
        return True

    await stage.until(known, "the offices are known to the record", timeout_seconds=60)


async def play(story: Story, stage: Stage, programme: Programme) -> None:
    def watch(line: str) -> None:
        programme.lines[story.number] = line

    try:
        programme.referrals[story.number] = await story.play(stage.watched_by(watch))
        programme.ended[story.number] = "well"
    except (StoryFailed, NotDone) as error:
        programme.ended[story.number] = "badly"
        watch(f"[red]{error}[/]")


async def play_all(stage: Stage, programme: Programme) -> None:
    together = [play(story, stage, programme) for story in STORIES if not story.alone]
    await asyncio.gather(*together)
    for story in STORIES:
        if story.alone:
            await play(story, stage, programme)


async def show_timelines(stage: Stage, programme: Programme) -> None:
    for story in STORIES:
        referral = programme.referrals.get(story.number)
        if referral is None:
            continue
        shown, lines, say = await _told(stage, story, referral)
        rows = [
            (line["at"][11:19], line["staff_no"], say(line["fact"], "id"), line["state"], _why(line)) for line in lines
        ]
        print_table(f"{story.number}. {story.title}  {shown['number']}", ("UTC", "by", "what", "state", ""), rows)


async def _told(stage: Stage, story: Story, case: str) -> tuple[dict[str, Any], list[dict[str, Any]], Any]:
    """Return the case, its story, and how its facts are said."""
    if story.kind is CaseKind.REFERRAL:
        return await stage.dpo.show(case), await stage.dpo.timeline(case), fact_sentence
    who = stage.dinsos_kab_coordinator
    return await speakers.shown(who, case), await speakers.timeline(who, case), speaking_sentence


def _why(line: dict[str, Any]) -> str:
    told = ", ".join(f"{each['unit']}{'/' + each['role'] if each.get('role') else ''}" for each in line["told"] or ())
    facts = (line["clock"], line["mark"], line["reason"], line.get("outcome"), told and f"→ {told}")
    return " ".join(str(fact) for fact in facts if fact)


@app.command()
def demo(
    leave: Annotated[bool, typer.Option("--exit", help="End after the stories; code 0 only if all went well.")] = False,
    as_json: Json = False,
) -> None:
    """Start everything, play the stories, print timelines and books, and keep running until Ctrl-C."""

    async def work() -> int:
        with ended_by_signals():
            began = time.monotonic()
            stack = await start_shown(Home.open(), demo=True, env=DEMO_POLICIES, quiet=as_json)
            ready_seconds = time.monotonic() - began
            try:
                return await _demo(stack, ready_seconds, leave=leave, as_json=as_json)
            finally:
                await stack.stop()

    run_stack(work)


async def _demo(stack: Stack, ready_seconds: float, *, leave: bool, as_json: bool) -> int:
    stage, programme = await open_stage(stack), Programme()
    try:
        if as_json:
            await play_all(stage, programme)
        else:
            console.print(f"Ready after {ready_seconds:.1f} s.")
            await _play_shown(stage, programme)
        books = await stage.operator.get(f"{stage.operator.addresses.referral}/books")
        if as_json:
            print_json({"ready_seconds": round(ready_seconds, 1), "stories": _results(programme), "books": books})
        else:
            await show_timelines(stage, programme)
            print_table("Books", tuple(books), [tuple(books.values())])
        if not leave:
            show_addresses(stack, demo=True)
            await asyncio.Event().wait()
        return 0 if programme.well and books["balanced"] else 1
    finally:
        for person in stage.people.values():
            await person.close()


async def _play_shown(stage: Stage, programme: Programme) -> None:
    with Live(programme.table(), console=console, refresh_per_second=4) as live:
        playing = asyncio.ensure_future(play_all(stage, programme))
        while not (await asyncio.wait({playing}, timeout=0.25))[0]:
            live.update(programme.table())
        live.update(programme.table())
        await playing


def _results(programme: Programme) -> list[dict[str, Any]]:
    return [
        {
            "story": story.number,
            "title": story.title,
            "well": programme.ended.get(story.number) == "well",
            "last": programme.lines[story.number],
            "referral": programme.referrals.get(story.number),
        }
        for story in STORIES
    ]
