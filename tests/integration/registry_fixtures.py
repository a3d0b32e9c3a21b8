"""A registry that really runs: embedded servers in a temporary home, the part as its own process, a demo's people.

Import `registry` into a test module to use it; the whole session shares one.
"""

import asyncio
import itertools
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest_asyncio
from redis.asyncio import Redis
from sqlalchemy import text

from deploy.local.home import Home
from deploy.local.parts import REGISTRY
from deploy.local.ports import HOST
from deploy.local.stack import Stack, local_stack
from services.contracts.events import Envelope, Event
from services.contracts.ids import OfficerId, RegionCode, UnitId, new_id
from services.kit.auth import Caller
from services.kit.crypto import Keyring
from services.kit.database import Database
from services.registry.officers import find_by_staff_no
from services.registry.tokens import Signer

TKSK, TKSK_2, TKSK_LEAD = "D-35.15.08-01", "D-35.15.08-02", "D-35.15.08-03"
PKB, PKB_2, PKB_LEAD, TPK = "B-35.15.08-01", "B-35.15.08-02", "B-35.15.08-03", "B-35.15.08-04"
DINSOS_KAB, DINSOS_KAB_OFFICER, BKKBN_KAB = "D-35.15-01", "D-35.15-02", "B-35.15-01"
DINSOS_PROVINCE, OPERATOR, DPO, BKKBN_PROVINCE = "D-35-01", "D-35-02", "D-35-03", "B-35-01"

# The lists are laid on each other in the stories, where all parts run.
ENV = {"NYEKRUP_MATCH_AFTER_IMPORT": "false"}

_serials = itertools.count(1)
_addresses = itertools.count(1)


def now() -> datetime:
    return datetime.now(UTC)


async def until(happened: Callable[[], Awaitable[Any]], seconds: float = 15) -> Any:
    """Return what *happened* answers as soon as it is true."""
    async with asyncio.timeout(seconds):
        while not (answer := await happened()):
            await asyncio.sleep(0.02)
    return answer


@dataclass
class RunningRegistry:
    """The part, its people and its stores. *by* is a staff number of the demo or any Caller."""

    stack: Stack
    api: httpx.AsyncClient
    database: Database
    streams: Redis
    signer: Signer
    keyring: Keyring
    accounts: Mapping[str, dict[str, str]]
    callers: dict[str, Caller] = field(default_factory=dict)

    def caller(self, by: str | Caller) -> Caller:
        return self.callers[by] if isinstance(by, str) else by

    def signed(self, by: str | Caller) -> dict[str, str]:
        return {"authorization": f"Bearer {self.signer.sign(self.caller(by), now=now())}"}

    async def get(self, path: str, by: str | Caller, **query: Any) -> httpx.Response:
        return await self.api.get(path, params=query, headers=self.signed(by))

    async def send(
        self, method: str, path: str, by: str | Caller, body: Any = None, *, key: UUID | None = None
    ) -> httpx.Response:
        headers = {**self.signed(by), "idempotency-key": str(key or uuid4())}
        return await self.api.request(method, path, json=body, headers=headers)

    async def post(self, path: str, by: str | Caller, body: Any = None, *, key: UUID | None = None) -> httpx.Response:
        return await self.send("POST", path, by, body, key=key)

    async def sign_in(self, staff_no: str, password: str | None = None, *, address: str = "") -> httpx.Response:
        """Sign in from *address*, by default one that nobody else uses."""
        body = {"staff_no": staff_no, "password": password or self.accounts[staff_no.upper()]["password"]}
        headers = {"x-forwarded-for": address or new_address()}
        return await self.api.post("/sign-in", json=body, headers=headers)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.database.begin() as tx:
            found = await tx.execute(text(query), values)
            return list(found.all()) if found.returns_rows else []

    async def facts(self, name: str, subject: object) -> list[dict[str, Any]]:
        """Return the data of the facts of that name about *subject*, as they stand in the outbox."""
        found = await self.rows("SELECT body FROM outbox WHERE aggregate = :subject ORDER BY seq", subject=str(subject))
        bodies = [json.loads(bytes(row.body)) for row in found]
        return [body["data"] for body in bodies if body["type"] == f"registry.{name}.v1"]

    async def hear(self, events: Iterable[Event], *, twice: bool = False) -> None:
        """Put *events* straight on their stream, in that order, and wait until the registry has taken them in."""
        bodies = [_enveloped(event) for event in events]
        for _, body in bodies * (2 if twice else 1):
            await self.streams.xadd("referral", {"__data__": body})
        ids = [event_id for event_id, _ in bodies]
        await until(lambda: self._all_taken_in(ids))

    async def _all_taken_in(self, ids: list[UUID]) -> bool:
        query = "SELECT count(*) FROM inbox WHERE consumer = 'registry' AND event_id = ANY(:ids)"
        taken = (await self.rows(query, ids=ids))[0][0]
        pending = (await self.streams.xpending("referral", "registry"))["pending"]
        return bool(taken == len(ids) and pending == 0)


def _enveloped(event: Event) -> tuple[UUID, bytes]:
    event_id = new_id()
    envelope = Envelope.around(event, id=event_id, time=now(), cause=None, correlation=event_id)
    return event_id, envelope.model_dump_json(exclude_none=True).encode()


def new_address() -> str:
    number = next(_addresses)
    return f"198.51.{number // 250}.{number % 250 + 1}"  # TEST-NET-2 and its neighbours: nobody's


def new_nik(*, day: int = 15, month: int = 1, year: int = 90) -> str:
    """Return a NIK that belongs to nobody: kecamatan block 99."""
    return f"350199{day:02d}{month:02d}{year:02d}{next(_serials):04d}"


def new_member(**fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "name": "Contoh Warga",
        "birth_date": "1990-01-15",
        "sex": "male",
        "relation": "head",
        **fields,
    }


def new_family(region: str = "35.15.08.2001", **fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "region": RegionCode(region),
        "address": "Jalan Contoh 1",
        "members": [new_member(nik=new_nik())],
        **fields,
    }


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of a problem."""
    return answer.status_code, answer.json()["code"]


def neighbour_of(caller: Caller, region: str) -> Caller:
    """Return a colleague of the same agency who works in another kecamatan."""
    unit = UnitId(f"{caller.agency}-{region}")
    return replace(caller, officer=OfficerId(new_id()), unit=unit, region=RegionCode(region))


async def recorded(registry: RunningRegistry, by: str | Caller = TKSK, **fields: Any) -> dict[str, Any]:
    """Record a new family and return what was sent."""
    family = new_family(**fields)
    answer = await registry.post("/families", by, family)
    assert answer.status_code == 201, answer.text
    return family


class _Shared:
    """One registry for all modules that import the fixture: pytest takes each import for a fixture of its own."""

    def __init__(self) -> None:
        self._users = 0
        self._held = AsyncExitStack()
        self._running: RunningRegistry | None = None

    @asynccontextmanager
    async def use(self) -> AsyncIterator[RunningRegistry]:
        if self._running is None:
            self._running = await self._held.enter_async_context(_started())
        self._users += 1
        try:
            yield self._running
        finally:
            self._users -= 1
            if not self._users:
                self._running = None
                await self._held.aclose()


_shared = _Shared()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def registry() -> AsyncIterator[RunningRegistry]:
    async with _shared.use() as running:
        yield running


@contextmanager
def _new_home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="nyekrup-test-"))
    folder.chmod(0o755)
    home = Home.open(folder / "home")
    try:
        yield home
    finally:
        home.purge()
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _started() -> AsyncIterator[RunningRegistry]:
    with _new_home() as home:
        async with local_stack(home, (REGISTRY,), demo=True, env=ENV) as stack, _running(stack) as running:
            yield running


@asynccontextmanager
async def _running(stack: Stack) -> AsyncIterator[RunningRegistry]:
    accounts = json.loads((stack.home.path / "demo-accounts.json").read_text())
    running = RunningRegistry(
        stack=stack,
        api=httpx.AsyncClient(base_url=f"http://{HOST}:{stack.ports['registry']}", timeout=20),
        database=Database(stack.servers.database_url("registry"), pool=4),
        streams=Redis.from_url(stack.servers.redis_url("admin"), protocol=2),
        signer=Signer.load(stack.home.signing_key, stack.home.jwks),
        keyring=Keyring.load(stack.home.keyring),
        accounts={account["staff_no"]: account for account in accounts},
    )
    # The stream's owner does not run here, so its group is made by hand.
    await running.streams.xgroup_create("referral", "registry", id="0", mkstream=True)
    async with running.database.read() as tx:
        for staff_no in running.accounts:
            officer = await find_by_staff_no(tx, staff_no)
            assert officer is not None
            running.callers[staff_no] = officer.caller
    try:
        yield running
    finally:
        await running.api.aclose()
        await running.streams.aclose()
        await running.database.close()
