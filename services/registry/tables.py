"""The tables of the registry. Only `migrations/` makes them; a test holds the two together."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, BigInteger, Column, DateTime, LargeBinary, SmallInteger, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Base(SQLModel, registry=registry()):
    """The registry's own metadata."""


def _moment(*, nullable: bool = True) -> Any:
    return Column(DateTime(timezone=True), nullable=nullable)


class RegionRow(Base, table=True):
    """An area. Codes change by decree: an old one stays, with the day on which it ended."""

    __tablename__ = "region"

    code: str = Field(primary_key=True)
    name: str
    level: str
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class RegionChangeRow(Base, table=True):
    """A decree gave the area *old* the code *new*; without *old* it is a new area."""

    __tablename__ = "region_change"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    old: str | None = None
    new: str
    effective: date
    decree: str
    decided_by: UUID
    decided_at: datetime = Field(sa_column=_moment(nullable=False))


class UnitRow(Base, table=True):
    """An office. `set_by`: who changed it; the data files decide about it no longer. `hours`: see `hours.py`."""

    __tablename__ = "unit"

    id: str = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    agency: str
    level: str
    region: str
    parent: str | None = None
    title: str
    active: bool = True
    set_by: UUID | None = None
    hours: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))


class OfferRow(Base, table=True):
    """A service that a unit gives. `set_by`: who set the limit; the data files decide it no longer."""

    __tablename__ = "offer"

    unit: str = Field(primary_key=True)
    service: str = Field(primary_key=True)
    place_limit: int | None = None
    set_by: UUID | None = None
    waitlist: bool = False


class ClosureRow(Base, table=True):
    """Days on which an office is closed, both counted."""

    __tablename__ = "closure"

    unit: str = Field(primary_key=True)
    first_day: date = Field(primary_key=True)
    last_day: date
    reason: str


class OfficerRow(Base, table=True):
    """Somebody who works in a unit. `contact` is sealed, as it stands in the events."""

    __tablename__ = "officer"

    id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    staff_no: str
    unit: str
    role: str
    village: str | None = None
    language: str
    contact: bytes = Field(sa_type=LargeBinary)
    left_at: datetime | None = Field(default=None, sa_column=_moment())


class AccountRow(Base, table=True):
    __tablename__ = "account"

    officer: UUID = Field(primary_key=True)
    password_hash: str


class InvitationRow(Base, table=True):
    """A code by which an officer sets a password, once. It rests as a keyed hash."""

    __tablename__ = "invitation"

    officer: UUID = Field(primary_key=True)
    code_hash: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = Field(sa_column=_moment(nullable=False))


class SignInFailureRow(Base, table=True):
    """One failed sign-in. `subject` is the keyed hash of a staff number, known or not, or of an address."""

    __tablename__ = "sign_in_failure"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    subject: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_column=_moment(nullable=False))


class RefreshTokenRow(Base, table=True):
    """One refresh token. All that follow from one sign-in share `sign_in`; a used one has `rotated_at`."""

    __tablename__ = "refresh_token"

    hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    sign_in: UUID
    officer: UUID
    expires_at: datetime = Field(sa_column=_moment(nullable=False))
    rotated_at: datetime | None = Field(default=None, sa_column=_moment())


class FamilyRow(Base, table=True):
    """A family. `sealed` holds its KK number and address; `content_hash` tells a repeat from a second recording.

    `kk_from` and `kk_by`: since when it has that KK, and who recorded it, where it had another one before.
    """

    __tablename__ = "family"

    id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    region: str
    agency: str
    unit: str
    restricted: bool
    recorded_by: UUID
    recorded_at: datetime = Field(sa_column=_moment(nullable=False))
    kk_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    kk_from: date | None = None
    kk_by: UUID | None = None
    content_hash: bytes = Field(sa_type=LargeBinary)
    sealed: bytes = Field(sa_type=LargeBinary)


class FamilyPaperRow(Base, table=True):
    """A number that a family is known by, or was: an earlier KK, or what a list calls it. `sealed` holds the number."""

    __tablename__ = "family_paper"

    id: UUID = Field(primary_key=True)
    family: UUID
    kind: str
    hash: bytes = Field(sa_type=LargeBinary)
    sealed: bytes = Field(sa_type=LargeBinary)
    valid_from: date
    valid_to: date | None = None
    recorded_by: UUID
    recorded_at: datetime = Field(sa_column=_moment(nullable=False))


class MemberRow(Base, table=True):
    """One person. Everything about the person is sealed; `name_hashes` are keyed under the kecamatan."""

    __tablename__ = "member"

    id: UUID = Field(primary_key=True)
    family: UUID
    agency: str
    position: int = Field(sa_type=SmallInteger)
    nik_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    name_hashes: list[bytes] = Field(sa_column=Column(ARRAY(LargeBinary), nullable=False))
    sealed: bytes = Field(sa_type=LargeBinary)


class GrantRow(Base, table=True):
    """A unit may read a family because of a referral. At most one open grant per referral; closed ones stay."""

    __tablename__ = "access_grant"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    family: UUID
    unit: str
    referral: UUID
    purpose: str
    assignee: UUID | None = None
    opened_at: datetime = Field(sa_column=_moment(nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=_moment())
    expires_at: datetime | None = Field(default=None, sa_column=_moment())


class ReadAuditRow(Base, table=True):
    """Who read a family's data, and for what. A search by a number that nobody has is about no *family*."""

    __tablename__ = "read_audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_column=_moment(nullable=False))
    family: UUID | None = None
    officer: UUID
    staff_no: str
    unit: str
    purpose: str
    unmasked: bool


class ReferralSeenRow(Base, table=True):
    """The newest that was heard of a referral: the family's service history, and each unit's load."""

    __tablename__ = "referral_seen"

    referral: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    number: str
    family: UUID
    service: str
    state: str
    attempt: int = Field(sa_type=SmallInteger)
    agency_from: str
    unit_from: str
    unit_to: str | None = None
    restricted: bool
    outcome: str | None = None
    closed_at: datetime | None = Field(default=None, sa_column=_moment())
    stop_told: bool = False


class ListedPersonRow(Base, table=True):
    """What one list says of one person. `family`: what the list calls the family; `sealed` holds all that it says."""

    __tablename__ = "listed_person"

    list: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    family: str
    region: str
    dated: date
    batch: UUID
    content_hash: bytes = Field(sa_type=LargeBinary)
    kk_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    nik_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    name_hashes: Sequence[bytes] = Field(sa_column=Column(ARRAY(LargeBinary), nullable=False))
    sealed: bytes = Field(sa_type=LargeBinary)


class ImportBatchRow(Base, table=True):
    """A file that was sent. `content`: its keyed hash; `columns`: headers that a person named, by field."""

    __tablename__ = "import_batch"

    id: UUID = Field(primary_key=True)
    list: str
    content: bytes = Field(sa_type=LargeBinary)
    state: str
    unit: str
    area: str
    officer: UUID
    sent_at: datetime = Field(sa_column=_moment(nullable=False))
    columns: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    step_began_at: datetime | None = Field(default=None, sa_column=_moment())
    rows: int | None = Field(default=None, sa_type=BigInteger)
    done: int = Field(sa_type=BigInteger)
    report: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    refusal: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    applied_at: datetime | None = Field(default=None, sa_column=_moment())


class PersonLinkRow(Base, table=True):
    """A row of the register that is, or may be, a person of the survey. `verdict`: what a person decided about it."""

    __tablename__ = "person_link"

    dtsen: str = Field(primary_key=True)
    pk: str = Field(primary_key=True)
    decision: str
    score: float = Field(sa_type=REAL)
    kind: str
    evidence: Sequence[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    region: str
    verdict: str | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_column=_moment())


class FamilyRiskRow(Base, table=True):
    """What the rule says of one family of the survey."""

    __tablename__ = "family_risk"

    pk_family: str = Field(primary_key=True)
    region: str
    rule_version: str
    assessed_on: date
    groups: Sequence[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    factors: Sequence[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    beside: Sequence[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    unknown: Sequence[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    desil: int | None = Field(default=None, sa_type=SmallInteger)
    at_risk: bool


class RiskDifferenceRow(Base, table=True):
    """What a version of the rule that is to come would change."""

    __tablename__ = "risk_difference"

    version: str = Field(primary_key=True)
    valid_from: date
    compared_with: str
    report: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class CandidateRow(Base, table=True):
    """A service that a family may need. `agency`: who would send it; `list_family`: what its list calls the family;
    `pk_family`: the surveyed family that it was found for."""

    __tablename__ = "candidate"

    family: UUID = Field(primary_key=True)
    service: str = Field(primary_key=True)
    agency: str
    list: str
    list_family: str
    region: str
    urgency: int = Field(sa_type=SmallInteger)
    priority: str
    rule: str
    map_version: str
    pk_family: str


class RecordedFamilyRow(Base, table=True):
    """The family that an agency has recorded for one of its list."""

    __tablename__ = "recorded_family"

    agency: str = Field(primary_key=True)
    list_family: str = Field(primary_key=True)
    family: UUID
