"""What areas are called after decrees, and which areas and offices there have to be then."""

from services.contracts.ids import RegionCode
from services.registry.regions import Region, RegionLevel, east_java
from services.registry.renumbering import Change, before, first, newest
from services.registry.seeding import decreed
from services.registry.units import all_units, units_of

A, B, C = RegionCode("35.15.08.2001"), RegionCode("35.15.19.2001"), RegionCode("35.15.20.2001")
OLD, NEW = RegionCode("35.15.08"), RegionCode("35.15.19")
_RENUMBERED: list[Change] = [(OLD, NEW), (A, B)]
_MADE = {
    NEW: Region(NEW, "Sidoarjo", RegionLevel.KECAMATAN, RegionCode("35.15")),
    B: Region(B, "Lebo", RegionLevel.DESA, NEW),
}
_CODES = {region.code for region in east_java()}


def test_a_code_leads_to_the_newest_one_through_all_decrees() -> None:
    assert newest([(A, B), (B, C)]) == {A: C, B: C}
    assert first([(A, B), (B, C)]) == {C: A}


def test_a_decree_that_is_taken_back_by_another_leads_back() -> None:
    assert newest([(A, B), (B, A)]) == {B: A}
    assert newest([(A, B), (B, A), (A, C)]) == {A: C, B: C}


def test_a_new_area_comes_from_none() -> None:
    assert newest([(None, C)]) == {}
    assert first([(None, C)]) == {}


def test_the_decrees_that_led_to_a_code_are_told_from_the_newest_back() -> None:
    changes = [{"old": old, "new": new} for old, new in [(A, B), (None, NEW), (B, C)]]
    assert [each["old"] for each in before(changes, C)] == [B, A]
    assert before(changes, A) == []


def test_the_list_undoes_no_decree() -> None:
    areas = decreed(east_java(), _MADE, _RENUMBERED)
    assert areas.keys() == _CODES - {OLD, A} | {NEW, B}
    assert areas[B] == _MADE[B]


def test_a_list_that_knows_the_new_code_meanwhile_says_what_it_is_called() -> None:
    named = Region(B, "Lebo Baru", RegionLevel.DESA, NEW)
    later = [*(region for region in east_java() if region.code not in {OLD, A}), _MADE[NEW], named]
    assert decreed(later, _MADE, _RENUMBERED)[B] == named


def test_the_office_of_a_renumbered_kecamatan_keeps_its_id_and_serves_the_new_code() -> None:
    areas = decreed(east_java(), _MADE, _RENUMBERED).values()
    units = {unit.id: unit for unit in units_of(areas, first(_RENUMBERED))}
    assert units.keys() == {unit.id for unit in all_units()}
    assert {units[name].region for name in (f"bkkbn-{OLD}", f"dinsos-{OLD}")} == {NEW}


def test_a_new_kecamatan_gets_offices_of_both_agencies() -> None:
    areas = decreed(east_java(), _MADE, [(None, NEW)]).values()
    units = {unit.id: unit for unit in units_of(areas, {})}
    assert {units[name].parent for name in (f"bkkbn-{NEW}", f"dinsos-{NEW}")} == {"bkkbn-35.15", "dinsos-35.15"}
    assert len(units) == len(all_units()) + 2
