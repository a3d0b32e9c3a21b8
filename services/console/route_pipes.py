"""Operators: the pipes between the parts, what was set aside, and messages that did not arrive."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from services.console.apis import PARTS, Problem
from services.console.route_operate import or_none
from services.console.visit import APosted, AVisit, ForeignForm, Visit

router = APIRouter(prefix="/operate/pipes")

Stream = Annotated[str, Path(pattern="^[a-z]+$", max_length=40)]
Entry = Annotated[str, Path(pattern="^[0-9]+-[0-9]+$", max_length=40)]
Doing = Literal["replay", "discard"]


@router.get("")
async def pipes(visit: AVisit) -> Response:
    """Each part's own word about what it reads, tells and set aside. A part that is away is shown as that."""
    return visit.page("operate_pipes.html", **await _shown(visit))


@router.post("/messages/{message_id}/retry")
async def retry(message_id: UUID, posted: APosted) -> Response:
    """Send a message once more."""
    visit = posted.visit
    return await _after(visit, "retry", visit.api.post("notify", f"/messages/{message_id}/retry", None, key=posted.key))


@router.post("/{stream}/{entry}/{doing}")
async def settle(stream: Stream, entry: Entry, doing: Doing, posted: APosted) -> Response:
    """Put a dead letter back, or drop it. The stream's owner does the one, whoever could not take it the other."""
    visit = posted.visit
    part = stream if doing == "replay" else posted.text("group")
    if part not in PARTS:
        raise ForeignForm
    path = f"/pipes/{stream}/dead-letters/{entry}/{doing}"
    return await _after(visit, doing, visit.api.post(part, path, {"text": posted.text("text")}, key=posted.key))


async def _after(visit: Visit, doing: str, asked: Any) -> Response:
    try:
        await asked
    except Problem as problem:
        return visit.page("operate_pipes.html", problem.status, **{**await _shown(visit), "problem": problem})
    return visit.to(f"/operate/pipes?done={doing}")


async def _shown(visit: Visit) -> dict[str, Any]:
    answers = await asyncio.gather(
        *(or_none(visit.api.get(part, "/pipes")) for part in PARTS),
        or_none(visit.api.get("notify", "/messages", limit=100)),
    )
    parts, messages = dict(zip(PARTS, answers, strict=False)), answers[-1]
    units = (each["unit"] for each in messages["messages"]) if messages else ()
    return {
        "parts": parts,
        "letters": [letter for part in parts.values() if part for letter in part["dead_letters"]],
        "repairs": [(name, each) for name, part in parts.items() if part for each in part["repairs"]],
        "messages": messages,
        "units": await visit.request.app.state.places.units(visit.api, units),
        "open_urls": visit.console.open_urls,
        "done": visit.request.query_params.get("done", ""),
        "problem": None,
    }
