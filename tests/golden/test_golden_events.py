"""What was published once is understood for ever: kept events of every release go through today's readers and parts."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from deploy.local.home import Home
from deploy.local.stack import Stack, local_stack
from services.cli.bench.lags import backlog
from services.contracts.events import EVENT_TYPES, GROUPS
from services.kit.dead_letters import DATA, dead_letters
from services.kit.inbox import read
from services.kit.streams import stream_client
from tests.golden.keep import EVENTS, frozen, listed

KEPT = sorted(EVENTS.rglob("*.json"))
AGAIN = "run: python -m tests.golden.keep RELEASE"


def test_kept_events_and_schemas_are_what_they_were() -> None:
    changed = {name for name, digest in listed().items() if frozen().get(name) != digest}
    assert changed == set(), "what was released is never changed or removed: publish a v2 beside it"
    assert frozen().keys() == listed().keys(), AGAIN


def test_an_event_of_every_type_is_kept() -> None:
    kept = {json.loads(path.read_text())["type"] for path in KEPT}
    assert kept >= EVENT_TYPES.keys(), AGAIN


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_kept_event_is_read_as_what_it_was(path: Path) -> None:
    body = path.read_bytes()
    written: dict[str, Any] = json.loads(body)
    event = read(body).event
    assert event.type == written["type"]
    understood = event.model_dump(mode="json", exclude_none=True)
    assert understood | written["data"] == understood, "nothing that was said is read differently"


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    with TemporaryDirectory(prefix="nyekrup-golden-") as folder:
        home = Home.open(Path(folder) / "home")
        async with local_stack(home) as stack:
            yield stack
        home.purge()


async def test_every_part_takes_every_kept_event(stack: Stack) -> None:
    client = stream_client(stack.servers.redis_url("admin"))
    try:
        async with backlog(stack.servers) as behind:
            assert await behind.gone_within(60) is not None
            for path in KEPT:
                body = path.read_bytes()
                await client.xadd(read(body).event.stream, {DATA: body})
            assert await behind.gone_within(30) is not None, await behind.count()
        set_aside = {stream: await dead_letters(client, stream) for stream in GROUPS}
        assert not any(set_aside.values()), set_aside
    finally:
        await client.aclose()
