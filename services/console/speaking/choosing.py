"""Who and what there is to choose from: speakers of the asked unit, rooms of who asks."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.console.apis import Api, Problem

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


async def rooms_of(api: Api, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rooms of the asking unit; none where they cannot be had: a place can be written too."""
    try:
        found: list[dict[str, Any]] = await api.get("referral", "/rooms", unit=request["unit_from"])
    except Problem:
        return []
    return [each for each in found if each["active"]]
