"""Opening a speaker request: what it says, and its story. Whoever reads what was said leaves a line about it."""

from typing import Any, Final

from services.contracts.ids import ReferralId, SpeakerRequestId
from services.contracts.lifecycle import Party
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.referral.showing import WATCHES, What, note_reading, read_trail
from services.referral.speaking.domain import SpeakerRequest
from services.referral.speaking.repository import SpeakerRequests
from services.referral.speaking.sides import parties
from services.referral.speaking.usecases import open_details, scene_of
from services.referral.speaking.views import RequestView, full, readable
from services.referral.usecases import Record
from services.referral.views import actor_of

_LINES: Final = """
SELECT version, at, fact, state, attempt, session, staff_no, unit, reason, clock, mark, told, sealed
FROM speaker_line WHERE request = %(request)s ORDER BY version
"""
_BESIDE: Final = """
SELECT (SELECT count(*) FROM referral WHERE arose_from = %(request)s) AS arose,
    (SELECT title FROM room WHERE id = %(room)s) AS room_title
"""


async def show(record: Record, request_id: SpeakerRequestId, caller: Caller) -> dict[str, Any]:
    """Return RequestView as a dict. Raises Refused("speaking.not_found") for strangers."""
    async with record.database.begin() as tx:
        request, who = await _seen(record, tx, request_id, caller)
        shown = await shown_to(record, tx, request, caller)
        if readable(who):
            sealed = await SpeakerRequests(tx).sealed(request.id)
            shown["details"] = open_details(record.keyring, request.id, sealed).model_dump()
            await note_reading(record, tx, ReferralId(request.id), caller, What.DRAFT)
    return shown


async def shown_to(record: Record, tx: Tx, request: SpeakerRequest, caller: Caller) -> dict[str, Any]:
    """Return the request for *caller*, without its words."""
    scene = scene_of(record, request, await record.picture.now(tx))
    asked = {"request": request.id, "room": request.wish.room}
    beside = (await tx.exec_driver_sql(_BESIDE, asked)).mappings().one()
    return full(request, actor_of(caller), scene) | dict(beside)


async def after_action(record: Record, tx: Tx, request: SpeakerRequest, caller: Caller) -> dict[str, Any]:
    """Return the request as JSON for the caller who has just acted on it."""
    return RequestView.model_validate(await shown_to(record, tx, request, caller)).model_dump(mode="json")


async def readings(
    record: Record, request_id: SpeakerRequestId, caller: Caller, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return who read its words, newest first, for those who watch over it. Raises Refused."""
    async with record.database.read() as tx:
        request, who = await _seen(record, tx, request_id, caller)
        if not who & WATCHES:
            raise Refused("auth.forbidden")
        return await read_trail(tx, request.id, before=before, limit=limit)


async def timeline(record: Record, request_id: SpeakerRequestId, caller: Caller) -> list[dict[str, Any]]:
    """Return the lines oldest first; what was said is opened for both sides."""
    async with record.database.begin() as tx:
        request, who = await _seen(record, tx, request_id, caller)
        rows = (await tx.exec_driver_sql(_LINES, {"request": request.id})).mappings().all()
        opens = readable(who) and any(row["sealed"] for row in rows)
        if opens:
            await note_reading(record, tx, ReferralId(request.id), caller, What.TIMELINE)
    return [_line(record, request, dict(row), opens=opens) for row in rows]


def _line(record: Record, request: SpeakerRequest, row: dict[str, Any], *, opens: bool) -> dict[str, Any]:
    sealed, belongs_to = row.pop("sealed"), f"speaker_line/{request.id}/{row['version']}"
    return row | {"said": record.keyring.open(sealed, belongs_to=belongs_to) if sealed and opens else None}


async def _seen(
    record: Record, tx: Tx, request_id: SpeakerRequestId, caller: Caller
) -> tuple[SpeakerRequest, frozenset[Party]]:
    """Return the request and who *caller* is in it. Raises Refused("speaking.not_found") for strangers."""
    request, offices = await SpeakerRequests(tx).get(request_id), await record.picture.now(tx)
    who = parties(actor_of(caller), request, offices)
    if not who:
        raise Refused("speaking.not_found")
    return request, who
