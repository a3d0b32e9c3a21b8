"""The archive in a bucket: histories of a real Temporal, put to a server that speaks S3 over HTTP."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store
from pydantic import SecretStr
from structlog.testing import capture_logs

from deploy.local.stack import Stack
from deploy.local.temporal import RETENTION_SECONDS
from services.contracts.book_commands import ArchiveRuns, ClosedRun, ClosedRuns, InDanger, NoteClosed
from services.kit.clock import system_clock
from services.kit.database import Database
from services.kit.migrations import migrate
from services.kit.settings import PartSettings
from services.kit.temporal import TemporalLink
from tests.story.test_command_line import nyekrup, read
from tests.workflow.replay.kept import HISTORIES
from tests.workflow.replay.kept import read as read_kept
from workflows.archive import ledger
from workflows.archive.commands import ArchiveCommands
from workflows.archive.ledger import Run
from workflows.archive.packing import Damaged, pack
from workflows.archive.reading import Archive, Chosen, Kept
from workflows.archive.settings import DATABASE, BucketAccess
from workflows.archive.stores import NotThere, StoreFailed, Stores

ROOT = Path(__file__).parents[2]
PLACE = "s3://histories/nyekrup"
SECRET = "not-to-be-seen"
SERVED = read_kept(HISTORIES / "v0.1" / "served_without_a_reminder.json")
ALL = NoteClosed(after=None, limit=100, whole=True)
PAGE = ArchiveRuns(after=None, limit=100)


@dataclass
class Shelf:
    """An archive with a bucket on *endpoint*, and the Temporal that it is filled from."""

    endpoint: str
    link: TemporalLink
    database: Database
    access: BucketAccess

    def stores(self) -> Stores:
        return Stores(self.database, self.access)

    def commands(self, place: str = PLACE, *, later: timedelta = timedelta()) -> ArchiveCommands:
        now = system_clock(later.total_seconds())
        return ArchiveCommands(self.link, self.database, self.stores().at(place), now)

    def archive(self) -> Archive:
        return Archive(self.database, self.stores())

    async def closed(self) -> str:
        """Return a workflow that has closed and is noted."""
        client, name = await self.link.client(), f"ended-{uuid4()}"
        handle = await client.start_workflow("ReferralWorkflow", {}, id=name, task_queue="served-by-nobody")
        await handle.terminate("a test")
        while name not in await self.waiting():  # the list is late by a moment
            await self.commands().note_closed(ALL)
        return name

    async def waiting(self) -> set[str]:
        found = await self.commands(later=timedelta(days=365)).runs_in_danger(InDanger(limit=1000))
        return {each.workflow_id for each in found.runs}

    async def kept(self, workflow: str) -> Kept:
        (kept,) = [each async for each in self.archive().runs(Chosen()) if each.workflow_id == workflow]
        return kept

    async def do(self, statement: str, workflow: str) -> None:
        async with self.database.begin() as tx:
            await tx.exec_driver_sql(statement, {"workflow": workflow})

    @property
    def bucket(self) -> S3Store:
        """The same bucket, past our own code."""
        return S3Store.from_url(
            PLACE, endpoint=self.endpoint, access_key_id="x", secret_access_key="x", region="us-east-1",
            client_options={"allow_http": True},
        )  # fmt: skip


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
async def shelf(servers: Stack, endpoint: str) -> AsyncIterator[Shelf]:
    url = servers.servers.database_url("workflows")
    migrate(url, ROOT / "workflows/migrations")
    settings = PartSettings(
        database_url=url,
        redis_url="",
        http_port=0,
        keyring=servers.home.keyring,
        jwks=servers.home.jwks,
        temporal_address=servers.servers.temporal_address,
        temporal_namespace=servers.servers.temporal_namespace,
    )
    async with httpx.AsyncClient() as client:
        (await client.put(f"{endpoint}/histories")).raise_for_status()
    access = BucketAccess(endpoint, "us-east-1", "nyekrup", SecretStr(SECRET), timeout_seconds=5)
    database = Database(url, pool=6)
    yield Shelf(endpoint, TemporalLink(settings), database, access)
    await database.close()


async def test_a_history_in_the_bucket_is_that_of_temporal(shelf: Shelf) -> None:
    workflow = await shelf.closed()
    assert (await shelf.commands().archive_runs(PAGE)).archived >= 1
    kept = await shelf.kept(workflow)
    assert kept.place == PLACE
    assert await obstore.head_async(shelf.bucket, kept.name)
    client = await shelf.link.client()
    expected = await client.get_workflow_handle(workflow, run_id=str(kept.run_id)).fetch_history()
    assert list((await shelf.archive().history(kept)).events) == list(expected.events)
    assert (await shelf.commands().archive_runs(PAGE)).archived == 0


async def test_what_was_put_there_before_a_kill_is_not_put_there_twice(shelf: Shelf) -> None:
    workflow = await shelf.closed()
    await shelf.commands().archive_runs(PAGE)
    before = await shelf.kept(workflow)
    # As if the process had ended between the bucket and the ledger.
    forget = "UPDATE closed_run SET kept_at = NULL, place = NULL, name = NULL, sha256 = NULL"
    await shelf.do(f"{forget} WHERE workflow_id = %(workflow)s", workflow)
    assert (await shelf.commands().archive_runs(PAGE)).archived == 1
    assert await shelf.kept(workflow) == before
    listed = await obstore.list(shelf.bucket).collect_async()
    assert [each["path"] for each in listed if str(before.run_id) in each["path"]] == [before.name]


async def test_an_object_that_was_changed_or_removed_is_not_taken_for_the_history(shelf: Shelf) -> None:
    workflow = await shelf.closed()
    await shelf.commands().archive_runs(PAGE)
    kept = await shelf.kept(workflow)
    content = bytes(await (await obstore.get_async(shelf.bucket, kept.name)).bytes_async())
    await obstore.put_async(shelf.bucket, kept.name, content[:-1])
    with pytest.raises(Damaged):
        await shelf.archive().history(kept)
    await obstore.delete_async(shelf.bucket, kept.name)
    with pytest.raises(NotThere):
        await shelf.archive().history(kept)


async def test_histories_of_the_time_before_the_bucket_are_read_where_they_are(shelf: Shelf) -> None:
    earlier = await shelf.closed()
    await shelf.commands(DATABASE).archive_runs(PAGE)
    later = await shelf.closed()
    await shelf.commands(PLACE).archive_runs(PAGE)
    kept = [await shelf.kept(each) for each in (earlier, later)]
    assert [each.place for each in kept] == [DATABASE, PLACE]
    for each in kept:
        assert (await shelf.archive().history(each)).events


@pytest.mark.parametrize("place", ["s3://no-such-bucket", "s3://histories/away"])
async def test_while_the_bucket_fails_nothing_counts_as_archived_and_what_nears_its_end_is_named(
    shelf: Shelf, place: str
) -> None:
    workflow = await shelf.closed()
    if place.endswith("away"):
        shelf.access = replace(shelf.access, endpoint="http://127.0.0.1:1")
    with capture_logs() as logs:
        answer = await shelf.commands(place).archive_runs(PAGE)
    assert (answer.archived, answer.last, answer.lost) == (0, None, ())
    assert [each["place"] for each in logs if each["event"] == "archive.store_failed"] == [place]
    assert SECRET not in str(logs)
    with pytest.raises(StoreFailed) as failed:
        await shelf.stores().at(place).put("a-name", b"content")
    assert SECRET not in f"{failed.value!r} {shelf.access!r}"

    half = timedelta(seconds=RETENTION_SECONDS / 2)
    soon = await shelf.commands(later=half - timedelta(hours=1)).runs_in_danger(InDanger(limit=10))
    assert (soon.runs, soon.unread_since) == ((), None)
    late = await shelf.commands(later=half + timedelta(hours=1)).runs_in_danger(InDanger(limit=10))
    assert workflow in {each.workflow_id for each in late.runs}
    assert late.unread_since is not None, "and nobody read the list for so long"
    assert (await shelf.commands(DATABASE).archive_runs(PAGE)).archived >= 1
    late = await shelf.commands(later=half + timedelta(hours=1)).runs_in_danger(InDanger(limit=10))
    assert late.runs == ()


async def test_a_page_ends_where_the_next_one_begins(shelf: Shelf) -> None:
    workflows = {await shelf.closed() for _ in range(3)}
    commands, after, pages = shelf.commands(DATABASE), None, 0
    while pages == 0 or after is not None:
        page = await commands.archive_runs(ArchiveRuns(after=after, limit=1))
        after, pages = page.last, pages + 1
        assert page.archived <= 1
    assert pages >= 3
    assert workflows.isdisjoint(await shelf.waiting())


async def test_the_list_of_what_has_closed_is_read_page_by_page(shelf: Shelf) -> None:
    workflows = {await shelf.closed() for _ in range(3)}
    await shelf.do("DELETE FROM closed_run WHERE workflow_id <> %(workflow)s", "")
    await shelf.do("DELETE FROM closed_up_to WHERE %(workflow)s = ''", "")
    commands, after, pages = shelf.commands(), None, 0
    while pages == 0 or after is not None:
        assert await _up_to(shelf) is None, "nothing is through until the last page is"
        assert (await commands.runs_in_danger(InDanger(limit=1))).unread_since == "never"
        page = await commands.note_closed(NoteClosed(after=after, limit=1, whole=False))
        after, pages = page.last, pages + 1
        assert page.noted <= 1
    assert pages >= 3
    assert workflows <= await shelf.waiting()
    assert await _up_to(shelf) is not None
    assert (await commands.runs_in_danger(InDanger(limit=1))).unread_since is None


async def test_a_run_that_was_given_up_is_not_asked_for_again(shelf: Shelf) -> None:
    gone = uuid4()
    insert = "INSERT INTO closed_run VALUES (%(run)s, %(name)s, 'ReferralWorkflow', %(at)s)"
    async with shelf.database.begin() as tx:
        await tx.exec_driver_sql(insert, {"run": gone, "name": f"gone-{gone}", "at": datetime.now(UTC)})
    lost = (ClosedRun(workflow_id=f"gone-{gone}", run_id=gone),)
    assert (await shelf.commands(DATABASE).archive_runs(PAGE)).lost == lost
    assert (await shelf.commands(DATABASE).archive_runs(PAGE)).lost == lost, "until that was written down"
    await shelf.commands().give_up_runs(ClosedRuns(runs=lost))
    assert (await shelf.commands(DATABASE).archive_runs(PAGE)).lost == ()


async def test_the_command_replays_what_is_in_the_bucket(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = pack(SERVED)
    run = Run(uuid4(), "referral/1", "ReferralWorkflow", datetime(2026, 1, 31, 16, 59, tzinfo=UTC))
    await shelf.stores().at(PLACE).put("served", history.content)
    async with shelf.database.begin() as tx:
        await ledger.note(tx, [run])
        assert await ledger.keep(tx, run.run_id, history, place=PLACE, name="served")
        assert not await ledger.keep(tx, run.run_id, history, place=DATABASE, name="another")
    monkeypatch.setenv("NYEKRUP_DATABASE_URL", shelf.database.url)
    monkeypatch.setenv("NYEKRUP_ARCHIVE_S3_ENDPOINT", shelf.endpoint)
    monkeypatch.setenv("NYEKRUP_ARCHIVE_S3_ACCESS_KEY_ID", "nyekrup")
    monkeypatch.setenv("NYEKRUP_ARCHIVE_S3_SECRET_ACCESS_KEY", SECRET)
    days = {"2026-01-31": 1, "2026-02-01": 0}  # it closed a minute before midnight (WIB)
    for day, count in days.items():
        report = await read(tmp_path, "replay", "--since", day, "--until", day)
        assert (report["replayed"], report["same"], report["failed"]) == (count, count, [])
    await obstore.delete_async(shelf.bucket, "served")
    report = await read(tmp_path, "replay", "--since", "2026-01-31", "--until", "2026-01-31", code=1)
    assert [each["went"] for each in report["failed"]] == ["missing"]
    monkeypatch.setenv("NYEKRUP_ARCHIVE_S3_ENDPOINT", "http://127.0.0.1:1")
    code, out, err = await nyekrup(tmp_path, "replay", "--since", "2026-01-31", "--until", "2026-01-31", "--json")
    assert (code, out) == (2, "")
    assert "store does not answer" in err
    assert SECRET not in err


async def _up_to(shelf: Shelf) -> object:
    async with shelf.database.read() as tx:
        return (await tx.exec_driver_sql("SELECT at FROM closed_up_to")).scalar()
