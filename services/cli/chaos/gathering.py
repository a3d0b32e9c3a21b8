"""Gathering what the judge looks at: as people over HTTP, on the stream, in the mailbox, from Temporal's own list."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from email import message_from_bytes, policy
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deploy.local.probe import answers_ready, http_call
from deploy.local.temporal import NAMESPACE
from services.cli.chaos.evidence import Evidence, Reader, Told
from services.cli.chaos.ground import Ground
from services.cli.chaos.journal import Command
from services.cli.chaos.plan import PARTS
from services.cli.stories.people import NotDone, Person
from services.contracts.codes import Role
from services.contracts.events import GROUPS
from services.kit.dead_letters import dead_letters
from services.kit.event_format import DATA

PAGE = 200
AT_ONCE = 8
LETTERS = 1000
_TYPED = re.compile(r"Contoh Ibu|RT 01 RW 02|dikunjungi|\b350199\d{10}\b")
RUNNING = "ExecutionStatus='Running'"


async def gather(ground: Ground, commands: Sequence[Command]) -> Evidence:
    """Return all that can be seen now. First what people see, then the stream: it may know more, never less."""
    people = ground.stage.people
    referrals, timelines = await _referrals(ground, _subjects(commands, families=False))
    families = await _families(ground, _subjects(commands, families=True))
    queued = await _queued(people.values())
    books = await ground.stage.operator.get(f"{ground.stage.operator.addresses.referral}/books")
    running = [each async for each in _running(ground.stack.ports["temporal_http"])]
    told = await _told(ground)
    readers = [await _reader(person) for person in people.values()]
    mails = await asyncio.to_thread(_mails, ground.stack.home.folder("mail"))
    complaints = [*await _complaints(ground), *await asyncio.to_thread(betrayed, ground.stack.home.folder("logs"))]
    return Evidence(
        commands,
        referrals,
        timelines,
        families,
        told,
        readers,
        mails,
        queued,
        running,
        books,
        complaints,
    )


def _subjects(commands: Iterable[Command], *, families: bool) -> list[str]:
    """Return the ids that commands were about, in order, each once."""
    return list(dict.fromkeys(each.subject for each in commands if (each.action == "record_family") is families))


async def _referrals(
    ground: Ground, ids: Sequence[str]
) -> tuple[dict[str, dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """Return each referral as its sender sees it, and its timeline as the privacy officer does, of those there are."""
    sender, dpo, doors = ground.stage.tksk, ground.stage.dpo, asyncio.Semaphore(AT_ONCE)

    async def look(referral: str) -> tuple[str, dict[str, Any], list[dict[str, Any]]] | None:
        async with doors:
            try:
                lines = await dpo.timeline(referral)
                return referral, await sender.show(referral), lines
            except NotDone:
                return None

    found = [each for each in await asyncio.gather(*map(look, ids)) if each is not None]
    return {each: seen for each, seen, _ in found}, {each: lines for each, _, lines in found}


async def _families(ground: Ground, ids: Sequence[str]) -> set[str]:
    person, found = ground.stage.tksk, set()
    for family in ids:
        try:
            await person.get(f"{person.addresses.registry}/families/{family}")
            found.add(family)
        except NotDone:
            continue
    return found


async def _queued(people: Iterable[Person]) -> set[str]:
    """Return every referral that is in the queue of some unit."""
    found: set[str] = set()
    able = {each.unit: each for each in people if each.officer["role"] in {Role.SUPERVISOR, Role.COORDINATOR}}
    for person in able.values():
        query: dict[str, Any] = {"limit": PAGE}
        while True:
            page = await person.get(f"{person.addresses.referral}/queues/unit", **query)
            found |= {each["id"] for each in page["referrals"]}
            if page["next"] is None:
                break
            query["after"] = page["next"]
    return found


async def _running(port: int) -> AsyncIterator[str]:
    """Yield the referrals whose workflow runs, as Temporal itself lists them."""
    path = f"/api/v1/namespaces/{NAMESPACE}/workflows?pageSize={PAGE}&query={quote(RUNNING)}"
    token = ""
    while True:
        status, body = await http_call(port, "GET", path + (f"&nextPageToken={quote(token, safe='')}" if token else ""))
        listed = json.loads(body) if status == 200 else {}
        for run in listed.get("executions", ()):
            kind, _, referral = run["execution"]["workflowId"].partition("/")
            if kind == "referral":
                yield referral
        token = listed.get("nextPageToken", "")
        if not token:
            return


async def _told(ground: Ground) -> list[Told]:
    client = ground.valkey
    try:
        entries = await client.xrange("referral")
    finally:
        await client.aclose()
    bodies = dict.fromkeys(fields[DATA.encode()] for _, fields in entries)
    events = (json.loads(body) for body in bodies if body not in ground.planted)
    return [_as_told(event) for event in events if event["type"].startswith("referral.")]


def _as_told(event: Mapping[str, Any]) -> Told:
    snapshot = event["data"]["snapshot"]
    return Told(
        id=event["id"], referral=event["subject"], version=event["subjectversion"], fact=event["data"]["fact"],
        state=snapshot["state"], unit_from=snapshot["unit_from"], unit_to=snapshot.get("unit_to"),
        region=snapshot["region"],
    )  # fmt: skip


async def _reader(person: Person) -> Reader:
    messages: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": PAGE}
    while True:
        page = await person.get(f"{person.addresses.notify}/inbox", **query)
        messages += page["messages"]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    officer = person.officer
    return Reader(person.staff_no, person.unit, officer["role"], officer.get("village"), messages)


def betrayed(folder: Path) -> list[str]:
    """Return which logs in *folder* hold what the caseworkers typed of a family."""
    logs = {file.name: file.read_text(errors="replace") for file in folder.glob("*.log")}
    return [f"{name} has a family's data: {found[0]}" for name, text in logs.items() if (found := _TYPED.search(text))]


def _mails(folder: Path) -> set[tuple[str, str, str]]:
    found = set()
    for file in folder.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        found.add((parseaddr(str(mail["To"]))[1], str(mail["Subject"]), str(mail["Message-ID"])))
    return found


async def _complaints(ground: Ground) -> list[str]:
    ports = ground.stack.ports
    silent = [f"{name} is not ready" for name in PARTS if not await answers_ready(ports[name])]
    client = ground.valkey
    try:
        for stream in GROUPS:
            silent += await _behind(client, stream)
            letters = await dead_letters(client, stream, limit=LETTERS)
            unplanned = [each for each in letters if each.body not in ground.planted]
            silent += [f"a dead letter of {each.group} nobody planted: {each.reason}" for each in unplanned]
    finally:
        await client.aclose()
    return silent


async def _behind(client: Any, stream: str) -> list[str]:
    groups = {each["name"].decode(): each for each in await client.xinfo_groups(stream)}
    found = [f"{stream} has no group {name}" for name in GROUPS[stream] if name not in groups]
    for name, group in groups.items():
        if group["pending"] or group["lag"]:
            found.append(f"{name} has {group['pending']} pending and {group['lag']} unread on {stream}")
    return found
