"""Taking and giving back quarter hours of speakers and rooms. That none is given twice is the table's primary key."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from services.contracts.ids import SpeakerRequestId
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.referral.speaking.bookings import Booked, Booking, bookings
from services.referral.speaking.domain import SpeakerRequest

# Whoever changes the hours of the same speaker or room does it one after the other, all in the same order.
_ONE_BY_ONE: Final = """
SELECT pg_advisory_xact_lock(hashtextextended(what, 0)) FROM unnest(CAST(%(whats)s AS text[])) AS what
"""
_GIVE_BACK: Final = """
DELETE FROM booking USING unnest(CAST(%(kinds)s AS text[]), CAST(%(whats)s AS uuid[]), CAST(%(ats)s AS timestamptz[]))
    AS gone (kind, what, at)
WHERE booking.request = %(request)s AND (booking.kind, booking.what, booking.at) = (gone.kind, gone.what, gone.at)
"""
_TAKE: Final = """
INSERT INTO booking (kind, what, at, request)
SELECT kind, what, at, %(request)s
FROM unnest(CAST(%(kinds)s AS text[]), CAST(%(whats)s AS uuid[]), CAST(%(ats)s AS timestamptz[]))
    AS new (kind, what, at)
ON CONFLICT DO NOTHING RETURNING kind, what, at
"""
_CODES: Final = {Booked.SPEAKER: "speaking.speaker_taken", Booked.ROOM: "speaking.room_taken"}


async def keep_free(tx: Tx, before: SpeakerRequest, after: SpeakerRequest) -> None:
    """Take what *after* needs and *before* did not have, and give back the rest.

    Raises Refused where somebody else has it: it says from when on, and not for whom.
    """
    had, needs = bookings(before), bookings(after)
    if had == needs:
        return
    await _one_by_one(tx, {booking.what for booking in had ^ needs})
    await tx.exec_driver_sql(_GIVE_BACK, _values(after.id, had - needs))
    wanted = needs - had
    taken = (await tx.exec_driver_sql(_TAKE, _values(after.id, wanted))).all()
    missing = wanted - {Booking(Booked(row.kind), row.what, row.at) for row in taken}
    if missing:
        first = min(missing, key=lambda booking: booking.at)
        raise Refused(_CODES[first.kind], number=after.number, busy_at=first.at.isoformat())


async def _one_by_one(tx: Tx, whats: Collection[UUID]) -> None:
    await tx.exec_driver_sql(_ONE_BY_ONE, {"whats": sorted(str(what) for what in whats)})


def _values(request: SpeakerRequestId, chosen: Collection[Booking]) -> dict[str, Any]:
    ordered = sorted(chosen)
    return {
        "request": request,
        "kinds": [booking.kind.value for booking in ordered],
        "whats": [booking.what for booking in ordered],
        "ats": [booking.at for booking in ordered],
    }
