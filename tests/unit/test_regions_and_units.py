"""The areas of East Java and the offices made from them."""

from collections import Counter

import pytest

from services.contracts.codes import Agency, Level, Service
from services.contracts.ids import RegionCode, UnitId
from services.contracts.reading import covers
from services.registry.regions import RegionLevel, east_java, level_of, parents
from services.registry.units import Unit, all_units, read_offers, unit_id

UNITS = {unit.id: unit for unit in all_units()}


def _unit(id: str) -> Unit:
    return UNITS[UnitId(id)]


def test_east_java_has_1_province_38_kabkota_666_kecamatan_and_8494_villages() -> None:
    assert Counter(region.level for region in east_java()) == {
        RegionLevel.PROVINSI: 1,
        RegionLevel.KABKOTA: 38,
        RegionLevel.KECAMATAN: 666,
        RegionLevel.DESA: 7721,
        RegionLevel.KELURAHAN: 773,
    }


def test_codes_are_dotted_and_unique_and_every_parent_stands_before_its_children() -> None:
    seen: set[RegionCode] = set()
    for region in east_java():
        assert region.code not in seen
        assert region.parent is None or region.parent in seen
        seen.add(region.code)
    assert {"35", "35.15", "35.15.08", "35.15.08.2001"} <= seen


def test_no_two_areas_under_one_parent_share_a_name() -> None:
    names = Counter((region.parent, region.level, region.name) for region in east_java())
    assert max(names.values()) == 1


def test_the_fourth_block_tells_a_kelurahan_from_a_desa() -> None:
    assert level_of("35.15.08.1001") is RegionLevel.KELURAHAN
    assert level_of("35.15.08.2001") is RegionLevel.DESA
    assert level_of("35.15.08.2001").is_village
    assert not level_of("35.15.08").is_village


@pytest.mark.parametrize("code", ["35.15.08.9001", "35.15.08.2001.1"])
def test_another_shape_is_no_region_code(code: str) -> None:
    with pytest.raises(ValueError, match="not a region code"):
        level_of(code)


def test_parents_stand_nearest_first() -> None:
    assert parents(RegionCode("35.15.08.2001")) == ("35.15.08", "35.15", "35")
    assert parents(RegionCode("35")) == ()


@pytest.mark.parametrize(
    ("area", "code", "covered"),
    [
        ("35", "35.15.08.2001", True),
        ("35.15", "35.15", True),
        ("35.15", "35.15.08", True),
        ("35.15.08", "35.15", False),
        ("35.1", "35.15", False),
        ("3", "35", False),
    ],
)
def test_an_area_covers_itself_and_what_lies_in_it_by_whole_blocks(area: str, code: str, covered: bool) -> None:
    assert covers(RegionCode(area), RegionCode(code)) is covered


def test_each_agency_has_one_office_per_kecamatan_kabkota_and_province_and_dinsos_has_eight_institutions() -> None:
    assert len(all_units()) == len(UNITS) == 1418
    assert Counter((unit.agency, unit.level) for unit in all_units()) == {
        (Agency.DINSOS, Level.KECAMATAN): 666,
        (Agency.DINSOS, Level.KABKOTA): 38,
        (Agency.DINSOS, Level.PROVINSI): 1,
        (Agency.DINSOS, Level.UPT): 8,
        (Agency.BKKBN, Level.KECAMATAN): 666,
        (Agency.BKKBN, Level.KABKOTA): 38,
        (Agency.BKKBN, Level.PROVINSI): 1,
    }


def test_every_parent_is_a_unit_of_the_same_agency_that_stands_before_its_children() -> None:
    seen: set[UnitId] = set()
    for unit in all_units():
        if unit.parent is not None:
            assert unit.parent in seen
            assert UNITS[unit.parent].agency is unit.agency
            assert covers(UNITS[unit.parent].region, unit.region)
        seen.add(unit.id)


@pytest.mark.parametrize(
    ("id", "title", "parent"),
    [
        ("dinsos-35.15.13", "TKSK Kecamatan Taman", "dinsos-35.15"),
        ("bkkbn-35.15.13", "Balai Penyuluhan KB Kecamatan Taman", "bkkbn-35.15"),
        ("dinsos-35.15", "Dinas Sosial Kabupaten Sidoarjo", "dinsos-35"),
        ("bkkbn-35.78", "OPD KB Kota Surabaya", "bkkbn-35"),
        ("dinsos-35", "Dinas Sosial Provinsi Jawa Timur", None),
        ("bkkbn-35", "Perwakilan BKKBN Provinsi Jawa Timur", None),
        ("upt-psbr-jombang", "UPT PSBR Jombang", "dinsos-35"),
    ],
)
def test_a_unit_has_the_title_that_people_use(id: str, title: str, parent: str | None) -> None:
    assert (_unit(id).title, _unit(id).parent) == (title, parent)


def test_an_institution_stands_in_the_kabkota_whose_name_it_bears() -> None:
    names = {region.code: region.name for region in east_java() if region.level is RegionLevel.KABKOTA}
    houses = [unit for unit in all_units() if unit.level is Level.UPT]
    assert all(house.title.split()[-1] in names[house.region] for house in houses)


def test_a_unit_gives_only_what_its_own_agency_gives() -> None:
    assert all(service.agency is unit.agency for unit in all_units() for service in unit.services)


def test_a_unit_gives_all_that_the_units_below_it_give_so_that_a_move_upward_finds_somebody() -> None:
    for unit in all_units():
        if unit.parent is not None:
            assert set(unit.services) <= set(UNITS[unit.parent].services)


@pytest.mark.parametrize("service", Service)
def test_every_service_is_given_by_the_province_as_the_last_resort(service: Service) -> None:
    assert UNITS[unit_id(service.agency, RegionCode("35"))].gives(service)


@pytest.mark.parametrize("service", [service for service in Service if service.offered_by_a_person])
def test_scarce_places_are_given_and_limited_only_by_the_province_and_its_institutions(service: Service) -> None:
    giving = [unit for unit in all_units() if unit.gives(service)]
    assert {unit.level for unit in giving} <= {Level.PROVINSI, Level.UPT}
    assert all(unit.places[service] > 0 for unit in giving)


def test_no_other_unit_and_no_other_service_has_a_limit() -> None:
    limited = {service for unit in all_units() for service in unit.places}
    assert limited == {service for service in Service if service.offered_by_a_person}


def test_the_province_has_as_many_places_as_its_institutions_together() -> None:
    for service in (Service.UPT_PSBR, Service.UPT_PPSAA):
        houses = [unit for unit in all_units() if unit.level is Level.UPT and unit.gives(service)]
        assert len(houses) == 4
        assert sum(house.places[service] for house in houses) == _unit("dinsos-35").places[service]


def test_the_kecamatan_is_the_natural_desk_for_what_it_can_decide() -> None:
    assert _unit("dinsos-35.15.13").gives(Service.PKH)
    assert _unit("bkkbn-35.15.13").gives(Service.TPK_DAMPING)
    assert not _unit("dinsos-35.15.13").gives(Service.ATENSI)
    assert _unit("dinsos-35.15").gives(Service.ATENSI)
    assert not _unit("bkkbn-35.15.13").gives(Service.AUDIT_STUNTING)


def test_a_service_that_does_not_exist_in_the_data_is_found_at_once() -> None:
    with pytest.raises(ValueError, match="PKH-MINUS"):
        read_offers({"dinsos": {"kecamatan": {"title": "{name}", "gives": ["PKH-MINUS"]}}})
