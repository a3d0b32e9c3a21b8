"""Rows about offices and officers: written and read again they say the same, and each wrong one says why."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes import Agency, Level, Role, Service
from services.contracts.ids import OfficerId, RegionCode, UnitId
from services.kit.auth import Caller
from services.registry import hours
from services.registry.directory import officer_rows, unit_rows
from services.registry.directory.officer_rows import Known
from services.registry.directory.unit_rows import RowFault, World
from services.registry.hours import Day
from services.registry.importing.profile import profile
from services.registry.importing.rows import Checker, Fault
from services.registry.officers import Appointment
from services.registry.offices import Office
from services.registry.regions import level_of

DINSOS = [service for service in Service if service.agency is Agency.DINSOS]
SPANS = st.tuples(st.integers(0, 23 * 60), st.integers(1, 59)).map(
    lambda at: "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (at[0], at[0] + at[1]))
)
HOURS = st.dictionaries(st.sampled_from(Day), SPANS).map(lambda found: {day: found[day] for day in Day if day in found})


def office(unit: str = "dinsos-35.15.08", **fields: Any) -> Office:
    region = RegionCode(unit.split("-")[1])
    level = (Level.PROVINSI, Level.KABKOTA, Level.KECAMATAN)[region.count(".")]
    given = Office(UnitId(unit), 3, Agency(unit.split("-")[0]), level, region, UnitId("dinsos-35"), "TKSK Contoh", True,
                   (Service.PKH, Service.SEMBAKO), {})  # fmt: skip
    return replace(given, **fields)


def offices() -> st.SearchStrategy[Office]:
    services = st.sets(st.sampled_from(DINSOS)).map(lambda found: tuple(sorted(found)))

    def with_offers(given: tuple[Service, ...]) -> st.SearchStrategy[Office]:
        some = st.sampled_from(given) if given else st.nothing()
        return st.builds(
            office, services=st.just(given), places=st.dictionaries(some, st.integers(0, 1_000_000)),
            waitlists=st.sets(some).map(lambda found: tuple(sorted(found))), hours=HOURS, active=st.booleans(),
            title=st.text("ABC abc", min_size=1).map(lambda text: " ".join(text.split())).filter(bool),
        )  # fmt: skip

    return services.flatmap(with_offers)


KNOWN = [office(), office("dinsos-35.15"), office("dinsos-35.16.01"), office("bkkbn-35.15.08"), office("dinsos-35")]
REGIONS = {code: level_of(code) for code in ("35", "35.15", "35.15.08", "35.15.99", "35.15.08.2001", "35.15.99.2001")}
WORLD = World({each.id: each for each in KNOWN}, REGIONS)


def coordinator(unit: str = "dinsos-35.15", level: Level = Level.KABKOTA) -> Caller:
    region = RegionCode(unit.split("-")[1])
    return Caller(OfficerId(UUID(int=9)), "K-1", Agency.DINSOS, UnitId(unit), level, Role.COORDINATOR, region)


def record_of(list_name: str, cells: dict[str, str]) -> dict[str, Any]:
    """Return what is read of a row that is written so."""
    checker = Checker(profile(list_name), frozenset(), RegionCode(""), date(2026, 11, 26))
    row = checker([cells[name] for name in profile(list_name).fields])
    assert (row.faults, row.odd) == ([], [])
    return row.record


@given(HOURS)
def test_hours_that_are_written_are_read_the_same(given: dict[Day, str]) -> None:
    assert hours.read(hours.written(given)) == given


@pytest.mark.parametrize(
    "text",
    ["sen", "sen 15:00-08:00", "jum-sen 08:00-15:00", "sen 08:00-25:00", "sen-rab 08:00-15:00; sel 08:00-12:00"],
)
def test_what_is_no_hours_of_a_day_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        hours.read(text)


def test_hours_are_read_as_people_write_them() -> None:
    assert hours.read("Senin - Selasa 8.00-15.30; Jum'at 08.00 - 11.00") == {
        Day.MON: "08:00-15:30", Day.TUE: "08:00-15:30", Day.FRI: "08:00-11:00",
    }  # fmt: skip


@given(offices())
def test_the_row_of_an_office_makes_that_office_again(given: Office) -> None:
    world = World({given.id: office()}, REGIONS)
    assert unit_rows.office_after(record_of("units", unit_rows.cells(given)), world, coordinator()) == given


def test_an_empty_cell_changes_nothing_and_a_dash_says_none() -> None:
    before = office(places={Service.PKH: 5}, waitlists=(Service.PKH,), hours={Day.MON: "08:00-15:00"})
    world = World({before.id: before}, REGIONS)
    assert unit_rows.office_after({"id": before.id}, world, coordinator()) == before
    after = unit_rows.office_after({"id": before.id, "places": "-", "hours": "-"}, world, coordinator())
    assert (after.places, after.hours, after.waitlists) == ({}, {}, (Service.PKH,))


def test_a_new_kecamatan_gets_its_office_under_the_kabupaten() -> None:
    record = {"id": "DINSOS-35.15.99", "title": "TKSK Baru", "services": "pkh, sembako", "places": "PKH=3"}
    opened = unit_rows.office_after(record, WORLD, coordinator())
    assert (opened.id, opened.version, opened.level) == ("dinsos-35.15.99", 0, Level.KECAMATAN)
    assert (opened.parent, opened.services) == ("dinsos-35.15", (Service.PKH, Service.SEMBAKO))
    second = unit_rows.office_after({**record, "id": "dinsos-35.15.08-selatan"}, WORLD, coordinator())
    assert (second.region, second.places) == ("35.15.08", {Service.PKH: 3})


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"id": "dinsos-35.16.01"}, ("id", Fault.NOT_YOURS)),
        ({"id": "bkkbn-35.15.08"}, ("id", Fault.NOT_YOURS)),
        ({"id": "upt-baru"}, ("id", Fault.UNIT_UNKNOWN)),
        ({"id": "dinsos-35.15.98"}, ("id", Fault.REGION_UNKNOWN)),
        ({"id": "dinsos-35.15.99", "services": "PKH"}, ("title", Fault.MISSING)),
        ({"id": "dinsos-35.15.08", "services": "PKH BLT"}, ("services", Fault.SERVICE_UNKNOWN)),
        ({"id": "dinsos-35.15.08", "services": "PKH KIE"}, ("services", Fault.OTHER_AGENCYS_SERVICE)),
        ({"id": "dinsos-35.15.08", "places": "PKH 20"}, ("places", Fault.PLACES_UNREADABLE)),
        ({"id": "dinsos-35.15.08", "places": "ATENSI:20"}, ("places", Fault.NOT_GIVEN)),
        ({"id": "dinsos-35.15.08", "waitlists": "ATENSI"}, ("waitlists", Fault.NOT_GIVEN)),
        ({"id": "dinsos-35.15.08", "hours": "pagi"}, ("hours", Fault.HOURS_UNREADABLE)),
    ],
)
def test_a_row_about_an_office_that_cannot_come_in_says_why(record: dict[str, str], fault: tuple[str, Fault]) -> None:
    with pytest.raises(RowFault) as caught:
        unit_rows.office_after(record, WORLD, coordinator())
    assert (caught.value.field, caught.value.fault) == fault


def known(role: Role = Role.OFFICER, unit: str = "dinsos-35.15.08", **fields: Any) -> Known:
    who = Appointment(OfficerId(UUID(int=1)), "P-1", UnitId(unit), role, "Contoh", "contoh@dinsos.example")
    return Known(replace(who, **fields), 4, gone=False)


NEW = {"id": "P-2", "name": "Baru", "email": "b@dinsos.example", "role": "officer", "unit": "dinsos-35.15.08"}


@given(st.sampled_from([Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR]), st.sampled_from([None, "35.15.08.2001"]))
def test_the_row_of_an_officer_changes_nothing(role: Role, village: RegionCode | None) -> None:
    before = known(role, "dinsos-35.15", village=village)
    record = record_of("officers", officer_rows.cells(before.appointment))
    assert officer_rows.said(record, before, WORLD, coordinator()) is None


def test_a_row_moves_an_officer_and_leaves_alone_what_it_does_not_say() -> None:
    before = known(village=RegionCode("35.15.08.2001"))
    change = officer_rows.said({"id": "P-1", "unit": "DINSOS-35.15", "village": "-"}, before, WORLD, coordinator())
    assert change == officer_rows.Said(replace(before.appointment, unit=UnitId("dinsos-35.15"), village=None))
    leaving = officer_rows.said({"id": "P-1", "left": "yes"}, before, WORLD, coordinator())
    assert leaving == officer_rows.Said(before.appointment, leaves=True)
    gone = replace(before, gone=True)
    assert officer_rows.said({"id": "P-1", "left": "yes"}, gone, WORLD, coordinator()) is None
    back = officer_rows.said({"id": "P-1", "left": "back"}, gone, WORLD, coordinator())
    assert back == officer_rows.Said(before.appointment)
    assert officer_rows.said({"id": "P-1", "left": "back"}, before, WORLD, coordinator()) is None


@pytest.mark.parametrize(
    ("record", "before", "fault"),
    [
        ({"id": "1.98E+17"}, None, ("id", Fault.ROUNDED)),
        ({"id": "P-9", "left": "yes"}, None, ("id", Fault.OFFICER_UNKNOWN)),
        ({"id": "P-1"}, replace(known(), gone=True), ("left", Fault.HAS_LEFT)),
        ({"id": "P-1", "left": "no"}, replace(known(), gone=True), ("left", Fault.HAS_LEFT)),
        ({"id": "P-1", "left": "back"}, replace(known(Role.OPERATOR), gone=True), ("role", Fault.ROLE_TOO_HIGH)),
        ({"id": "P-1"}, known(unit="dinsos-35.16.01"), ("id", Fault.NOT_YOURS)),
        ({"id": "P-1", "name": "X"}, known(unit="bkkbn-35.15.08"), ("id", Fault.NOT_YOURS)),
        ({"id": "P-1", "name": "X"}, known(Role.COORDINATOR, "dinsos-35.15"), ("role", Fault.ROLE_TOO_HIGH)),
        ({"id": "P-1", "left": "yes"}, known(Role.OPERATOR, "dinsos-35.15"), ("role", Fault.ROLE_TOO_HIGH)),
        ({"id": "P-1", "unit": "dinsos-35.16.01"}, known(), ("unit", Fault.NOT_YOURS)),
        ({"id": "P-1", "unit": "dinsos-35.15"}, known(village=RegionCode("35.15.99.2001")), ("village", None)),
        ({"id": "P-1", "village": "35.15.99.2001"}, known(), ("village", Fault.NOT_IN_UNIT)),
        ({"id": "P-1", "village": "35.15.08.2999"}, known(), ("village", Fault.VILLAGE_UNKNOWN)),
        ({**NEW, "email": "nobody"}, None, ("email", Fault.EMAIL_UNREADABLE)),
        ({**NEW, "unit": "dinsos-35.15.77"}, None, ("unit", Fault.UNIT_UNKNOWN)),
        ({**NEW, "role": "coordinator", "unit": "dinsos-35.15"}, None, ("role", Fault.ROLE_TOO_HIGH)),
        ({"id": "P-2", "name": "Baru"}, None, ("email", Fault.MISSING)),
    ],
)
def test_a_row_about_an_officer_that_cannot_come_in_says_why(
    record: dict[str, str], before: Known | None, fault: tuple[str, Fault | None]
) -> None:
    if fault[1] is None:  # within the kabupaten the village goes along
        assert officer_rows.said(record, before, WORLD, coordinator()) is not None
        return
    with pytest.raises(RowFault) as caught:
        officer_rows.said(record, before, WORLD, coordinator())
    assert (caught.value.field, caught.value.fault) == fault


def test_the_province_appoints_the_coordinators_of_the_kabupaten() -> None:
    record = {**NEW, "role": "coordinator", "unit": "dinsos-35.15"}
    change = officer_rows.said(record, None, WORLD, coordinator("dinsos-35", Level.PROVINSI))
    assert change is not None
    assert change.after.role is Role.COORDINATOR
