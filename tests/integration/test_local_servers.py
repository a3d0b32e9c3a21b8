"""The embedded servers for real: started, killed, restarted, moved and purged."""

import asyncio
import json
import os
import shutil
import signal
import smtplib
import socket
import stat
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from email.message import EmailMessage
from pathlib import Path

import jwt
import psutil
import psycopg
import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from deploy.local import postgres_place
from deploy.local.errors import HomeInUse, NotAHome, PortTaken, SettingMissing
from deploy.local.home import Home
from deploy.local.parts import NOTIFY, REFERRAL, REGISTRY, Part
from deploy.local.ports import HOST, is_free
from deploy.local.postgres_place import find_place
from deploy.local.probe import http_call
from deploy.local.servers import Servers
from deploy.local.stack import Stack, local_stack
from services.kit.stackfile import read_state

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that every user may pass through, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="nyekrup-test-"))
    path.chmod(0o755)
    yield path
    for mark in path.glob("*/.nyekrup-home"):
        Home.open(mark.parent).purge()
    shutil.rmtree(path, ignore_errors=True)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stack(folder: Path) -> AsyncIterator[Stack]:
    async with local_stack(Home.open(folder / "shared"), parts=(), demo=True) as stack:
        yield stack


@asynccontextmanager
async def connected(stack: Stack, role: str) -> AsyncIterator[psycopg.AsyncConnection]:
    async with await psycopg.AsyncConnection.connect(stack.servers.database_url(role)) as connection:
        yield connection


@asynccontextmanager
async def valkey(stack: Stack, user: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(stack.servers.redis_url(user), decode_responses=True) as client:
        yield client


def pid_of(stack: Stack, name: str) -> int:
    pid = next(status.pid for status in stack.status() if status.name == name)
    assert pid is not None
    return pid


async def until(happened: Callable[[], object], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.05)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def test_one_call_brings_up_all_servers_and_they_listen_on_the_loopback_address_only(stack: Stack) -> None:
    assert {status.name: status.state for status in stack.status()} == {
        "postgres": "ready", "valkey": "ready", "temporal": "ready", "mailbox": "ready",
    }  # fmt: skip
    pids = [pid_of(stack, status.name) for status in stack.status()]
    listening = [c.laddr for pid in pids for c in psutil.Process(pid).net_connections() if c.status == "LISTEN"]
    assert {address.ip for address in listening} == {HOST}
    assert {stack.ports[name] for name in ("postgres", "valkey", "temporal", "temporal_ui", "mail", "mail_ui")} <= {
        address.port for address in listening
    }


async def test_what_may_wait_lets_what_answers_people_go_first(stack: Stack) -> None:
    niceness = {status.name: psutil.Process(pid_of(stack, status.name)).nice() for status in stack.status()}
    assert niceness["postgres"] == niceness["valkey"] == os.nice(0)
    assert niceness["temporal"] > niceness["postgres"]


async def test_a_role_works_in_its_own_schema_and_cannot_read_another_ones_tables(stack: Stack) -> None:
    async with connected(stack, "registry") as registry:
        await registry.execute("CREATE TABLE family (id int)")
        assert await (
            await registry.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'family'")
        ).fetchone() == ("registry",)
    async with connected(stack, "referral") as referral:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await referral.execute("SELECT * FROM registry.family")


@pytest.mark.parametrize("statement", ["CREATE TABLE public.x (id int)", "CREATE SCHEMA x", "CREATE ROLE x"])
async def test_a_role_cannot_make_anything_outside_its_schema(stack: Stack, statement: str) -> None:
    async with connected(stack, "notify") as notify:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await notify.execute(statement)


async def test_a_wrong_password_is_refused(stack: Stack) -> None:
    right = stack.servers.secrets.postgres["notify"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        await psycopg.AsyncConnection.connect(stack.servers.database_url("notify").replace(right, "wrong"))


async def test_a_part_publishes_on_its_own_stream_only_and_consumes_every_stream(stack: Stack) -> None:
    async with valkey(stack, "referral") as referral, valkey(stack, "notify") as notify:
        await referral.xgroup_create("referral", "notify", id="0", mkstream=True)
        entry = await referral.xadd("referral", {"n": "1"})
        with pytest.raises(NoPermissionError):
            await notify.xadd("referral", {"n": "forged"})
        with pytest.raises(NoPermissionError):
            await notify.xtrim("referral", maxlen=0)
        await notify.xreadgroup("notify", "one", {"referral": ">"})
        await notify.xclaim("referral", "notify", "two", 0, [entry])
        async with notify.pipeline(transaction=True) as both:
            both.xadd("referral.dlq", {"n": "1"})
            both.xack("referral", "notify", entry)
            assert (await both.execute())[1] == 1
        assert (await notify.xpending("referral", "notify"))["pending"] == 0
        assert (await notify.xinfo_groups("referral"))[0]["name"] == "notify"


@pytest.mark.parametrize("command", ["FLUSHALL", "CONFIG GET dir", "KEYS *", "ACL LIST", "SHUTDOWN", "SET elsewhere 1"])
async def test_a_part_cannot_administer_valkey(stack: Stack, command: str) -> None:
    async with valkey(stack, "referral") as client:
        with pytest.raises(NoPermissionError):
            await client.execute_command(*command.split())  # type: ignore[no-untyped-call]


async def test_the_console_may_read_streams_but_change_nothing(stack: Stack) -> None:
    async with valkey(stack, "console") as client:
        await client.xread({"referral": "$"})
        with pytest.raises(NoPermissionError):
            await client.xadd("console", {"n": "1"})


async def test_temporal_takes_work_at_once_and_keeps_closed_histories_for_thirty_days(stack: Stack) -> None:
    client = await Client.connect(stack.servers.temporal_address, namespace=stack.servers.temporal_namespace)
    await client.start_workflow("Any", id="any", task_queue="nobody-works-here")
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="nyekrup"))
    assert answer.config.workflow_execution_retention_ttl.ToTimedelta().days == 30


async def test_mail_is_kept_and_shown_with_everything_escaped(stack: Stack) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "<script>alert(1)</script>"
    message.set_content("Selamat pagi <b>Ibu</b>")
    await asyncio.to_thread(send, stack.ports["mail"], message)
    [file] = stack.home.folder("mail").glob("*.eml")
    _, page = await http_call(stack.ports["mail_ui"], "GET", "/")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    _, mail = await http_call(stack.ports["mail_ui"], "GET", f"/mail/{file.stem}")
    assert "Selamat pagi &lt;b&gt;Ibu" in mail
    assert (await http_call(stack.ports["mail_ui"], "GET", "/mail/..%2f..%2fkeys%2fsecrets"))[0] == 404


def send(port: int, message: EmailMessage) -> None:
    with smtplib.SMTP(HOST, port) as smtp:
        smtp.send_message(message)


async def test_secrets_and_keys_are_for_their_owner_only_and_stay_the_same(stack: Stack) -> None:
    private = [*stack.home.folder("keys").iterdir(), *stack.home.folder("run").glob("*.json")]
    assert {stat.S_IMODE(file.stat().st_mode) for file in private} == {0o600}
    assert stack.home.secrets() == stack.servers.secrets
    key = json.loads(stack.home.jwks.read_text())["keys"][0]
    token = jwt.encode({"sub": "x"}, stack.home.signing_key.read_text(), algorithm="ES256")
    assert jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"]) == {"sub": "x"}


async def test_a_second_stack_in_the_same_home_is_refused_and_told_who_is_there(stack: Stack) -> None:
    with pytest.raises(HomeInUse, match=f"in use by process {os.getpid()}"):
        await local_stack(Home.open(stack.home.path), parts=()).start()
    with pytest.raises(HomeInUse):
        stack.home.purge()


@pytest.mark.parametrize("name", ["postgres", "valkey", "temporal", "mailbox"])
async def test_a_killed_server_comes_back_by_itself(stack: Stack, name: str) -> None:
    killed = pid_of(stack, name)
    os.kill(killed, signal.SIGKILL)
    await until(lambda: {(s.state, s.pid == killed) for s in stack.status() if s.name == name} == {("ready", False)})


DUMMY_PART = """
import http.server, json, os
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *words):
        pass
with open(os.environ["DUMP"], "w") as file:
    json.dump(dict(os.environ), file)
http.server.HTTPServer(("127.0.0.1", int(os.environ["NYEKRUP_HTTP_PORT"])), Answer).serve_forever()
"""


async def test_two_stacks_run_side_by_side_and_one_may_use_the_servers_of_the_other(
    stack: Stack, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "dummy_part.py").write_text(DUMMY_PART)
    admin_url = stack.servers.database_url("postgres")
    monkeypatch.setenv("NYEKRUP_DATABASE_ADMIN_URL", admin_url)
    monkeypatch.setenv("NYEKRUP_DATABASE_URL", admin_url.replace("/nyekrup", "/other"))
    monkeypatch.setenv("NYEKRUP_REDIS_URL", stack.servers.redis_url("admin"))
    monkeypatch.setenv("NYEKRUP_TEMPORAL_ADDRESS", stack.servers.temporal_address)
    other = local_stack(
        Home.open(folder / "guest"), [Part("referral", "dummy_part")],
        env={"PYTHONPATH": str(folder), "DUMP": str(folder / "env.json"), "NYEKRUP_POLICY": "strict"},
    )  # fmt: skip
    own_passwords = other.home.secrets().postgres
    try:
        async with other:
            assert [(status.name, status.state) for status in other.status()] == [("referral", "ready")]
            seen = json.loads((folder / "env.json").read_text())
            async with await psycopg.AsyncConnection.connect(seen["NYEKRUP_DATABASE_URL"]) as connection:
                assert (connection.info.user, connection.info.dbname) == ("referral", "other")
    finally:
        await restore_passwords(stack)
    assert own_passwords["referral"] in seen["NYEKRUP_DATABASE_URL"]
    assert seen["NYEKRUP_POLICY"] == "strict"
    assert seen["NYEKRUP_JWKS"] == str(other.home.jwks)
    assert "NYEKRUP_DATABASE_ADMIN_URL" not in seen
    assert "NYEKRUP_SIGNING_KEY" not in seen


async def restore_passwords(stack: Stack) -> None:
    async with connected(stack, "postgres") as admin:
        for role in ("registry", "referral", "notify", "workflows"):
            password = psycopg.sql.Literal(stack.servers.secrets.postgres[role])
            await admin.execute(
                psycopg.sql.SQL("ALTER ROLE {} PASSWORD {}").format(psycopg.sql.Identifier(role), password)
            )


async def test_only_the_registry_of_a_demo_gets_key_and_accounts_and_only_notify_a_mail_server(stack: Stack) -> None:
    registry, notify, referral = (stack.settings(part) for part in (REGISTRY, NOTIFY, REFERRAL))
    assert registry["NYEKRUP_DEMO_ACCOUNTS"] == str(stack.home.path / "demo-accounts.json")
    assert notify["NYEKRUP_SMTP_PORT"] == str(stack.ports["mail"])
    assert "NYEKRUP_SIGNING_KEY" in registry
    assert {"NYEKRUP_SIGNING_KEY", "NYEKRUP_SMTP_PORT", "NYEKRUP_DEMO_ACCOUNTS"}.isdisjoint(referral)


async def test_an_external_database_without_an_administrator_is_explained(stack: Stack) -> None:
    with pytest.raises(SettingMissing, match="set NYEKRUP_DATABASE_ADMIN_URL as well"):
        Servers.choose(stack.ports, stack.servers.secrets, {"NYEKRUP_DATABASE_URL": "postgresql://db/nyekrup"})


async def test_data_and_addresses_survive_a_restart(folder: Path) -> None:
    home = Home.open(folder / "restarted")
    async with local_stack(home, parts=()) as first:
        async with connected(first, "referral") as referral, valkey(first, "referral") as streams:
            await referral.execute("CREATE TABLE kept AS SELECT 42 AS answer")
            await streams.xadd("referral", {"n": "1"})
        client = await Client.connect(first.servers.temporal_address, namespace="nyekrup")
        await client.start_workflow("Any", id="kept", task_queue="nobody-works-here")
    async with local_stack(home, parts=()) as second:
        assert second.ports == first.ports
        async with connected(second, "referral") as referral, valkey(second, "referral") as streams:
            assert await (await referral.execute("SELECT answer FROM kept")).fetchone() == (42,)
            assert await streams.xlen("referral") == 1
        client = await Client.connect(second.servers.temporal_address, namespace="nyekrup")
        assert (await client.get_workflow_handle("kept").describe()).id == "kept"


RUN_SCRIPT = """
import asyncio, sys
from pathlib import Path
from deploy.local.home import Home
from deploy.local.stack import local_stack

async def main():
    async with local_stack(Home.open(Path(sys.argv[1])), parts=(), demo=True):
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent; see end_leftovers")
async def test_no_server_is_left_when_the_supervisor_is_killed_and_the_next_start_works(folder: Path) -> None:
    home = Home.open(folder / "orphaned")
    supervisor = await asyncio.create_subprocess_exec(sys.executable, "-c", RUN_SCRIPT, home.path)
    try:
        await until(lambda: [p.state for p in read_state(home.state_file).programs] == ["ready"] * 4)
        pids = [program.pid for program in read_state(home.state_file).programs if program.pid]
        family = [child for pid in pids for child in psutil.Process(pid).children(recursive=True)]
    finally:
        supervisor.kill()
        await supervisor.wait()
    await until(lambda: all(is_gone(pid) for pid in [*pids, *(child.pid for child in family)]))
    async with local_stack(home, parts=()) as again:
        assert {status.state for status in again.status()} == {"ready"}


def test_a_remembered_port_that_somebody_else_took_is_replaced(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "home")
    with home.hold_ports() as before:
        assert home.ports() == before
    with closing(socket.create_server((HOST, before["valkey"]))), home.hold_ports() as after:
        assert not set(before.numbers.values()) & set(after.numbers.values())
        assert all(map(is_free, after.numbers.values()))
        assert home.ports() == after
    with home.hold_ports() as later:
        assert later == after


def test_two_stacks_never_share_a_port_though_none_of_them_listens_yet(tmp_path: Path) -> None:
    one, other = Home.open(tmp_path / "one"), Home.open(tmp_path / "other")
    with one.hold_ports() as ports:
        shutil.copy(one.path / "run" / "ports.json", other.path / "run" / "ports.json")
        with other.hold_ports() as others:
            assert not set(ports.numbers.values()) & set(others.numbers.values())


def test_a_port_from_the_environment_wins_and_is_not_replaced_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home.open(tmp_path / "home")
    with closing(socket.create_server((HOST, 0))) as somebody:
        port = somebody.getsockname()[1]
        monkeypatch.setenv("NYEKRUP_POSTGRES_PORT", str(port))
        assert home.ports()["postgres"] == port
        with pytest.raises(PortTaken, match=f"NYEKRUP_POSTGRES_PORT={port}"), home.hold_ports():
            pass


def test_a_folder_with_something_else_in_it_is_never_taken_for_a_home(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").touch()
    with pytest.raises(NotAHome):
        Home.open(tmp_path)


@pytest.mark.skipif(not AS_ROOT, reason="only root has to hand PostgreSQL to another user")
async def test_root_may_have_its_home_behind_a_closed_folder_and_purge_removes_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = Home.open(closed / "home")
    async with local_stack(home, parts=()) as stack:
        async with connected(stack, "referral") as referral:
            await referral.execute("SELECT 1")
        assert find_place(home).data.is_relative_to(home.elsewhere)
        assert psutil.Process(pid_of(stack, "postgres")).username() == "nobody"
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert stat.S_IMODE(home.path.stat().st_mode) == 0o711
    home.purge()
    assert not home.path.exists()
    assert not home.elsewhere.exists()


@pytest.mark.skipif(not AS_ROOT, reason="only root has to hand PostgreSQL to another user")
def test_binaries_that_the_other_user_cannot_read_are_copied(tmp_path: Path, folder: Path) -> None:
    package = postgres_place._package()
    closed = tmp_path / "site-packages"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), closed / name, symlinks=True, ignore=shutil.ignore_patterns("include"))
    home = Home.open(folder / "copied")
    place = find_place(home, closed / package.name)
    assert place.bin.is_relative_to(home.elsewhere)
    assert postgres_place._can_run([str(place.bin / "initdb"), "--version"], "nobody")


async def test_purge_removes_the_whole_home(folder: Path) -> None:
    home = Home.open(folder / "purged")
    async with local_stack(home, parts=()):
        pass
    home.purge()
    assert not home.path.exists()
    assert not home.elsewhere.exists()
