"""A signed-in person with the product's HTTP API in hand: what a caseworker does, one request each."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.contracts.codes import Service
from services.contracts.lifecycle import Action


class NotDone(Exception):
    """The service refused: *code* is the stable code, *detail* the sentence that a person would read."""

    def __init__(self, code: str, detail: str, problem: dict[str, Any]) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail, self.problem = code, detail, problem


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the services answer, without a trailing slash."""

    registry: str
    referral: str
    notify: str


class Person:
    """One account. `sign_in` first; every act carries a fresh `Idempotency-Key` and the version last seen."""

    def __init__(self, addresses: Addresses, staff_no: str, password: str, *, language: str = "id") -> None:
        self.addresses, self.staff_no, self.password = addresses, staff_no, password
        self.officer: dict[str, Any] = {}
        self.http = httpx.AsyncClient(
            timeout=20, headers={"accept-language": language}, limits=httpx.Limits(max_keepalive_connections=4)
        )

    @property
    def unit(self) -> str:
        unit: str = self.officer["unit"]
        return unit

    async def sign_in(self) -> None:
        body = {"staff_no": self.staff_no, "password": self.password}
        answer = self.checked(await self.http.post(f"{self.addresses.registry}/sign-in", json=body))
        self.officer = answer["officer"]
        self.http.headers["authorization"] = f"Bearer {answer['token']}"

    async def close(self) -> None:
        await self.http.aclose()

    async def get(self, url: str, **query: Any) -> Any:
        return self.checked(await self.http.get(url, params=query))

    async def post(self, url: str, body: dict[str, Any], *, key: UUID | None = None) -> Any:
        headers = {"idempotency-key": str(key or uuid4())}
        return self.checked(await self.http.post(url, json=body, headers=headers))

    async def put(self, url: str, body: dict[str, Any]) -> Any:
        return self.checked(await self.http.put(url, json=body, headers={"idempotency-key": str(uuid4())}))

    @staticmethod
    def checked(response: httpx.Response) -> Any:
        answer = response.json()
        if response.is_error:
            raise NotDone(answer.get("code", "unknown"), answer.get("detail", response.text), answer)
        return answer

    async def record_family(self, village: str, *, restricted: bool = False, pregnant: bool = False) -> UUID:
        """Record a made-up family (NIK block 99) in *village* and return its id."""
        family = uuid4()
        body = made_up_family(str(family), village, restricted=restricted, pregnant=pregnant)
        await self.post(f"{self.addresses.registry}/families", body)
        return family

    async def draft(self, family: UUID, service: Service, **changes: Any) -> dict[str, Any]:
        """Write a draft and return it."""
        draft = {"basis": "public_task", "finding": "Keluarga perlu didampingi.", **changes.pop("draft", {})}
        body = {"id": str(uuid4()), "family": str(family), "service": service, "draft": draft, **changes}
        answer: dict[str, Any] = await self.post(f"{self.addresses.referral}/referrals", body)
        return answer

    async def show(self, referral: str) -> dict[str, Any]:
        answer: dict[str, Any] = await self.get(f"{self.addresses.referral}/referrals/{referral}")
        return answer

    async def timeline(self, referral: str) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = await self.get(f"{self.addresses.referral}/referrals/{referral}/timeline")
        return lines

    async def act(self, referral: str, action: Action, *, seen: int | None = None, **order: Any) -> dict[str, Any]:
        """Do *action* on the newest version, or on the version *seen*."""
        if seen is None:
            seen = (await self.show(referral))["acted_version"]
        url = f"{self.addresses.referral}/referrals/{referral}/{action.value.replace('_', '-')}"
        answer: dict[str, Any] = await self.post(url, {"expected_version": seen, **order})
        return answer

    async def queue(self, name: str, **query: Any) -> list[dict[str, Any]]:
        answer = await self.get(f"{self.addresses.referral}/queues/{name}", **query)
        referrals: list[dict[str, Any]] = answer["referrals"]
        return referrals

    async def inbox(self) -> list[dict[str, Any]]:
        """Return all messages, newest first."""
        messages: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            page = await self.get(f"{self.addresses.notify}/inbox", limit=200, **after)
            messages += page["messages"]
            if page["next"] is None:
                return messages
            after = {"after": page["next"]}


def made_up_family(family: str, village: str, *, restricted: bool = False, pregnant: bool = True) -> dict[str, Any]:
    """Return what is recorded of a family that does not exist (NIK block 99)."""
    return {
        "id": family,
        "region": village,
        "no_kk": made_up_number(date(2019, 5, random.randint(1, 28)), woman=False),
        "address": "RT 01 RW 02",
        "restricted": restricted,
        "members": _made_up_members(pregnant=pregnant),
    }


def made_up_number(born: date, *, woman: bool) -> str:
    """Return a NIK that nobody has: kecamatan block 99 is assigned to no place."""
    day = born.day + (40 if woman else 0)
    return f"350199{day:02d}{born:%m%y}{random.randint(1, 9999):04d}"


def _made_up_members(*, pregnant: bool) -> list[dict[str, Any]]:
    today = datetime.now(UTC).date()
    wife_born, child_born = date(today.year - 27, 3, random.randint(1, 28)), date(today.year - 1, 2, 11)
    wife = {
        "id": str(uuid4()),
        "name": random.choice(("Contoh Ibu Satu", "Contoh Ibu Dua", "Contoh Ibu Tiga")),
        "nik": made_up_number(wife_born, woman=True),
        "birth_date": wife_born.isoformat(),
        "sex": "female",
        "relation": "wife",
    }
    child = {
        "id": str(uuid4()),
        "name": "Contoh Anak",
        "birth_date": child_born.isoformat(),
        "sex": "male",
        "relation": "child",
    }
    return [wife] if pregnant else [wife, child]
