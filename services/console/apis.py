"""The APIs of the other parts, asked with the token of whoever is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from services.console.settings import ConsoleSettings
from services.contracts.words import Language

PARTS = ("registry", "referral", "notify", "workflows")
PATIENCE_SECONDS = 10.0


class Problem(Exception):
    """A part said no, or nothing. *title* and *detail* are for the reader, in the reader's language."""

    def __init__(self, status: int, code: str, title: str, detail: str, facts: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.status, self.code, self.title, self.detail, self.facts = status, code, title, detail, facts

    @property
    def fields(self) -> Mapping[str, str]:
        """Return what is wrong with which field."""
        return {each["at"].rpartition(".")[2]: each["problem"] for each in self.facts.get("fields", ())}


class Apis:
    """One client for each part; connections are kept."""

    def __init__(self, settings: ConsoleSettings) -> None:
        urls = {part: getattr(settings, f"{part}_url") for part in PARTS}
        self._clients = {
            part: httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS, limits=httpx.Limits(keepalive_expiry=60))
            for part, url in urls.items()
        }

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def file(self, part: str, path: str) -> bytes:
        """Return a file that *part* gives to whoever knows its address. Raises Problem."""
        return (await self._answer("GET", part, path, {})).content

    async def ask(self, method: str, part: str, path: str, headers: Mapping[str, str], **request: Any) -> Any:
        """Return what *part* answers. Raises Problem."""
        answer = await self._answer(method, part, path, headers, **request)
        return answer.json() if answer.content else None

    async def _answer(
        self, method: str, part: str, path: str, headers: Mapping[str, str], **request: Any
    ) -> httpx.Response:
        try:
            answer = await self._clients[part].request(method, path, headers=headers, **request)
        except httpx.TransportError:
            raise Problem(503, "console.part_away", "", "", {"part": part}) from None
        if answer.is_error:
            raise _problem(answer, part)
        return answer


@dataclass(frozen=True, slots=True)
class Api:
    """The parts as one signed-in person sees them."""

    apis: Apis
    token: str
    language: Language

    async def get(self, part: str, path: str, **query: Any) -> Any:
        asked = {name: value for name, value in query.items() if value is not None}
        return await self.apis.ask("GET", part, path, self._headers(), params=asked)

    async def put(self, part: str, path: str, body: Any, *, key: UUID) -> Any:
        headers = {**self._headers(), "idempotency-key": str(key)}
        return await self.apis.ask("PUT", part, path, headers, json=body)

    async def post(self, part: str, path: str, body: Any, *, key: UUID) -> Any:
        """Send a command under *key*: sent twice it acts once."""
        headers = {**self._headers(), "idempotency-key": str(key)}
        return await self.apis.ask("POST", part, path, headers, json=body)

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "accept-language": self.language}


def _problem(answer: httpx.Response, part: str) -> Problem:
    try:
        said = answer.json()
        return Problem(answer.status_code, said["code"], said["title"], said["detail"], said)
    except (ValueError, KeyError, TypeError):
        return Problem(answer.status_code, "console.part_away", "", "", {"part": part})
