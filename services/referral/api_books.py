"""The books over HTTP: the day lines with the key that checks them, and what the passes found."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.contracts.books import BookLine, FindingKind, Remedy
from services.contracts.codes import Role
from services.contracts.refusals import Refused
from services.kit.auth import Caller, signed_in
from services.kit.http import Answered
from services.referral import passes
from services.referral.api import ARecord
from services.referral.closing_days import lines_after

router = APIRouter(tags=["books"])

# Figures of a single kabupaten and day can be about one family; who leads, repairs or watches sees them.
READERS: Final = frozenset({Role.OPERATOR, Role.COORDINATOR, Role.DPO})
MOST_LINES: Final = 1000


class LinesView(Answered):
    """*next*: the position after which the next page begins; None after the last one."""

    lines: list[BookLine]
    next: int | None


class PassView(Answered):
    id: UUID
    began_at: datetime
    ended_at: datetime | None
    whole: bool
    clock_was_away: bool
    pages: int
    found: int
    healed: int


class FindingView(Answered):
    id: int
    pass_id: UUID
    at: datetime
    kind: FindingKind
    subject: str
    done: Remedy


class FindingsView(Answered):
    findings: list[FindingView]
    next: int | None


async def reader(caller: Annotated[Caller, Depends(signed_in)]) -> Caller:
    """FastAPI dependency: somebody who may read the books. Raises Refused("auth.forbidden")."""
    if caller.role not in READERS:
        raise Refused("auth.forbidden")
    return caller


async def _public_keys(request: Request) -> dict[str, Any]:
    keys: dict[str, Any] = request.app.state.books_keys
    return keys


Reader = Annotated[Caller, Depends(reader)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/books/days", response_model=LinesView)
async def days(
    caller: Reader,
    record: ARecord,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = MOST_LINES,
) -> dict[str, Any]:
    """The lines of the closed days from `from` to `to`, both included, in the order of the books."""
    async with record.database.read() as tx:
        lines = await lines_after(tx, after, since=since, until=until, limit=limit)
    return {"lines": lines, "next": lines[-1].position if len(lines) == limit else None}


@router.get("/books/keys")
async def keys(
    caller: Annotated[Caller, Depends(signed_in)], found: Annotated[dict[str, Any], Depends(_public_keys)]
) -> dict[str, Any]:
    """The public keys (JWKS) that check the lines' signatures. To be kept outside this house, by both agencies."""
    return found


@router.get("/books/passes", response_model=list[PassView])
async def passes_(
    caller: Reader, record: ARecord, before: datetime | None = None, limit: Limit = 50
) -> list[dict[str, Any]]:
    """The newest passes over the books, newest first."""
    async with record.database.read() as tx:
        return await passes.passes(tx, before=before, limit=limit)


@router.get("/books/findings", response_model=FindingsView)
async def findings(
    caller: Reader,
    record: ARecord,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """What the passes found and what was done about it, newest first. `left` waits for a person."""
    async with record.database.read() as tx:
        found = await passes.findings(tx, before=before, limit=limit)
    return {"findings": found, "next": found[-1]["id"] if len(found) == limit else None}
