"""What a caller asks of the registry about families. Field by field; the rules stand with the use cases."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.contracts.codes import Agency
from services.contracts.ids import RegionCode
from services.kit.http import Body
from services.registry.nik import Sex

Code = Annotated[
    RegionCode, Field(pattern=r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$", examples=["35.15.08.2001"])
]
Number = Annotated[str, Field(max_length=40, description="as written: blanks, dots and dashes are taken away")]
MOST_MEMBERS = 30
Name = Annotated[str, Field(min_length=1, max_length=120)]


class Relation(StrEnum):
    """What a member is to the head of the family, as on the family card."""

    HEAD = "head"
    HUSBAND = "husband"
    WIFE = "wife"
    CHILD = "child"
    CHILD_IN_LAW = "child_in_law"
    GRANDCHILD = "grandchild"
    PARENT = "parent"
    PARENT_IN_LAW = "parent_in_law"
    OTHER_RELATIVE = "other_relative"
    OTHER = "other"


class ReadPurpose(StrEnum):
    """Why somebody reads full numbers. `data_request`: the family asked to see or correct its data."""

    SERVICE = "service"
    VERIFICATION = "verification"
    COMPLAINT = "complaint"
    DATA_REQUEST = "data_request"
    SUPERVISION = "supervision"


class PaperKind(StrEnum):
    """A number that a family is known by. Several families may carry one KK; the others are what lists call it."""

    NO_KK = "no_kk"
    PK_FAMILY_CODE = "pk_family_code"
    DTSEN_ID = "dtsen_id"
    PKH_NUMBER = "pkh_number"

    @property
    def kept_by(self) -> Agency | None:
        """The agency that keeps the list; None for what every agency reads from the family's own card."""
        return {PaperKind.NO_KK: None, PaperKind.PK_FAMILY_CODE: Agency.BKKBN}.get(self, Agency.DINSOS)


class NewMember(Body):
    """*mother*: the member who is this one's mother, for a newborn without a NIK."""

    id: UUID
    name: Name
    nik: Number | None = None
    birth_date: date
    sex: Sex
    relation: Relation
    mother: UUID | None = None
    pregnant: bool | None = None


class NewFamily(Body):
    """A family. Ids are made by the client, so that a lost answer never makes two. *region*: its desa or kelurahan."""

    id: UUID
    region: Code
    no_kk: Number | None = None
    address: Annotated[str, Field(min_length=1, max_length=300)]
    restricted: bool = False
    members: Annotated[tuple[NewMember, ...], Field(min_length=1, max_length=MOST_MEMBERS)]

    @model_validator(mode="after")
    def _members_fit_together(self) -> Self:
        ids = {member.id for member in self.members}
        if len(ids) != len(self.members):
            raise ValueError("two members with one id")
        if any(member.mother not in ids - {member.id} for member in self.members if member.mother):
            raise ValueError("a mother who is no other member")
        return self


class NewPaper(Body):
    """*valid_from*: since when the family has this number; the one before ends then."""

    number: Annotated[Number, Field(min_length=1)]
    valid_from: date


class NewNik(Body):
    nik: Number


class PaperNumber(Body):
    """What a list calls a family."""

    kind: PaperKind
    number: Annotated[Number, Field(min_length=1)]

    @model_validator(mode="after")
    def _is_of_a_list(self) -> Self:
        if self.kind is PaperKind.NO_KK:
            raise ValueError("a KK number is asked for as no_kk")
        return self


class Search(Body):
    """One of: a NIK, a KK number, what a list calls a family, a name within a kecamatan or a desa."""

    nik: Number | None = None
    no_kk: Number | None = None
    paper: PaperNumber | None = None
    name: Name | None = None
    region: Code | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        asked = [self.nik, self.no_kk, self.paper, self.name]
        if asked.count(None) != 3 or (self.name is None) != (self.region is None):
            raise ValueError("ask for a NIK, for a KK number, for a list's number, or for a name and a region")
        if self.region is not None and self.region.count(".") < 2:
            raise ValueError("a name is searched within a kecamatan or a desa")
        return self


class Read(Body):
    purpose: ReadPurpose
