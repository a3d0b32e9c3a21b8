"""Counts only: what committees may see, without names and without small numbers. The parts hide them, not this page."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console.csv_files import csv_answer
from services.console.visit import AVisit, Visit
from services.contracts.codes import Service
from services.contracts.words import word

router = APIRouter(prefix="/counts")

PHASES = ("waiting", "served", "closed", "ended")
HIDDEN = "*"
Area = Annotated[str | None, Query(max_length=8, pattern=r"^(\d\d(\.\d\d(\.\d\d)?)?)?$")]


@router.get("")
async def counts(visit: AVisit, area: Area = None) -> Response:
    return visit.page("counts.html", **await _counted(visit, area), phases=PHASES)


@router.get("/table.csv")
async def table(visit: AVisit, area: Area = None) -> Response:
    """The same numbers, with the same hidden, as a file: one number in each row."""
    counted = await _counted(visit, area)
    rows = (tuple(HIDDEN if each is None else each for each in row) for row in _rows(visit, counted))
    return csv_answer(f"nyekrup-counts-{counted['area']}", ("table", "code", "name", "column", "number"), rows)


async def _counted(visit: Visit, area: str | None) -> dict[str, Any]:
    area, api, places = area or visit.signed_in.region, visit.api, visit.request.app.state.places
    referrals, risk = await asyncio.gather(
        api.get("referral", "/counts/publishable", under=area), api.get("registry", "/risk/publishable", area=area)
    )
    codes = [each["of"] for table in (referrals["regions"], referrals["answers"], risk["areas"]) for each in table]
    above = [".".join(area.split(".")[:length]) for length in range(1, area.count(".") + 2)]
    names = await places.villages(api, [*filter(None, codes), *above])
    mine = visit.signed_in.region
    path = [each for each in above if each == mine or each.startswith(f"{mine}.")]
    return {"area": area, "path": path, "names": names, "referrals": referrals, "risk": risk}


def _rows(visit: Visit, counted: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield (table, code, name, column, number)."""
    names, referrals, risk = counted["names"], counted["referrals"], counted["risk"]
    for table in ("services", "regions"):
        for line in referrals[table]:
            code = line["of"]
            name = word(Service(code), visit.language) if table == "services" else names[code]
            yield from ((table, code, name, phase, line["numbers"][phase]) for phase in PHASES)
            yield table, code, name, "total", line["total"]
    for line in referrals["answers"]:
        name = names.get(line["of"], "")
        yield from (("answers", line["of"], name, column, line[column]) for column in ("answered", "in_time_percent"))
    for line in (*risk["areas"], risk["all"]):
        name = names.get(line["of"], "")
        yield from (("risk", line["of"], name, each, line[each]) for each in ("looked_at", "at_risk", "not_at_risk"))
    yield from (("factors", name, name, "at_risk", number) for name, number in risk["factors"].items())
