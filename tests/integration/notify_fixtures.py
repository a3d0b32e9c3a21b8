"""A stage for the messages: real servers, events put straight on the streams, a real mailbox, a real process."""

import asyncio
import base64
import itertools
import json
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import psycopg
import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope, Session
from psycopg.rows import dict_row
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from deploy.local.environment import module_argv, part_env
from deploy.local.home import Home
from deploy.local.parts import NOTIFY
from deploy.local.ports import HOST
from deploy.local.probe import answers_ready
from deploy.local.stack import Stack, local_stack
from services.contracts.codes import Agency, ClockName, Level, Priority, Role, Service
from services.contracts.events import Envelope as CloudEvent
from services.contracts.events import Event, OfficerChanged, OfficerLeft, ReferralEvent, UnitChanged
from services.contracts.lifecycle import State
from services.contracts.snapshot import Due, Snapshot
from services.contracts.wib import WIB
from services.kit.auth import Caller
from services.kit.crypto import Keyring

VILLAGE = "35.15.08.2001"
STREAMS = {"registry": ("referral", "notify"), "referral": ("registry", "notify", "workflows")}
FAST = {
    "NYEKRUP_SENDER_POLL_SECONDS": "0.02",
    "NYEKRUP_SENDER_RETRY_BASE_SECONDS": "0.05",
    "NYEKRUP_SENDER_AWAY_CAP_SECONDS": "0.2",
    "NYEKRUP_SENDER_TRIES": "3",
    "NYEKRUP_SMTP_TIMEOUT_SECONDS": "5",
    "NYEKRUP_LOG_FORMAT": "json",
}


async def until(happened: Callable[[], Awaitable[Any]], seconds: float = 15) -> Any:
    """Return what *happened* answers as soon as it is truthy."""
    async with asyncio.timeout(seconds):
        while not (answer := await happened()):
            await asyncio.sleep(0.02)
    return answer


class Mailbox:
    """A real SMTP server. *replies* are given in turn instead of keeping the mail; *on_mail* may do anything."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[EmailMessage] = []
        self.replies: list[str] = []
        self.on_mail: Callable[[], Awaitable[None]] | None = None
        self.connections = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._talk, HOST, self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _talk(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="localhost", loop=asyncio.get_running_loop())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.replies and (reply := self.replies.pop(0)) != "250":
            return reply
        content = envelope.content or b""
        mail = message_from_bytes(content if isinstance(content, bytes) else content.encode(), policy=policy.default)
        self.mails.append(mail)
        if self.on_mail:
            await self.on_mail()
        return "250 kept"

    def to(self, officer: "Person") -> list[EmailMessage]:
        return [mail for mail in self.mails if officer.email in str(mail["To"])]


@dataclass(frozen=True)
class Person:
    id: UUID
    unit: str
    role: Role
    email: str


@dataclass
class Desks:
    """Two units and who works there."""

    sending: str
    receiving: str
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


class World:
    """The servers, the mailbox, and the events of two services that are not there."""

    def __init__(self, stack: Stack, redis: Redis, database: psycopg.AsyncConnection[Any], mailbox: Mailbox) -> None:
        self.stack, self.redis, self.database, self.mailbox = stack, redis, database, mailbox
        self.keyring = Keyring.load(stack.home.keyring)
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.process: asyncio.subprocess.Process | None = None
        self._numbers = itertools.count(1)

    # --- events

    async def publish(self, *events: Event, ids: list[UUID] | None = None) -> list[UUID]:
        """Put *events* on their streams, as their relay would, and return their ids."""
        ids = ids or [uuid4() for _ in events]
        for event_id, event in zip(ids, events, strict=True):
            envelope = CloudEvent.around(event, id=event_id, time=datetime.now(UTC), cause=None, correlation=event_id)
            body = envelope.model_dump_json(exclude_none=True).encode()
            await self.redis.xadd(event.stream, {"__data__": body})
        return ids

    async def settled(self) -> None:
        """Return when `notify` has taken everything in."""
        for stream in STREAMS:
            await until(lambda stream=stream: self._taken(stream))  # type: ignore[misc]

    async def read_all(self, stream: str) -> bool:
        """True once `notify` has been given all of *stream*, whether it is done with it or not."""
        last = (await self.redis.xinfo_stream(stream))["last-generated-id"]
        return bool((await self._group(stream))["last-delivered-id"] == last)

    async def _taken(self, stream: str) -> bool:
        return await self.read_all(stream) and (await self._group(stream))["pending"] == 0

    async def _group(self, stream: str) -> Mapping[str, Any]:
        return next(each for each in await self.redis.xinfo_groups(stream) if each["name"] == b"notify")

    async def tell(self, *events: Event) -> list[UUID]:
        ids = await self.publish(*events)
        await self.settled()
        return ids

    # --- who works where

    async def desks(self, *, sending: tuple[str, ...] = ("anna",), receiving: tuple[str, ...] = ("budi",)) -> Desks:
        """Open two units. A name that starts with `chief` is a supervisor, `ops` an operator, anything else officer."""
        number = next(self._numbers)
        desks = Desks(f"dinsos-test.{number}", f"bkkbn-test.{number}")
        for unit, names in ((desks.sending, sending), (desks.receiving, receiving)):
            await self.publish(self.unit(unit))
            for name in names:
                desks.people[name] = await self.hire(unit, name)
        await self.settled()
        return desks

    def unit(self, unit: str, *, version: int = 1, parent: str | None = None) -> UnitChanged:
        agency = Agency(unit.partition("-")[0])
        return UnitChanged(
            unit=unit, agency=agency, level=Level.KECAMATAN, region="35.15.08", title=f"Kantor {unit}", services=(),
            version=version, parent=parent,
        )  # fmt: skip

    async def hire(
        self, unit: str, name: str, *, language: str = "id", person: UUID | None = None, **more: Any
    ) -> Person:
        role = {"chief": Role.SUPERVISOR, "ops": Role.OPERATOR, "dpo": Role.DPO}.get(
            name.rstrip("0123456789"), Role.OFFICER
        )
        officer = Person(person or uuid4(), unit, role, f"{name}.{unit}@kantor.example")
        await self.publish(self.officer(officer, language=language, **more))
        return officer

    def officer(
        self, who: Person, *, language: str = "id", version: int = 1, village: str | None = None
    ) -> OfficerChanged:
        sealed = self.keyring.seal({"email": who.email, "name": f"Nama {who.id}"}, belongs_to=f"contact/{who.id}")
        return OfficerChanged(
            officer=who.id, staff_no="1990", unit=who.unit, role=who.role, language=language, village=village,
            contact=base64.b64encode(sealed).decode(), version=version,
        )  # fmt: skip

    def left(self, who: Person, *, version: int = 9) -> OfficerLeft:
        return OfficerLeft(officer=who.id, unit=who.unit, version=version)

    # --- referrals

    def referral(self, desks: Desks, **changes: Any) -> Snapshot:
        facts: dict[str, Any] = {
            "referral_id": uuid4(),
            "number": f"26-{next(self._numbers):06d}-0",
            "version": 3,
            "state": State.OFFERED,
            "attempt": 1,
            "family_id": uuid4(),
            "unit_from": desks.sending,
            "unit_to": desks.receiving,
            "agency_from": Agency.DINSOS,
            "service": Service.TPK_DAMPING,
            "priority": Priority.NORMAL,
            "region": VILLAGE,
            "restricted": False,
            "basis": "consent",
            "policy_version": "standard-1",
            "calendar_version": "id-2026.1",
            "clocks": (Due(clock=ClockName.ACKNOWLEDGE, due_at=datetime(2026, 11, 24, 9, tzinfo=UTC)),),
        }
        return Snapshot.model_validate({**facts, **changes})

    @staticmethod
    def fact(fact: str, snapshot: Snapshot, **more: Any) -> ReferralEvent:
        return ReferralEvent(fact=fact, snapshot=snapshot, **more)

    # --- what became of them

    async def messages(self, where: str = "true", **values: Any) -> list[dict[str, Any]]:
        async with self.database.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(f"SELECT * FROM message WHERE {where} ORDER BY id", values)
            return await cursor.fetchall()

    async def of(self, event: UUID, **also: Any) -> list[dict[str, Any]]:
        rows = await self.messages("event_id = %(event)s", event=event)
        return [row for row in rows if all(row[name] == value for name, value in also.items())]

    # --- the process

    @asynccontextmanager
    async def notify(self, at: time | None = time(10), **settings: str) -> AsyncIterator[None]:
        """Run `python -m services.notify`, by whose clock it is *at* (WIB) now, until the block ends."""
        await self.start(at, **settings)
        try:
            yield
        finally:
            await self.stop()

    async def start(self, at: time | None = time(10), **settings: str) -> None:
        offset = timedelta()
        if at is not None:
            real = datetime.now(WIB)
            offset = datetime.combine(real.date(), at, WIB) - real
        self.now = lambda: datetime.now(UTC) + offset
        own = {"NYEKRUP_SMTP_HOST": HOST, "NYEKRUP_SMTP_PORT": str(self.mailbox.port)}
        clock = {"NYEKRUP_CLOCK_OFFSET_SECONDS": str(offset.total_seconds())}
        env = part_env({**self.stack.settings(NOTIFY), **own, **clock, **FAST, **settings})
        with self.log_file.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *module_argv("services.notify"), env=env, stdout=log, stderr=log, cwd=self.stack.home.folder("run")
            )
        process = self.process

        async def ready() -> bool:
            assert process.returncode is None, self.log_file.read_text()[-4000:]
            return await answers_ready(self.stack.ports["notify"])

        await until(ready, 30)

    async def stop(self) -> None:
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(20):
                    await process.wait()
            finally:
                if process.returncode is None:
                    process.kill()

    async def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    @property
    def log_file(self) -> Path:
        return self.stack.home.log_file("notify")

    # --- people at their screens

    @asynccontextmanager
    async def screen(self, person: Person, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        address = f"http://{HOST}:{self.stack.ports['notify']}"
        signed = {"authorization": f"Bearer {self.token(person)}", **headers}
        async with httpx.AsyncClient(base_url=address, headers=signed) as client:
            yield client

    def token(self, person: Person) -> str:
        agency = Agency(person.unit.partition("-")[0])
        caller = Caller(person.id, "1990", agency, person.unit, Level.KECAMATAN, person.role, "35.15.08")  # type: ignore[arg-type]
        kid = json.loads(self.stack.home.jwks.read_text())["keys"][0]["kid"]
        key = self.stack.home.signing_key.read_text()
        return jwt.encode(caller.claims(now=self.now()), key, algorithm="ES256", headers={"kid": kid})


def again(key: UUID | None = None) -> Mapping[str, str]:
    return {"idempotency-key": str(key or uuid4())}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world() -> AsyncIterator[World]:
    """Servers for one module, without Temporal, which the messages do not use; the streams are there, and empty."""
    with tempfile.TemporaryDirectory(prefix="nyekrup-notify-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NYEKRUP_TEMPORAL_ADDRESS", "127.0.0.1:1")
        home = Home.open(Path(folder) / "home")
        async with local_stack(home, parts=()) as stack, _world(stack) as world:
            yield world
        home.purge()


@asynccontextmanager
async def _world(stack: Stack) -> AsyncIterator[World]:
    mailbox = Mailbox(stack.ports["mail"])
    await mailbox.open()
    url = stack.servers.database_url("notify")
    async with (
        Redis.from_url(stack.servers.redis_url("admin")) as redis,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as database,
    ):
        for stream, groups in STREAMS.items():
            for group in groups:
                with suppress(ResponseError):
                    await redis.xgroup_create(stream, group, id="0", mkstream=True)
        world = World(stack, redis, database, mailbox)
        try:
            yield world
        finally:
            await world.stop()
            await mailbox.close()


@pytest_asyncio.fixture(loop_scope="session")
async def empty_mailbox(world: World) -> Mailbox:
    """The mailbox, without what other tests sent and with nothing planned."""
    world.mailbox.mails.clear()
    world.mailbox.replies.clear()
    world.mailbox.on_mail = None
    return world.mailbox
