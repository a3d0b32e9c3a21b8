"""A line to an open page (server-sent events): it says that something has changed, never what."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from services.console.live import EVERYTHING, Live
from services.console.navigation import OVERSIGHT
from services.console.visit import AVisit

router = APIRouter()

PACE_SECONDS = 5.0
_CHANGED, _QUIET = b"event: changed\ndata: 1\n\n", b": quiet\n\n"


@router.get("/live")
async def live(
    request: Request,
    visit: AVisit,
    referral: UUID | None = None,
    everything: bool = False,
) -> StreamingResponse:
    """Say so when the reader's unit, or that *referral*, has changed; ends with the token, and the page asks again.

    A page about *everything* would hear it all the time: it hears it every few seconds.
    """
    lines: Live = request.app.state.live
    session = visit.signed_in
    everything = everything and session.role in OVERSIGHT
    subjects = (EVERYTHING,) if everything else (str(referral),) if referral else (session.unit,)

    async def told() -> AsyncIterator[bytes]:
        yield b"retry: 3000\n\n"
        async for changed in lines.changes(*subjects):
            if session.outdated(visit.now):
                return
            yield _CHANGED if changed else _QUIET
            if everything:
                await asyncio.sleep(PACE_SECONDS)

    return StreamingResponse(told(), media_type="text/event-stream", headers={"cache-control": "no-store"})
