"""The tables of the messages. Only `migrations/` makes them; a test holds the two together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Base(SQLModel, registry=registry()):
    """The notify service's own metadata."""


def _moment(*, nullable: bool = True) -> Any:
    return Column(DateTime(timezone=True), nullable=nullable)


class MessageRow(Base, table=True):
    """One message to one recipient by one channel; unique by (event_id, recipient, channel).

    `recipient` is the officer's id, or what stands for an unfilled desk or an outlet. `content` holds what the words
    are made of: ids and codes, no person. `referral`: the id of the case, of whatever kind it is. `next_at`: not
    before. `bundle`: the morning mail that carries it.
    """

    __tablename__ = "message"

    id: UUID = Field(primary_key=True)
    event_id: UUID
    recipient: str
    channel: str
    officer: UUID | None = None
    unit: str | None = None
    role: str | None = None
    referral: UUID | None = None
    version: int = Field(sa_type=BigInteger)
    fact: str
    content: dict[str, Any] = Field(sa_type=JSONB)
    urgent: bool
    digest: bool
    restricted: bool
    status: str
    why: str | None = None
    next_at: datetime | None = Field(default=None, sa_column=_moment())
    tries: int = Field(default=0, sa_type=SmallInteger)
    bundle: UUID | None = None
    claimed_by: str | None = None
    claimed_at: datetime | None = Field(default=None, sa_column=_moment())
    receipt: str | None = None
    created_at: datetime = Field(sa_column=_moment(nullable=False))
    sent_at: datetime | None = Field(default=None, sa_column=_moment())
    read_at: datetime | None = Field(default=None, sa_column=_moment())


class SeenRow(Base, table=True):
    """The newest that is known of a case, and since which version nothing of it leaves the house.

    `referral`: the id of the case, of whatever *kind* it is. From `unit_from` on: who has
    a part in it, and may look at what was told.
    """

    __tablename__ = "seen"

    referral: UUID = Field(primary_key=True)
    kind: str = "referral"
    version: int = Field(sa_type=BigInteger)
    state: str
    clocks: dict[str, str] = Field(sa_type=JSONB)
    stopped_version: int | None = Field(default=None, sa_type=BigInteger)
    unit_from: str | None = None
    unit_to: str | None = None
    assignee: UUID | None = None
    region: str | None = None
    restricted: bool = True


class UnitRow(Base, table=True):
    __tablename__ = "unit"

    unit: str = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    title: str
    region: str
    parent: str | None = None


class OfficerRow(Base, table=True):
    """Who works where. `contact` is sealed, as the registry sent it; only the sender opens it. `gone_at`: when that
    somebody left was heard here."""

    __tablename__ = "officer"

    officer: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    unit: str
    role: str
    language: str
    village: str | None = None
    contact: str | None = None
    gone: bool = False
    gone_at: datetime | None = Field(default=None, sa_column=_moment())
