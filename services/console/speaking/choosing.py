"""Who and what there is to choose from: speakers of the asked unit, rooms of who asks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from services.console.apis import Api, Problem
from services.console.visit import Visit

LATELY: Final = timedelta(days=90)
_WERE: Final = frozenset({"over", "held"})
_NAMES_A_SPEAKER = frozenset({"propose", "change_speaker"})


async def speakers_of(api: Api, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who works in the asked unit and below it, where the reader may name one of them."""
    if not _NAMES_A_SPEAKER & set(request["allowed"]):
        return []
    found: list[dict[str, Any]] = await api.get("registry", f"/units/{request['unit_to']}/officers")
    return found


async def staff_named(api: Api, request_id: UUID, typed: Mapping[str, str]) -> dict[str, str]:
    """Return *typed* with the speaker whose staff number was typed instead of chosen. Raises Problem."""
    staff_no = typed.get("staff_no", "").strip()
    if not staff_no or typed.get("speaker"):
        return dict(typed)
    request = await api.get("referral", f"/speaker-requests/{request_id}")
    found = await api.get("registry", f"/units/{request['unit_to']}/officers", staff_no=staff_no)
    return {**typed, "speaker": found[0]["id"] if found else ""}


async def staff_of(api: Api, request: Mapping[str, Any]) -> dict[str, str]:
    """Return the staff numbers, by id, of those who work where the speaker does; none where no speaker is named."""
    if not request["speaker_unit"]:
        return {}
    try:
        found = await api.get("registry", f"/units/{request['speaker_unit']}/officers", limit=500)
    except Problem:
        return {}  # a page without a number is better than none
    return {each["id"]: each["staff_no"] for each in found}


async def rooms_of(api: Api, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rooms of the asking unit; none where they cannot be had: a place can be written too."""
    try:
        found: list[dict[str, Any]] = await api.get("referral", "/rooms", unit=request["unit_from"])
    except Problem:
        return []
    return [each for each in found if each["active"]]


async def sessions_lately(visit: Visit) -> list[dict[str, Any]]:
    """Return the sessions of the reader's unit of which a client's referral may have arisen, the newest first."""
    period = {"from": (visit.now - LATELY).isoformat(), "to": visit.now.isoformat()}
    try:
        found = (await visit.api.get("referral", "/calendar", **period))["sessions"]
    except Problem:
        return []
    unit = visit.signed_in.unit
    ours = [
        each for each in reversed(found) if each["status"] in _WERE and unit in (each["unit_from"], each["unit_to"])
    ]
    return list({each["request"]: each for each in ours}.values())
