"""The books: the day lines with their sums and signatures, the passes over everything, and what they found."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.console import book_sums
from services.console.csv_files import csv_answer
from services.console.visit import AVisit, Visit
from services.contracts.books import Book, BookLine
from services.contracts.codes import Agency, Role
from services.contracts.wib import WIB

router = APIRouter(prefix="/books")

MOST_DAYS = 31
_USUAL_DAYS = 7
_FINDINGS = 50
_WRITTEN = ("position", "day", "agency", "area", *book_sums.COLUMNS, "closed_voided", "cancelled_voided", "previous",
            "hash", "key", "signature", "book", "reasons")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """Which lines are shown; the chain is checked over all lines of the days."""

    since: date
    until: date
    agency: str
    area: str
    book: Book

    def has(self, line: BookLine) -> bool:
        of_agency = line.book is self.book and (not self.agency or line.agency == self.agency)
        return of_agency and (not self.area or line.area == self.area)


async def period(
    visit: AVisit,
    since: Annotated[str, Query(alias="from")] = "",
    until: Annotated[str, Query(alias="to")] = "",
    agency: str = "",
    area: str | None = None,
    book: Book = Book.REFERRALS,
) -> Period:
    """FastAPI dependency: the period that is asked for, a month at most; a coordinator begins with the own area."""
    last = _day(until) or visit.now.astimezone(WIB).date() - timedelta(days=1)
    first = _day(since) or last - timedelta(days=_USUAL_DAYS - 1)
    first = min(max(first, last - timedelta(days=MOST_DAYS - 1)), last)
    session = visit.signed_in
    if area is None:
        area = session.region if session.role is Role.COORDINATOR and len(session.region) == 5 else ""
    return Period(first, last, agency, area, book)


APeriod = Annotated[Period, Depends(period)]


@router.get("")
async def books(visit: AVisit, asked: APeriod, day: str = "") -> Response:
    api = visit.api
    today = {"from": visit.now.isoformat(), "to": (visit.now + timedelta(days=1)).isoformat()}
    lines, keys, now, asked_for, passes, found = await asyncio.gather(
        _lines(visit, asked), api.get("referral", "/books/keys"), api.get("referral", "/books"),
        api.get("referral", "/speaker-requests/books", **today),
        api.get("referral", "/books/passes", limit=20), api.get("referral", "/books/findings", limit=_FINDINGS),
    )  # fmt: skip
    verdict = await asyncio.to_thread(book_sums.verdict, lines, keys)  # so many signatures take a while
    shown = [line for line in lines if asked.has(line)]
    chosen = _day(day) or (shown[-1].day if shown else None)
    areas = sorted({line.area for line in lines} | ({asked.area} if asked.area else set()))
    return visit.page(
        "books.html",
        asked=asked,
        now=now,
        asked_for=asked_for,
        whole=book_sums.whole(shown),
        days=book_sums.by_day(shown),
        accounts=book_sums.by_account(shown),
        lines=[line for line in shown if line.day == chosen],
        chosen=chosen.isoformat() if chosen else "",
        verdict=verdict,
        last=next((each for each in passes if each["ended_at"]), None),
        last_whole=next((each for each in passes if each["ended_at"] and each["whole"]), None),
        findings=found["findings"],
        names=await visit.request.app.state.places.villages(visit.api, areas),
        areas=areas,
        agencies=list(Agency),
        books=list(Book),
    )


@router.get("/lines.csv")
async def lines_file(visit: AVisit, asked: APeriod) -> Response:
    """The lines with all that is needed to check them elsewhere."""
    lines = [line.model_dump(mode="json") for line in await _lines(visit, asked) if asked.has(line)]
    of = "" if asked.book is Book.REFERRALS else f"-{asked.book}"
    name = f"nyekrup-books{of}-{asked.since}-{asked.until}"
    return csv_answer(name, _WRITTEN, ([line[each] for each in _WRITTEN] for line in lines))


async def _lines(visit: Visit, asked: Period) -> Sequence[BookLine]:
    """Return all lines of the days, in the order of the books."""
    lines: list[Any] = []
    after: int | None = 0
    while after is not None:
        days = {"from": asked.since.isoformat(), "to": asked.until.isoformat()}
        page = await visit.api.get("referral", "/books/days", after=after, **days)
        lines += page["lines"]
        after = page["next"]
    return [BookLine.model_validate(each) for each in lines]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
