"""The record over HTTP on a real PostgreSQL, with tokens as the registry signs them, and a clock that a test sets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.local.stack import Stack
from services.kit.auth import Caller, Verifier
from services.kit.health import Health
from services.kit.http import create_api
from services.referral import __main__ as referral
from services.referral.actors import Actor
from services.referral.usecases import Record
from services.registry.tokens import Signer
from tests.workflow.clocked import Moment


@dataclass
class RecordApi:
    """*record* is what the API works on; *moment* is its time."""

    http: httpx.AsyncClient
    record: Record
    moment: Moment
    signer: Signer

    async def get(self, path: str, by: Actor, **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query, headers=self._signed(by))

    async def post(self, path: str, by: Actor, body: Any = None, *, key: UUID | None = None) -> httpx.Response:
        return await self.send("POST", path, by, body, key=key)

    async def send(
        self, method: str, path: str, by: Actor, body: Any = None, *, key: UUID | None = None
    ) -> httpx.Response:
        headers = {**self._signed(by), "idempotency-key": str(key or uuid4())}
        return await self.http.request(method, path, json=body, headers=headers)

    def _signed(self, by: Actor) -> dict[str, str]:
        assert by.officer and by.agency and by.unit and by.level and by.role and by.region  # noqa: PT018
        caller = Caller(by.officer, by.staff_no, by.agency, by.unit, by.level, by.role, by.region, by.village)
        return {"authorization": f"Bearer {self.signer.sign(caller, now=self.moment())}"}


@asynccontextmanager
async def record_api(servers: Stack, record: Record) -> AsyncIterator[RecordApi]:
    moment = Moment(datetime.now(UTC))
    here = replace(record, now=moment)
    verifier = Verifier(servers.home.jwks, now=moment)
    served = create_api(
        "referral",
        verifier=verifier,
        health=Health(),
        routers=referral.ROUTERS,
        examples=referral.EXAMPLES,
        record=here,
    )
    transport = httpx.ASGITransport(app=served)
    async with httpx.AsyncClient(transport=transport, base_url="http://record") as http:
        yield RecordApi(http, here, moment, Signer.load(servers.home.signing_key, servers.home.jwks))
