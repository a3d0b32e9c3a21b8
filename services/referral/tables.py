"""The tables of the record. Only `migrations/` makes them; a test holds the two together."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Base(SQLModel, registry=registry()):
    """The referral service's own metadata."""


def moment(*, nullable: bool = True, primary_key: bool = False) -> Any:
    return Column(DateTime(timezone=True), nullable=nullable and not primary_key, primary_key=primary_key)


class ReferralRow(Base, table=True):
    """One referral, newest state. `waits_for`, `holder`, `decisions` and `queue_at` are there for the queues."""

    __tablename__ = "referral"

    id: UUID = Field(primary_key=True)
    number: str
    family: UUID
    service: str
    priority: str
    region: str
    restricted: bool
    basis: str
    has_consent: bool
    unit_from: str
    agency_from: str
    created_by: UUID
    created_at: datetime = Field(sa_column=moment(nullable=False))
    policy_version: str
    calendar_version: str
    state: str
    version: int = Field(sa_type=BigInteger)
    acted_version: int = Field(sa_type=BigInteger)
    attempt: int = Field(sa_type=SmallInteger)
    unit_to: str | None = None
    assignee: UUID | None = None
    outcome: str | None = None
    overridden: bool = False
    arose_from: UUID | None = None
    submitted_at: datetime | None = Field(default=None, sa_column=moment())
    closed_at: datetime | None = Field(default=None, sa_column=moment())
    follow_up_at: datetime | None = Field(default=None, sa_column=moment())
    due_at: datetime | None = Field(default=None, sa_column=moment())
    next_mark_at: datetime | None = Field(default=None, sa_column=moment())
    waits_for: str | None = None
    holder: UUID | None = None
    decisions: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    queue_at: datetime = Field(sa_column=moment(nullable=False))
    edited_at: datetime | None = Field(default=None, sa_column=moment())
    warned_at: datetime | None = Field(default=None, sa_column=moment())
    intake: UUID | None = None
    listed_at: datetime | None = Field(default=None, sa_column=moment())
    progress: dict[str, Any] = Field(sa_type=JSONB)
    clocks: dict[str, Any] = Field(sa_type=JSONB)
    sealed: bytes = Field(sa_type=LargeBinary)


class AttemptRow(Base, table=True):
    """One asking of one unit."""

    __tablename__ = "attempt"

    referral: UUID = Field(primary_key=True)
    attempt: int = Field(primary_key=True, sa_type=SmallInteger)
    unit: str
    offered_at: datetime = Field(sa_column=moment(nullable=False))
    claimed_at: datetime | None = Field(default=None, sa_column=moment())
    ended_at: datetime | None = Field(default=None, sa_column=moment())
    ended_by: str | None = None
    reason: str | None = None
    outcome: str | None = None


class TimelineRow(Base, table=True):
    """One line of a referral's story; its key is the version that the event made. `policy_*`: of a move."""

    __tablename__ = "timeline"

    referral: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    fact: str
    at: datetime = Field(sa_column=moment(nullable=False))
    officer: UUID | None = None
    staff_no: str
    unit: str | None = None
    state: str
    attempt: int = Field(sa_type=SmallInteger)
    reason: str | None = None
    outcome: str | None = None
    clock: str | None = None
    mark: str | None = None
    told: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    policy_from: str | None = None
    policy_to: str | None = None


class RefusalRow(Base, table=True):
    """The audit line that a refused action leaves: who tried what, and why not."""

    __tablename__ = "refusal"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_column=moment(nullable=False))
    referral: UUID
    action: str
    officer: UUID
    unit: str
    code: str


class ReadingRow(Base, table=True):
    """Who read sealed text of a referral; never what it said."""

    __tablename__ = "reading"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_column=moment(nullable=False))
    referral: UUID
    officer: UUID
    staff_no: str
    unit: str
    what: str


class PlaceRow(Base, table=True):
    """How many places a unit has for a service (`limit_`, from the registry), and how many are taken."""

    __tablename__ = "place"

    unit: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    limit_: int | None = Field(default=None)
    taken: int = 0


class IntakeRow(Base, table=True):
    """A period in which a unit takes applications for a service, for places from one day on. `taken`: of them."""

    __tablename__ = "intake"

    id: UUID = Field(primary_key=True)
    unit: str
    service: str
    opens_on: date
    closes_on: date
    starts_on: date
    places: int
    taken: int = 0
    set_by: UUID
    set_at: datetime = Field(sa_column=moment(nullable=False))


class WayHomeRow(Base, table=True):
    """The after-care of whoever left an institution: of the referral *stay*, one row for each service of the pair.

    *opened*: false where the family had a live referral for it, which is joined instead.
    """

    __tablename__ = "way_home"

    stay: UUID = Field(primary_key=True)
    service: str = Field(primary_key=True)
    referral: UUID
    opened: bool
    at: datetime = Field(sa_column=moment(nullable=False))


class UnitRow(Base, table=True):
    __tablename__ = "unit"

    unit: str = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    agency: str
    level: str
    region: str
    parent: str | None = None
    services: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    active: bool = True
    title: str | None = None


class OfficerRow(Base, table=True):
    """Who works where. `gone_at`: when that somebody left was heard here."""

    __tablename__ = "officer"

    officer: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    unit: str
    role: str
    gone: bool = False
    gone_at: datetime | None = Field(default=None, sa_column=moment())


class FamilyRow(Base, table=True):
    __tablename__ = "family"

    family: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    region: str
    agency: str
    unit: str
    restricted: bool


class BookLineRow(Base, table=True):
    """One day, one book, one sending agency, one kabupaten or kota. A trigger refuses every change."""

    __tablename__ = "book_line"

    position: int = Field(primary_key=True, sa_type=BigInteger)
    day: date
    agency: str
    area: str
    live_before: int
    submitted: int
    reopened: int
    closed: int
    cancelled: int
    void: int
    live_after: int
    closed_voided: int
    cancelled_voided: int
    previous: str
    key: str
    hash: str
    signature: str
    book: str = "referrals"
    reasons: dict[str, int] = Field(default_factory=dict, sa_type=JSONB)


class TallyRow(Base, table=True):
    """How many submitted referrals of a kecamatan are in a state and wait for a unit ('': for none)."""

    __tablename__ = "tally"

    area: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    state: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)


class ServiceTallyRow(Base, table=True):
    """How many submitted referrals of a kecamatan and for a service are in a state."""

    __tablename__ = "service_tally"

    area: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    state: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)


class StepDayRow(Base, table=True):
    """How long a step took where it ended on that day, in a kabupaten or kota or the province, by who referred to whom.

    So many (`counts`) took so long (`spans`, numbers of step_times.spans).
    """

    __tablename__ = "step_day"

    area: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    step: str = Field(primary_key=True)
    agency_from: str = Field(primary_key=True)
    agency_to: str = Field(primary_key=True)
    ended: int
    in_time: int
    spans: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))
    counts: list[int] = Field(sa_column=Column(ARRAY(Integer), nullable=False))


class SentDayRow(Base, table=True):
    """How many referrals were submitted for the first time on that day, for families of a kabupaten or kota."""

    __tablename__ = "sent_day"

    area: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    agency_from: str = Field(primary_key=True)
    agency_to: str = Field(primary_key=True)
    sent: int


class TallyStepRow(Base, table=True):
    """One more or one fewer, not yet in the sums. A trigger writes it with the change of the referral."""

    __tablename__ = "tally_step"

    seq: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    area: str
    unit: str
    state: str
    service: str
    change: int = Field(sa_type=BigInteger)


class BookPassRow(Base, table=True):
    """One pass over the books. `told_up_to`: for each stream the last entry found in every inbox."""

    __tablename__ = "book_pass"

    id: UUID = Field(primary_key=True)
    began_at: datetime = Field(sa_column=moment(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=moment())
    whole: bool
    clock_was_away: bool
    pages: int = 0
    found: int = 0
    healed: int = 0
    told_up_to: dict[str, str] = Field(sa_type=JSONB)


class BookFindingRow(Base, table=True):
    """What a pass found, and what was done about it. `subject`: an id, never what it is about."""

    __tablename__ = "book_finding"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    pass_: UUID = Field(sa_column=Column("pass", Uuid, nullable=False))
    at: datetime = Field(sa_column=moment(nullable=False))
    kind: str
    subject: str
    done: str
