"""The joint report of both agencies: one quarter, by kabupaten and kota, to be read, printed and calculated with."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console.csv_files import csv_answer
from services.console.visit import AVisit, Visit
from services.contracts.wib import WIB

router = APIRouter(prefix="/joint-report")

Area = Annotated[str | None, Query(max_length=5, pattern=r"^(\d\d(\.\d\d)?)?$")]
Asked = Annotated[str | None, Query(max_length=7, pattern=r"^(\d{4}-Q[1-4])?$")]
QUARTERS = 8
_OF_A_YEAR = 4


@router.get("")
async def report(visit: AVisit, area: Area = None, quarter: Asked = None) -> Response:
    """The report as a page; its style is made for paper too."""
    return visit.page("joint_report.html", **await _told(visit, area, quarter), quarters=list(_quarters(visit)))


@router.get("/table.csv")
async def table(visit: AVisit, area: Area = None, quarter: Asked = None) -> Response:
    """The same numbers as a file: one number in each row."""
    told = await _told(visit, area, quarter)
    report, names = told["report"], told["names"]
    rows = (
        (report["quarter"], each["area"], names[each["area"]], *number)
        for each in (report["all"], *report["areas"])
        for number in _numbers(each)
    )
    name = f"nyekrup-joint-report-{report['under']}-{report['quarter']}"
    return csv_answer(name, ("quarter", "code", "area", "of", "column", "number"), rows)


async def _told(visit: Visit, area: str | None, quarter: str | None) -> dict[str, Any]:
    report = await visit.api.get("referral", "/joint-report", under=area or None, quarter=quarter or None)
    codes = [report["under"], *(each["area"] for each in report["areas"])]
    names = await visit.request.app.state.places.villages(visit.api, codes)
    return {"report": report, "names": names, "mine": visit.signed_in.region}


def _quarters(visit: Visit) -> Iterator[str]:
    """Yield this quarter and those before it."""
    today = visit.now.astimezone(WIB)
    newest = today.year * _OF_A_YEAR + (today.month - 1) // 3
    yield from (f"{each // _OF_A_YEAR}-Q{each % _OF_A_YEAR + 1}" for each in range(newest, newest - QUARTERS, -1))


def _numbers(area: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield (of what, column, number) for all that is told of *area*."""
    for way in area["ways"]:
        of = f"{way['agency_from']}-{way['agency_to']}"
        yield from ((of, column, way[column]) for column in ("sent", "answered", "in_time", "median_seconds"))
    for kind in ("speaking", "placements", "after_care"):
        yield from ((kind, column, number) for column, number in area[kind].items() if column != "people")
    yield from (("people", age, number) for age, number in area["speaking"]["people"].items())
