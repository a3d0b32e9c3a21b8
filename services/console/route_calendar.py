"""The sessions of a unit or of a speaker, week by week, and their secret address for calendar programs."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.visit import APosted, AVisit, Console, Visit
from services.contracts.wib import WIB

router = APIRouter(prefix="/calendar")

WEEKS = {"unit": 5, "me": 5, "area": 1}
"""How many weeks a page shows: of all that is asked for in an area one is enough."""
_WEEK = timedelta(days=7)
From = Annotated[date | None, Query(alias="from")]
Of = Annotated[str, Query(pattern="^(unit|me|area)$")]


@router.get("")
async def calendar(visit: AVisit, begin: From = None, of: Of = "unit") -> Response:
    """Some weeks, from the Monday on or before that day."""
    return await _shown(visit, begin, of)


@router.post("/feed")
async def feed(posted: APosted) -> Response:
    """Make a new secret address; it is shown on the answer, and nowhere else."""
    visit, of = posted.visit, "me" if posted.text("of") == "me" else "unit"
    try:
        made = await visit.api.post("referral", "/calendar-feeds", {"of": of}, key=posted.key)
    except Problem as problem:
        return await _shown(visit, None, of, problem=problem)
    return await _shown(visit, None, of, address=made["path"])


@router.get("/{token}.ics")
async def file(request: Request, token: Annotated[str, Path(max_length=100)]) -> Response:
    """The calendar behind a secret address. Calendar programs come without a session; the address is the key."""
    console: Console = request.app.state.console
    content = await console.apis.file("referral", f"/calendar/{token}.ics")
    return Response(
        content, media_type="text/calendar; charset=utf-8", headers={"cache-control": "private, max-age=300"}
    )


async def _shown(
    visit: Visit, begin: date | None, of: str, *, address: str | None = None, problem: Problem | None = None
) -> Response:
    today = visit.now.astimezone(WIB).date()
    first = _monday(begin or today)
    weeks = WEEKS[of]
    until = first + weeks * _WEEK
    whose = {"me": {"speaker": visit.signed_in.officer}, "area": {"region": visit.signed_in.region}}.get(of, {})
    period = {"from": _midnight(first), "to": _midnight(until)}
    found = (await visit.api.get("referral", "/calendar", **whose, **period))["sessions"]
    places = visit.request.app.state.places
    units = await places.units(visit.api, (each[side] for each in found for side in ("unit_from", "unit_to")))
    shown = {
        "weeks": _weeks(first, weeks, found),
        "units": units,
        "first": str(first),
        "last": str(until - timedelta(days=1)),
        "before": str(first - weeks * _WEEK),
        "after": str(until),
        "of": of,
        "feed": f"{visit.console.public_url.rstrip('/')}{address}" if address else None,
        "problem": problem,
    }
    return visit.page("calendar.html", problem.status if problem else 200, **shown)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), WIB).isoformat()


def _weeks(first: date, number: int, sessions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return so many weeks from *first* on, each with its sessions in their order."""
    weeks: list[dict[str, Any]] = [{"first": str(first + week * _WEEK), "sessions": []} for week in range(number)]
    for each in sessions:
        day = datetime.fromisoformat(each["starts_at"]).astimezone(WIB).date()
        weeks[(day - first).days // 7]["sessions"].append(each)
    return weeks
