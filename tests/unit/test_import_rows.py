"""One row of a list: what keeps it out, and what only looks odd."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.ids import RegionCode
from services.registry.importing.profile import names, profile
from services.registry.importing.rows import Checker, Fault, Oddity, Row
from services.registry.importing.words import WORDS
from services.registry.nik import NikWarning, NumberFault
from tests.integration.list_files import PK_COLUMNS, pk_row

TODAY = date(2026, 11, 26)
VILLAGES = frozenset({"35.15.08.2001", "35.07.21.2005"})
CHECKER = Checker(profile("pk"), VILLAGES, RegionCode("35.15"), TODAY)


def checked(**fields: Any) -> Row:
    row = pk_row(1, **fields)
    return CHECKER([str(row[name]) for name in PK_COLUMNS])


def test_a_good_row_is_kept_as_codes_and_days() -> None:
    row = checked(status_hamil="Ya", sumber_air="7", rt=" 3 ")
    assert row.faults == []
    assert row.dated == date(2026, 8, 1)
    wanted = {"sex": "female", "relation": "head", "pregnant": True, "water": "surface", "latrine": "own", "rt": "3"}
    assert {name: row.record[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"nama": " "}, ("name", Fault.MISSING)),
        ({"nama": "x" * 121}, ("name", Fault.TOO_LONG)),
        ({"tanggal_lahir": "31/02/1990"}, ("birth_date", Fault.DATE_UNREADABLE)),
        ({"tanggal_data": "27/11/2026"}, ("dated", Fault.DATE_IN_FUTURE)),
        ({"jenis_kelamin": "X"}, ("sex", Fault.CODE_UNKNOWN)),
        ({"desa_kode": "35.15.08.2999"}, ("village", Fault.VILLAGE_UNKNOWN)),
        ({"desa_kode": "35.07.21.2005"}, ("village", Fault.OUTSIDE_AREA)),
    ],
)
def test_what_a_row_cannot_do_without_keeps_it_out(fields: dict[str, str], fault: tuple[str, Fault]) -> None:
    assert checked(**fields).faults == [fault]


@pytest.mark.parametrize(
    ("fields", "odd"),
    [
        ({"nik": "3.51599E+15"}, ("nik", Oddity.ROUNDED_BY_SPREADSHEET)),
        ({"nik": "515995501900001"}, ("nik", Oddity.NOT_16_DIGITS)),
        ({"nik": "351599550190O001"}, ("nik", Oddity.HAS_LETTERS)),
        ({"no_kk": "12"}, ("no_kk", Oddity.NOT_16_DIGITS)),
        ({"sumber_air": "9"}, ("water", Oddity.ANSWER_UNKNOWN)),
        ({"ikut_kb_modern": "mungkin"}, ("modern_contraception", Oddity.ANSWER_UNKNOWN)),
        ({"tanggal_lahir": "01/15/1990"}, ("birth_date", Oddity.DATE_SWAPPED)),
    ],
)
def test_what_a_row_can_do_without_is_left_out_and_told(fields: dict[str, str], odd: tuple[str, Oddity]) -> None:
    row = checked(**{"nik": "3515085501900001", **fields})
    assert (row.faults, row.odd) == ([], [odd])
    assert odd[1] is Oddity.DATE_SWAPPED or odd[0] not in row.record


def test_a_nik_that_disagrees_is_kept_and_told() -> None:
    row = checked(nik="3507211502910001")
    assert {code for _, code in row.odd} == {
        Oddity.REGION_DIFFERS, Oddity.BIRTH_DATE_DIFFERS, Oddity.SEX_DIFFERS
    }  # fmt: skip
    assert row.record["nik"] == "3507211502910001"


def test_a_number_with_the_spreadsheets_apostrophe_and_a_code_without_dots_are_read() -> None:
    row = checked(nik="'3515085501900001", desa_kode="3515082001")
    assert (row.faults, row.odd, row.record["nik"], row.record["village"]) == (
        [], [], "3515085501900001", "35.15.08.2001",
    )  # fmt: skip


def test_a_register_row_counts_from_the_first_day_of_its_quarter() -> None:
    cells = [
        "D1",
        "K1",
        "",
        "",
        "Contoh",
        "2",
        "1990-01-15",
        "Istri",
        "3515082001",
        "RT 1",
        "11",
        "2026-Q3",
        "1",
        "0",
        "",
    ]
    row = Checker(profile("dtsen"), VILLAGES, RegionCode("35"), TODAY)(cells)
    assert (row.faults, row.odd, row.dated) == ([], [("desil", Oddity.ANSWER_UNKNOWN)], date(2026, 7, 1))
    assert (row.record["PKH"], row.record["SEMBAKO"], "PBI-JK" in row.record) == (True, False, False)


@given(st.sampled_from(names()), st.data())
def test_no_row_breaks_the_reading(name: str, data: st.DataObject) -> None:
    checker = Checker(profile(name), VILLAGES, RegionCode("35"), TODAY)
    cells = st.none() | st.text(max_size=20) | st.sampled_from(["1", "35.15.08.2001", "2026-01-01", "3515085501900001"])
    checker(data.draw(st.tuples(*[cells] * len(profile(name).fields))))


def test_everything_that_is_said_of_a_row_has_words() -> None:
    assert set(WORDS) == {*Fault, *Oddity}


def test_every_fault_of_a_number_and_every_doubt_about_a_nik_is_an_oddity() -> None:
    assert {each.value for each in (*NumberFault, *NikWarning)} <= {each.value for each in Oddity}
