"""The worklist: what waits, the most urgent first."""

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console.navigation import links_of
from services.console.visit import APosted, AVisit, Visit

router = APIRouter()

TABS = ("mine", "unit", "overdue", "waiting", "sent")
PAGE = 50
NUMBER = re.compile(r"[0-9]{2}-?[0-9]{4,9}-?[0-9]")
After = Annotated[str | None, Query(max_length=120)]
Region = Annotated[str | None, Query(max_length=13, pattern=r"^[0-9.]*$")]


@router.get("/")
async def home(visit: AVisit) -> Response:
    """Each role begins at the first of its pages."""
    return visit.to(links_of(visit.signed_in.role, visit.signed_in.level)[0].address)


@router.get("/work/{tab}")
async def worklist(tab: str, visit: AVisit, after: After = None, region: Region = None) -> Response:
    """One tab of the list, and how many wait in each."""
    return visit.page("worklist.html", **await _listed(visit, tab, after, region))


@router.get("/work/{tab}/rows")
async def only_rows(tab: str, visit: AVisit, after: After = None, region: Region = None) -> Response:
    """The rows alone, for a page that is open and hears that something has changed."""
    return visit.page("rows.html", **await _listed(visit, tab, after, region))


@router.post("/find")
async def find(posted: APosted) -> Response:
    """The referral of that number, or the list of the village (kecamatan, for who leads more than one) of that name.

    What is typed stands in no address: it may be a NIK.
    """
    visit, asked = posted.visit, posted.text("asked")[:60]
    areas = await visit.request.app.state.places.below(visit.api, visit.signed_in.region)
    named = next((code for code, name in areas.items() if name.casefold() == asked.casefold()), None)
    if named:
        return visit.to(f"/work/unit?region={named}")
    found = await visit.api.get("referral", "/referrals", number=asked) if NUMBER.fullmatch(asked) else {}
    if found.get("referrals"):
        return visit.to(f"/referrals/{found['referrals'][0]['id']}")
    return visit.page("not_found.html", 404, asked=asked)


async def _listed(visit: Visit, tab: str, after: str | None, region: str | None) -> dict[str, Any]:
    tab, places = tab if tab in TABS else "unit", visit.request.app.state.places
    listed, counts, areas = await asyncio.gather(
        rows(visit, tab, after, region),
        visit.api.get("referral", "/queues"),
        places.below(visit.api, visit.signed_in.region),
    )
    counted = {"tabs": TABS, "counts": counts["counts"], "tab": tab}
    return {**listed, **counted, "after": after or "", "region": region or "", "areas": areas}


async def rows(visit: Visit, tab: str, after: str | None, region: str | None) -> dict[str, Any]:
    """Return the referrals of a tab with the names that they are shown by."""
    asked = {"after": after, "region": region or None, "limit": PAGE}
    listed = await visit.api.get("referral", f"/queues/{tab}", **asked)
    found, places = listed["referrals"], visit.request.app.state.places
    villages = await places.villages(visit.api, (each["region"] for each in found))
    units = await places.units(visit.api, (each[side] for each in found for side in ("unit_from", "unit_to")))
    return {"referrals": found, "next": listed["next"], "villages": villages, "units": units}
