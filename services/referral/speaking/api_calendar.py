"""Calendars over HTTP: of a unit, of a speaker, what is busy, and as files for calendar programs."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime

from services.contracts.ids import OfficerId, RegionCode, RoomId, UnitId
from services.contracts.refusals import Refused
from services.contracts.words import Language
from services.kit.http import Body
from services.referral.api import ARecord, Signed
from services.referral.speaking import calendar, feeds
from services.referral.speaking.calendar import Between

router = APIRouter(tags=["speaking"])

Since = Annotated[AwareDatetime, Query(alias="from")]
Until = Annotated[AwareDatetime, Query(alias="to")]


async def between(since: Since, until: Until) -> Between:
    return Between(since, until)


ABetween = Annotated[Between, Depends(between)]


@router.get("/calendar", response_model=calendar.CalendarView)
async def sessions(
    caller: Signed,
    record: ARecord,
    when: ABetween,
    unit: Annotated[UnitId | None, Query(max_length=64)] = None,
    speaker: Annotated[UUID | None, Query(description="instead of a unit")] = None,
    region: Annotated[RegionCode | None, Query(max_length=13, description="instead of a unit: an area")] = None,
) -> dict[str, Any]:
    """The sessions that begin between two moments: of the caller's unit or one below, of a speaker, of an area."""
    if region is not None:
        return await calendar.of_area(record, caller, region, when)
    if speaker is not None:
        return await calendar.of_speaker(record, caller, OfficerId(speaker), when)
    return await calendar.of_unit(record, caller, unit, when)


@router.get("/busy", response_model=calendar.BusyView)
async def busy(
    caller: Signed,
    record: ARecord,
    when: ABetween,
    speaker: Annotated[UUID | None, Query()] = None,
    room: Annotated[UUID | None, Query(description="instead of a speaker")] = None,
) -> dict[str, Any]:
    """When a speaker or a room of the caller's unit, or below it, is taken."""
    if room is not None:
        return await calendar.busy_room(record, caller, RoomId(room), when)
    return await calendar.busy_speaker(record, caller, OfficerId(speaker or caller.officer), when)


class AFeed(Body):
    of: feeds.FeedOf


@router.get("/calendar-feeds", response_model=list[feeds.FeedView])
async def in_use(caller: Signed, record: ARecord) -> list[dict[str, Any]]:
    """Which calendar addresses are in use: the caller's own, and the unit's."""
    return await feeds.in_use(record, caller)


@router.post("/calendar-feeds", status_code=201, response_model=feeds.NewFeedView)
async def make(body: AFeed, caller: Signed, record: ARecord) -> dict[str, Any]:
    """Make a new calendar address; the one before ends. It is shown this once, so nothing keeps the answer."""
    return await feeds.make(record, body.of, caller)


@router.post("/calendar-feeds/revoke", status_code=204)
async def revoke(body: AFeed, caller: Signed, record: ARecord) -> Response:
    """End a calendar address."""
    await feeds.revoke(record, body.of, caller)
    return Response(status_code=204)


@router.get("/calendar/{token}.ics", response_class=Response, responses={200: {"content": {"text/calendar": {}}}})
async def file(token: str, record: ARecord, lang: Annotated[Language, Query()] = "id") -> Response:
    """The calendar behind a secret address, for calendar programs."""
    if len(token) > 100:
        raise Refused("speaking.feed_unknown")
    content = await feeds.read(record, token, lang)
    headers = {"cache-control": "private, max-age=300", "content-disposition": 'inline; filename="nyekrup.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)
