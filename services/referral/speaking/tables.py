"""The tables of speaker requests. Only `migrations/` makes them; a test holds the two together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.referral.tables import Base, moment


class SpeakerRequestRow(Base, table=True):
    """One request, newest state. `waits_for`, `holder` and `queue_at` are there for the queues."""

    __tablename__ = "speaker_request"

    id: UUID = Field(primary_key=True)
    number: str
    topic: str
    wish: dict[str, Any] = Field(sa_type=JSONB)
    region: str
    unit_from: str
    agency_from: str
    created_by: UUID
    created_at: datetime = Field(sa_column=moment(nullable=False))
    policy_version: str
    calendar_version: str
    priority: str
    state: str
    version: int = Field(sa_type=BigInteger)
    acted_version: int = Field(sa_type=BigInteger)
    attempt: int = Field(sa_type=SmallInteger)
    unit_to: str | None = None
    speaker: UUID | None = None
    speaker_unit: str | None = None
    sessions: list[dict[str, Any]] = Field(sa_type=JSONB)
    move: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    asked: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    parked: str | None = None
    system_offers: int = Field(sa_type=SmallInteger)
    reason: str | None = None
    not_held: str | None = None
    short_notice: bool = False
    closed_at: datetime | None = Field(default=None, sa_column=moment())
    clocks: dict[str, Any] = Field(sa_type=JSONB)
    due_at: datetime | None = Field(default=None, sa_column=moment())
    next_mark_at: datetime | None = Field(default=None, sa_column=moment())
    waits_for: str | None = None
    holder: UUID | None = None
    queue_at: datetime = Field(sa_column=moment(nullable=False))
    sealed: bytes = Field(sa_type=LargeBinary)


class SpeakerLineRow(Base, table=True):
    """One line of a request's story; its key is the version that the event made."""

    __tablename__ = "speaker_line"

    request: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    fact: str
    at: datetime = Field(sa_column=moment(nullable=False))
    officer: UUID | None = None
    staff_no: str
    unit: str | None = None
    state: str
    attempt: int = Field(sa_type=SmallInteger)
    session: int | None = Field(default=None, sa_type=SmallInteger)
    reason: str | None = None
    clock: str | None = None
    mark: str | None = None
    told: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)


class SpeakerSessionRow(Base, table=True):
    """One session as calendars and reports read it. `version`: of the request, when the session changed last."""

    __tablename__ = "speaker_session"

    request: UUID = Field(primary_key=True)
    no: int = Field(primary_key=True, sa_type=SmallInteger)
    number: str
    starts_at: datetime = Field(sa_column=moment(nullable=False))
    ends_at: datetime = Field(sa_column=moment(nullable=False))
    status: str
    reason: str | None = None
    topic: str
    region: str
    unit_from: str
    agency_from: str
    unit_to: str | None = None
    speaker: UUID | None = None
    room: UUID | None = None
    attendance: dict[str, Any] = Field(sa_type=JSONB)
    version: int = Field(sa_type=BigInteger)


class BookingRow(Base, table=True):
    """A quarter hour, from `at` on, in which a speaker or a room is busy. Its key makes double booking impossible."""

    __tablename__ = "booking"

    kind: str = Field(primary_key=True)
    what: UUID = Field(primary_key=True)
    at: datetime = Field(sa_column=moment(primary_key=True))
    request: UUID


class RoomRow(Base, table=True):
    """A room of a unit, kept by whoever leads it. `version` rises with every change."""

    __tablename__ = "room"

    id: UUID = Field(primary_key=True)
    unit: str
    title: str
    seats: int = Field(sa_type=SmallInteger)
    active: bool = True
    version: int = Field(sa_type=BigInteger)


class CalendarFeedRow(Base, table=True):
    """A secret address under which a calendar program reads a unit's sessions, or an officer's."""

    __tablename__ = "calendar_feed"

    token_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    unit: str
    officer: UUID | None = None
    made_by: UUID
    made_at: datetime = Field(sa_column=moment(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=moment())
