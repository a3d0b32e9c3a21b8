"""The tables by which a service delivers reliably. Each service has its own, in its own schema.

`outbox`: facts written with the change they tell of. `inbox`: events whose effect this service already has.
`idempotency`: answers to commands of the API, so that a repeated key gets the same one. `repair_note`: what operators
did about any of it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class DeliveryTable(SQLModel, registry=registry()):
    """Base of these tables, so that a service's own metadata stays its own."""


class OutboxRow(DeliveryTable, table=True):
    """One event. `stream_id` is sortable text (`milliseconds-sequence`, zero-padded); NULL until published."""

    __tablename__ = "outbox"

    seq: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    event_id: UUID
    stream: str
    aggregate: str
    version: int = Field(sa_type=BigInteger)
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    stream_id: str | None = None
    published_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class InboxRow(DeliveryTable, table=True):
    __tablename__ = "inbox"

    consumer: str = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    seen_at: datetime = Field(sa_column=Column(DateTime(timezone=True), server_default=text("now()"), nullable=False))


class IdempotencyRow(DeliveryTable, table=True):
    """The answer that was given to a command. `actor` keeps one person's keys apart from another's."""

    __tablename__ = "idempotency"

    actor: UUID = Field(primary_key=True)
    key: UUID = Field(primary_key=True)
    body_hash: bytes = Field(sa_type=LargeBinary)
    status: int = Field(sa_type=SmallInteger)
    answer: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), server_default=text("now()"), nullable=False)
    )


class RepairNoteRow(DeliveryTable, table=True):
    """What an operator put right by hand; `subject` is an id, the reason is sealed. Made by `REPAIR_DDL`."""

    __tablename__ = "repair_note"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    at: datetime = Field(sa_type=DateTime(timezone=True))
    officer: UUID
    staff_no: str
    what: str
    subject: str
    sealed: bytes = Field(sa_type=LargeBinary)


# What each service's first migration executes. Unqualified: the role's search path is its own schema.
DELIVERY_DDL = """
CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL,
    stream varchar NOT NULL,
    aggregate varchar NOT NULL,
    version bigint NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    stream_id varchar,
    published_at timestamptz
);
CREATE UNIQUE INDEX outbox_event_id ON outbox (event_id);
CREATE INDEX outbox_unpublished ON outbox (seq) WHERE stream_id IS NULL;
CREATE INDEX outbox_stream_id ON outbox (stream_id) WHERE stream_id IS NOT NULL;

CREATE TABLE inbox (
    consumer varchar NOT NULL,
    event_id uuid NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_seen_at ON inbox (seen_at);

CREATE TABLE idempotency (
    actor uuid NOT NULL,
    key uuid NOT NULL,
    body_hash bytea NOT NULL,
    status smallint NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_created_at ON idempotency (created_at);
"""
