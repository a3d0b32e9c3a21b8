"""The registry that opens a family and the record that lets it be referred judge by one rule."""

from dataclasses import replace
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes import Agency, Level, Role
from services.contracts.ids import FamilyId, OfficerId, RegionCode, UnitId
from services.contracts.reading import Grant
from services.kit.auth import Caller
from services.referral import referring
from services.referral.views import actor_of
from services.registry import rights
from services.registry.rights import CASEWORKERS, Desk

VILLAGES = [RegionCode("35.15.08.2001"), RegionCode("35.15.08.2002"), RegionCode("35.15.14.2001")]
OFFICES = [
    *((agency, Level.KECAMATAN, RegionCode(region)) for agency in Agency for region in ("35.15.08", "35.15.14")),
    *((agency, Level.KABKOTA, RegionCode(region)) for agency in Agency for region in ("35.15", "35.1")),
    *((agency, Level.PROVINSI, RegionCode("35")) for agency in Agency),
    (Agency.DINSOS, Level.UPT, RegionCode("35.15")),
]


def _desk(agency: Agency, level: Level, region: RegionCode) -> Desk:
    return Desk(UnitId(f"{agency}-{level}-{region}"), agency, level, region)


desks = st.sampled_from([_desk(*office) for office in OFFICES])
officers = st.sampled_from([OfficerId(uuid4()) for _ in range(3)])
nobody_or_an_officer = st.one_of(st.none(), officers)


@st.composite
def callers(draw: st.DrawFn) -> Caller:
    desk, village = draw(desks), draw(st.sampled_from([None, None, None, *VILLAGES]))
    role = draw(st.sampled_from(sorted(CASEWORKERS)))
    return Caller(draw(officers), "T-1", desk.agency, desk.unit, desk.level, role, desk.region, village)


@st.composite
def families(draw: st.DrawFn) -> rights.KnownFamily:
    region, restricted = draw(st.sampled_from(VILLAGES)), draw(st.booleans())
    return rights.KnownFamily(FamilyId(uuid4()), region, restricted, draw(officers), draw(desks))


def _copy(family: rights.KnownFamily) -> referring.KnownFamily:
    """Return what the record knows of *family*."""
    desk = family.desk
    return referring.KnownFamily(family.id, family.region, desk.agency, desk.unit, family.restricted)


@given(caller=callers(), family=families(), granted_to=desks, assignee=nobody_or_an_officer)
def test_exactly_whom_the_registry_lets_read_a_family_the_record_lets_refer_it(
    caller: Caller, family: rights.KnownFamily, granted_to: Desk, assignee: OfficerId | None
) -> None:
    family, grants = replace(family, restricted=False), [Grant(granted_to.unit, assignee)]
    actor, copy = actor_of(caller), _copy(family)
    refers = referring.of_ones_own_agency(actor, copy) or referring.may_refer_again(actor, copy, grants)
    assert refers == rights.may_read(caller, family, grants)


@given(caller=callers(), family=families())
def test_a_restricted_family_is_referred_only_from_the_unit_that_recorded_it_or_above(
    caller: Caller, family: rights.KnownFamily
) -> None:
    restricted = _copy(replace(family, restricted=True))
    if referring.of_ones_own_agency(actor_of(caller), restricted):
        assert caller.unit == restricted.unit or caller.role is Role.COORDINATOR
