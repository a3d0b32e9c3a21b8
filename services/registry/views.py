"""What a caller gets from the registry."""

from datetime import date, datetime
from uuid import UUID

from services.contracts.codes import Agency, Level, Outcome, Role, Service, WhyClosed
from services.contracts.lifecycle import State
from services.kit.http import Answered
from services.registry.hours import Day
from services.registry.nik import NikWarning, Sex
from services.registry.orders import PaperKind, Relation
from services.registry.regions import RegionLevel


class RegionView(Answered):
    code: str
    name: str
    level: RegionLevel
    parent: str | None


class PlacedRegionView(RegionView):
    """`path`: the areas that it lies in, nearest first."""

    path: list[RegionView]


class RegionChangeView(Answered):
    """A decree gave the area *old* the code *new*."""

    old: str
    new: str
    effective: date
    decree: str


class DatedRegionView(PlacedRegionView):
    """`valid_to`: since when the code is none any more; `now`: the code that the area has instead.

    `earlier`: the decrees by which it got its code, the newest first.
    """

    valid_from: date | None
    valid_to: date | None
    now: str | None
    earlier: list[RegionChangeView]


class DecreeView(Answered):
    """What a decree touches. `decided_at`: when it was applied; None where it was only looked at."""

    decree: str
    effective: date
    decided_at: datetime | None
    changes: int
    families: int
    officers: int
    listed: int
    candidates: int


class UnitView(Answered):
    """`places`: how many families the unit can have in hand per service; a service without an entry has no limit.

    `waitlists`: the services for which it can be asked although it is full. `hours`: by day; empty where nobody has
    said them. `vacant`: nobody works there who takes cases.
    """

    id: str
    version: int
    agency: Agency
    level: Level
    region: str
    parent: str | None
    title: str
    active: bool
    services: tuple[Service, ...]
    places: dict[Service, int]
    waitlists: tuple[Service, ...]
    hours: dict[Day, str]
    vacant: bool


class UnitsView(Answered):
    units: list[UnitView]
    next: str | None


class ColleagueView(Answered):
    id: UUID
    staff_no: str
    role: Role


class ColleagueBelowView(ColleagueView):
    unit: str


class ClosureView(Answered):
    """Both days are counted."""

    first_day: date
    last_day: date
    reason: WhyClosed


class StaffedUnitView(UnitView):
    """`open_referrals`: how many the unit has in hand or on its desk; `held`: how many of them hold a place, by
    service. `closures`: those of today and later.
    """

    officers: list[ColleagueView]
    open_referrals: int
    held: dict[Service, int]
    closures: list[ClosureView]


class WaitlistView(Answered):
    unit: str
    service: Service
    kept: bool
    version: int


class HoursView(Answered):
    unit: str
    hours: dict[Day, str]
    version: int


class ClosuresView(Answered):
    unit: str
    closures: list[ClosureView]
    version: int


class InvitationView(Answered):
    """`code`: to be told to the officer; nobody can read it again."""

    id: UUID
    staff_no: str
    code: str
    expires_at: datetime


class PlacesView(Answered):
    unit: str
    service: Service
    limit: int
    version: int


class LeftView(Answered):
    id: UUID
    staff_no: str
    unit: str
    left_at: datetime


class WarningView(Answered):
    member: UUID
    code: NikWarning


class RecordedView(Answered):
    """`warnings` never keep a family from being recorded: a NIK keeps an old place, and even a wrong date."""

    id: UUID
    version: int
    region: str
    agency: Agency
    unit: str
    restricted: bool
    warnings: list[WarningView]


class MemberView(Answered):
    id: UUID
    name: str
    nik: str | None
    birth_date: date
    sex: Sex
    relation: Relation
    mother: UUID | None
    pregnant: bool | None = None


class PaperView(Answered):
    """`valid_to`: since when the family has another number of that kind; None while it has this one."""

    kind: PaperKind
    number: str
    valid_from: date
    valid_to: date | None


class PaperKeptView(Answered):
    family: UUID
    kind: PaperKind
    valid_from: date


class NikKeptView(Answered):
    family: UUID
    member: UUID
    warnings: list[WarningView]


class BriefView(Answered):
    """`no_kk` and every `nik` show their last four digits only."""

    id: UUID
    region: str
    unit: str
    restricted: bool
    address: str
    no_kk: str | None
    members: list[MemberView]


class ServiceView(Answered):
    """One referral of the family, as far as the registry has heard."""

    referral: UUID
    number: str
    service: Service
    state: State
    agency_from: Agency
    unit_from: str
    unit_to: str | None
    outcome: Outcome | None
    closed_at: datetime | None


class SaidView(Answered):
    """A code of the survey, and what it means in Indonesian (`id`) and English (`en`)."""

    code: str
    words: dict[str, str]


class RiskView(Answered):
    """What the rule says of the surveyed family. `groups`: why it counts at all; `beside`: reported, and no factor."""

    at_risk: bool
    groups: list[SaidView]
    factors: list[SaidView]
    beside: list[SaidView]
    assessed_on: date
    rule_version: str


class AssistanceView(Answered):
    """`receives`: what any member does. `desil_of`: the first day of the rank's quarter; an earlier one is outdated."""

    receives: list[Service]
    dated: date
    desil: int | None
    desil_of: date | None
    desil_outdated: bool


class FamilyView(BriefView):
    """`unmasked`: whether the numbers are complete. `history`: referrals of the caller's agency or unit.

    `papers`: the KK that it has first, then what else it is, or was, known by. `risk`, `assistance`: what lists say of
    it that its own or the caller's agency keeps; None where none of them names it.
    """

    agency: Agency
    recorded_at: datetime
    unmasked: bool
    papers: list[PaperView]
    history: list[ServiceView]
    risk: RiskView | None
    assistance: AssistanceView | None


class FoundView(Answered):
    """`known_at_other_agency`: whether the number is known there; None where that was not asked.

    `by_earlier_number`: those of `families` that have another number of that kind now.
    """

    families: list[BriefView]
    by_earlier_number: list[UUID]
    known_at_other_agency: bool | None


class ReadView(Answered):
    id: int
    at: datetime
    staff_no: str
    unit: str
    purpose: str
    unmasked: bool


class DisclosureView(Answered):
    """A unit of the other side could read the family because of a referral."""

    unit: str
    referral: UUID
    purpose: str
    opened_at: datetime
    closed_at: datetime | None
    expires_at: datetime | None


class AuditView(Answered):
    lines: list[ReadView]
    next: int | None
    disclosed: list[DisclosureView]
