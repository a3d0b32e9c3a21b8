"""After all that was played: no person's data is anywhere but sealed, and the books balance."""

import base64
import json
from pathlib import Path

import psycopg
import pytest

from deploy.local.stack import Stack
from services.cli.demo import Programme
from services.cli.stories.stage import Stage
from services.contracts.events import GROUPS
from services.kit.dead_letters import DATA
from services.kit.logging import SIXTEEN_DIGITS
from services.kit.settings import PartSettings
from services.kit.streams import stream_client
from services.kit.temporal import TemporalLink

# What the stories type: names, an address, free text, and every NIK of block 99.
CANARIES = (
    "Contoh Ibu",
    "Contoh Anak",
    "RT 01 RW 02",
    "Keluarga perlu",
    "diperbarui",
    "350199",
    "bidan desa",
    "Aula asrama",
)


def betrayed(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text] + SIXTEEN_DIGITS.findall(text)


@pytest.fixture(scope="package", autouse=True)
def played(programme: Programme) -> Programme:
    return programme


async def test_no_event_carries_a_persons_data(stack: Stack) -> None:
    client = stream_client(stack.servers.redis_url("admin"))
    try:
        for stream in GROUPS:
            entries = await client.xrange(stream)
            bodies = b"\n".join(fields[DATA.encode()] for _, fields in entries).decode()
            assert betrayed(bodies) == []
            assert entries, f"nothing was said on {stream}"
    finally:
        await client.aclose()


def test_no_log_line_carries_a_persons_data(stack: Stack) -> None:
    logs = [Path(program.log) for program in stack.status()]
    assert len(logs) >= 8
    assert {log.name: betrayed(log.read_text()) for log in logs if betrayed(log.read_text())} == {}


async def test_no_workflow_history_carries_a_persons_data(stack: Stack) -> None:
    settings = PartSettings(
        database_url="",
        redis_url="",
        http_port=0,
        keyring=stack.home.keyring,
        jwks=stack.home.jwks,
        temporal_address=stack.servers.temporal_address,
        temporal_namespace=stack.servers.temporal_namespace,
    )
    client = await TemporalLink(settings).client()
    read = 0
    async for run in client.list_workflows():
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        assert betrayed(payloads(history.to_json())) == []
        read += 1
    assert read >= 10


def payloads(history: str) -> str:
    """Return the history with what is base64 in it readable."""
    found: list[str] = [history]

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("data"), str):
                found.append(base64.b64decode(node["data"]).decode(errors="replace"))
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(json.loads(history))
    return "\n".join(found)


@pytest.mark.parametrize("role", ["registry", "referral", "notify", "workflows"])
def test_at_rest_everything_personal_is_sealed(stack: Stack, role: str) -> None:
    with psycopg.connect(stack.servers.database_url(role)) as database:
        tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [role]).fetchall()
        for (table,) in tables:
            if table == "region":
                continue  # the country's own list of places
            rows = database.execute(f'SELECT t::text FROM "{table}" t').fetchall()
            text = "\n".join(row for (row,) in rows)
            # Bytes are shown as hexadecimal digits, so unsealed words in them would look like that.
            written = [canary for canary in CANARIES if canary in text or canary.encode().hex() in text]
            assert written == [], table


async def test_the_books_balance_and_no_mark_is_late(stage: Stage) -> None:
    books = await stage.operator.get(f"{stage.operator.addresses.referral}/books")
    assert books["balanced"]
    assert books["overdue_marks"] == 0


def test_versions_have_no_gap_and_every_event_has_its_line(stack: Stack) -> None:
    with psycopg.connect(stack.servers.database_url("referral")) as database:
        gaps = database.execute(
            "SELECT referral.id FROM referral JOIN timeline ON timeline.referral = referral.id"
            " GROUP BY referral.id HAVING count(*) <> max(referral.version) OR max(timeline.version) <> count(*)"
        ).fetchall()
        assert gaps == []
        untold = database.execute(
            "SELECT referral, version FROM timeline EXCEPT SELECT aggregate::uuid, version FROM outbox"
        ).fetchall()
        assert untold == []
        uncovered = database.execute(
            "SELECT count(*) FROM referral WHERE state NOT IN ('closed', 'cancelled', 'void') AND waits_for IS NULL"
        ).fetchone()
        assert uncovered == (0,), "every live referral is in a work queue"


async def test_every_person_heard_of_what_concerns_them_once(stack: Stack, stage: Stage) -> None:
    inbox = await stage.pkb.inbox()
    assert inbox, "the receiving unit was told of its offers"
    with psycopg.connect(stack.servers.database_url("notify")) as database:
        twice = database.execute(
            "SELECT event_id, recipient, channel FROM message GROUP BY 1, 2, 3 HAVING count(*) > 1"
        ).fetchall()
    assert twice == []
