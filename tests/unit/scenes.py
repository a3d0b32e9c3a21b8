"""A small pilot world for tests of the pure parts: two kecamatan units, their kab/kota and province, an institution,
all staffed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from services.contracts.codes import Agency, LegalBasis, Level, Priority, Role, Service
from services.contracts.ids import OfficerId, ReferralId, RegionCode, UnitId
from services.contracts.lifecycle import Action
from services.referral import calendars, orders, policy
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.offices import Office, Offices
from services.referral.transition import act, act_by_system

MONDAY_10 = datetime(2026, 2, 2, 3, 0, tzinfo=UTC)  # 10:00 WIB
VILLAGE = RegionCode("35.15.08.2001")
LEVELS = {"35.15.08": Level.KECAMATAN, "35.15": Level.KABKOTA, "35": Level.PROVINSI}


def _offices() -> Offices:
    offices: dict[UnitId, Office] = {}
    staffed: set[tuple[UnitId, Role]] = set()
    for agency in Agency:
        for region, level in LEVELS.items():
            unit = UnitId(f"{agency}-{region}")
            parent = {"35.15.08": f"{agency}-35.15", "35.15": f"{agency}-35"}.get(region)
            services = frozenset(service for service in Service if service.agency is agency)
            offices[unit] = Office(
                unit, agency, level, RegionCode(region), UnitId(parent) if parent else None, services
            )
            staffed |= {(unit, Role.OFFICER), (unit, Role.SUPERVISOR)}
            if level is not Level.KECAMATAN:
                staffed.add((unit, Role.COORDINATOR))
    upt = UnitId("upt-psbr-jombang")
    services = frozenset({Service.UPT_PSBR})
    offices[upt] = Office(upt, Agency.DINSOS, Level.UPT, RegionCode("35.17"), UnitId("dinsos-35"), services)
    staffed |= {(upt, Role.OFFICER), (upt, Role.SUPERVISOR)}
    staffed |= {(UnitId("dinsos-35"), Role.DPO), (UnitId("dinsos-35"), Role.OPERATOR)}
    return Offices(offices, frozenset(staffed))


OFFICES = _offices()


def of_the_upt(role: Role) -> Actor:
    staff_no = f"upt-psbr-jombang-{role}-1"
    return Actor(
        OfficerId(uuid5(NAMESPACE_URL, staff_no)), staff_no, Agency.DINSOS, UnitId("upt-psbr-jombang"), role,
        level=Level.UPT, region=RegionCode("35.17"),
    )  # fmt: skip


def officer(unit: str, role: Role = Role.OFFICER, *, number: int = 1) -> Actor:
    agency, region = Agency(unit.partition("-")[0]), RegionCode(unit.partition("-")[2])
    staff_no = f"{unit}-{role}-{number}"
    level = (Level.PROVINSI, Level.KABKOTA, Level.KECAMATAN)[region.count(".")]
    return Actor(
        OfficerId(uuid5(NAMESPACE_URL, staff_no)), staff_no, agency, UnitId(unit), role, level=level, region=region
    )


TKSK = officer("dinsos-35.15.08")
TKSK_SUPERVISOR = officer("dinsos-35.15.08", Role.SUPERVISOR)
PKB = officer("bkkbn-35.15.08")
PKB_SUPERVISOR = officer("bkkbn-35.15.08", Role.SUPERVISOR)
DINSOS_COORDINATOR = officer("dinsos-35.15", Role.COORDINATOR)
BKKBN_COORDINATOR = officer("bkkbn-35.15", Role.COORDINATOR)
BKKBN_KAB = officer("bkkbn-35.15")
DPO = officer("dinsos-35", Role.DPO)
OPERATOR = officer("dinsos-35", Role.OPERATOR)
UPT, UPT_SUPERVISOR = of_the_upt(Role.OFFICER), of_the_upt(Role.SUPERVISOR)
EVERYBODY = (
    *(TKSK, TKSK_SUPERVISOR, PKB, PKB_SUPERVISOR, DINSOS_COORDINATOR, BKKBN_COORDINATOR, BKKBN_KAB, DPO, OPERATOR),
    *(UPT, UPT_SUPERVISOR),
)
PKB_UNIT, BKKBN_KAB_UNIT, BKKBN_PROVINCE = UnitId("bkkbn-35.15.08"), UnitId("bkkbn-35.15"), UnitId("bkkbn-35")


def scene(now: datetime = MONDAY_10, *, policy_version: str = "standard-1", offices: Offices = OFFICES) -> Scene:
    return Scene(now, policy.load(policy_version), calendars.load(calendars.newest()), offices)


def a_draft(**changes: Any) -> Referral:
    draft = Referral(
        id=ReferralId(uuid4()),
        number="26-000001-2",
        family=uuid4(),  # type: ignore[arg-type]
        service=Service.TPK_DAMPING,
        priority=Priority.NORMAL,
        region=VILLAGE,
        restricted=False,
        basis=LegalBasis.PUBLIC_TASK,
        has_consent=False,
        unit_from=UnitId("dinsos-35.15.08"),
        agency_from=Agency.DINSOS,
        created_by=TKSK.officer,  # type: ignore[arg-type]
        created_at=MONDAY_10,
        policy_version="standard-1",
        calendar_version=calendars.newest(),
        version=1,
        acted_version=1,
    )
    return replace(draft, **changes)


def by(referral: Referral, actor: Actor, order: orders.Order, *, now: datetime = MONDAY_10) -> Referral:
    """Let *actor* do *order* on the newest version."""
    return act(referral, order, actor, scene(now), expected_version=referral.acted_version).after


def offered(referral: Referral, unit: UnitId = PKB_UNIT, *, now: datetime = MONDAY_10) -> Referral:
    return act_by_system(referral, Action.OFFER, scene(now), orders.Offer(unit=unit)).after


def an_offer(**changes: Any) -> Referral:
    return offered(by(a_draft(**changes), TKSK, orders.Submit()))


def received(**changes: Any) -> Referral:
    return by(an_offer(**changes), PKB, orders.Claim())


def place_offered(**changes: Any) -> Referral:
    listed = by(received(**changes), PKB, orders.Enlist())
    return by(listed, PKB_SUPERVISOR, orders.OfferPlace())


def accepted(**changes: Any) -> Referral:
    return by(received(**changes), PKB, orders.Accept())


def in_service(**changes: Any) -> Referral:
    return by(accepted(**changes), PKB, orders.Contact(on=MONDAY_10.date()))


def reported(outcome: str = "served_full", **changes: Any) -> Referral:
    report = orders.Report(outcome=outcome, on=MONDAY_10.date(), provider="TPK", text="Sudah selesai.", programme="PKH",
                           proposal_number="1")  # fmt: skip
    return by(in_service(**changes), PKB, report)


def later(**amount: float) -> datetime:
    return MONDAY_10 + timedelta(**amount)
