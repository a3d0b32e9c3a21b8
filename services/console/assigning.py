"""Doing the same with several referrals: what was ticked, and what became of each. Pure but for the asking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID, uuid5

from services.console.apis import Api, Problem

MOST = 100


@dataclass(frozen=True, slots=True)
class Picked:
    """One referral that was ticked, in the version that the person saw. *number* is only shown."""

    referral: UUID
    version: int
    number: str

    @classmethod
    def read(cls, value: str) -> Self:
        """Raises ValueError for what no page made."""
        referral, version, number = value.split(":", 2)
        return cls(UUID(referral), int(version), number)

    def __str__(self) -> str:
        return f"{self.referral}:{self.version}:{self.number}"


@dataclass(frozen=True, slots=True)
class Result:
    picked: Picked
    problem: Problem | None


def read(values: Iterable[str]) -> list[Picked]:
    """Return what was ticked, each once. Raises ValueError for what no page made."""
    return list(dict.fromkeys(map(Picked.read, list(values)[:MOST])))


async def assign(api: Api, picked: Iterable[Picked], officer: str, key: UUID) -> list[Result]:
    """Give each of *picked* to *officer*; none: back to the unit's queue."""
    return await act(api, picked, "assign", {"assignee": officer or None}, key)


async def act(api: Api, picked: Iterable[Picked], action: str, order: Mapping[str, Any], key: UUID) -> list[Result]:
    """Do *action* with each of *picked*, one by one; what was changed meanwhile stays as it is and is reported.

    Each has a key of its own, made from the form's: a form that is sent twice acts once on every referral.
    """
    return [await _one(api, each, action, order, uuid5(key, str(each.referral))) for each in picked]


async def _one(api: Api, picked: Picked, action: str, order: Mapping[str, Any], key: UUID) -> Result:
    body = {**order, "expected_version": picked.version}
    try:
        await api.post("referral", f"/referrals/{picked.referral}/{action}", body, key=key)
    except Problem as problem:
        if problem.status == 401:
            raise
        return Result(picked, problem)
    return Result(picked, None)
