"""The letter of referral: to be looked at and printed, and as a PDF."""

import asyncio
from typing import Any
from uuid import UUID

import segno
from fastapi import APIRouter
from fastapi.responses import Response

from services.console.apis import Problem
from services.console.letter.sheet import pdf
from services.console.letter.text import Letter, Source, letter
from services.console.visit import AVisit, Visit
from services.contracts.wib import WIB

router = APIRouter(prefix="/referrals/{referral_id}")


@router.get("/letter")
async def show(referral_id: UUID, visit: AVisit) -> Response:
    """The letter as a page; its style is made for paper. What was never sent has none."""
    referral = await visit.api.get("referral", f"/referrals/{referral_id}")
    if not _has_one(referral):
        return visit.to(f"/referrals/{referral_id}")
    written = await _written(visit, referral)
    code = segno.make(written.address, error="m", micro=False).svg_inline(scale=4, border=1, omitsize=True)
    return visit.page("letter.html", letter=written, code=code, referral=referral)


@router.get("/letter.pdf")
async def sheet(referral_id: UUID, visit: AVisit) -> Response:
    """The letter as a PDF of one page."""
    referral = await visit.api.get("referral", f"/referrals/{referral_id}")
    if not _has_one(referral):
        return visit.to(f"/referrals/{referral_id}")
    content = await asyncio.to_thread(pdf, await _written(visit, referral))
    named = f'attachment; filename="surat-rujukan-{referral["number"]}.pdf"'
    return Response(content, media_type="application/pdf", headers={"content-disposition": named})


def _has_one(referral: dict[str, Any]) -> bool:
    """Only who may see the family gets a letter about it."""
    return bool(referral["submitted_at"] and referral["family"])


async def _written(visit: Visit, referral: dict[str, Any]) -> Letter:
    places, api = visit.request.app.state.places, visit.api
    units, villages, family = await asyncio.gather(
        places.units(api, [referral["unit_from"], referral["unit_to"]]),
        places.villages(api, [referral["region"]]),
        _family(visit, referral["family"]),
    )
    address = f"{visit.console.public_url.rstrip('/')}/referrals/{referral['id']}"
    village, today = villages.get(referral["region"], referral["region"]), visit.now.astimezone(WIB).date()
    return letter(Source(referral, family, units, village, address, today))


async def _family(visit: Visit, family: str) -> dict[str, Any] | None:
    """Return the family, None where the reader may not read it any more."""
    try:
        found: dict[str, Any] = await visit.api.get("registry", f"/families/{family}")
    except Problem as problem:
        if problem.status in {403, 404}:
            return None
        raise
    return found
