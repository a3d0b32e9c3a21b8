"""What a request keeps busy, quarter hour by quarter hour: from the proposal on, until it falls or is over. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.contracts.speaking.codes import SessionStatus
from services.contracts.speaking.snapshot import Period
from services.referral.speaking.domain import SpeakerRequest
from services.referral.speaking.orders import QUARTER


class Booked(StrEnum):
    """What can be in one place at a time only."""

    SPEAKER = "speaker"
    ROOM = "room"


@dataclass(frozen=True, slots=True, order=True)
class Booking:
    """*what* is busy in the quarter hour that begins at *at*. In the order in which they are written."""

    kind: Booked
    what: UUID
    at: datetime


def bookings(request: SpeakerRequest) -> frozenset[Booking]:
    """Return all that *request* keeps busy: what is proposed, what is agreed, and where a session is to be moved to."""
    periods = [each.period for each in request.having(SessionStatus.PLANNED, SessionStatus.AGREED)]
    if request.move is not None:
        periods.append(request.move.period)
    return frozenset(
        Booking(kind, what, at) for kind, what in _needed(request) for period in periods for at in quarters(period)
    )


def quarters(period: Period) -> Iterator[datetime]:
    """Yield the beginning of each quarter hour of *period*."""
    at = period.starts_at
    while at < period.ends_at:
        yield at
        at += QUARTER


def _needed(request: SpeakerRequest) -> Iterator[tuple[Booked, UUID]]:
    if request.speaker is not None:
        yield Booked.SPEAKER, request.speaker
    if request.wish.room is not None:
        yield Booked.ROOM, request.wish.room
