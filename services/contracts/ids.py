"""Typed identifiers. A unit's id is its office code (`bkkbn-35.15.08`): readable in a log, and no secret."""

from typing import NewType
from uuid import UUID

from uuid_utils.compat import uuid7

ReferralId = NewType("ReferralId", UUID)
SpeakerRequestId = NewType("SpeakerRequestId", UUID)
RoomId = NewType("RoomId", UUID)
FamilyId = NewType("FamilyId", UUID)
OfficerId = NewType("OfficerId", UUID)
IntakeId = NewType("IntakeId", UUID)
UnitId = NewType("UnitId", str)
RegionCode = NewType("RegionCode", str)


def new_id() -> UUID:
    """Return a fresh time-ordered id (uuid7), so that rows written together lie together in an index."""
    return uuid7()


def masked(number: str) -> str:
    """Return a NIK or KK with only its last four digits readable."""
    return "*" * max(len(number) - 4, 0) + number[-4:]
