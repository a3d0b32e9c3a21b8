"""Which column of a file is which field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.importing.headers import guess
from services.registry.importing.profile import Column, Kind, ListKind, Profile, names, plain, profile
from tests.integration.list_files import PK_COLUMNS, pk_row

ROW = [str(pk_row(1)[name]) for name in PK_COLUMNS]


@given(st.permutations(range(len(PK_COLUMNS))))
def test_columns_are_found_in_any_order(order: list[int]) -> None:
    found = guess(profile("pk"), [PK_COLUMNS[at] for at in order], [[ROW[at] for at in order]])
    assert (found.missing, found.ignored, found.by_content) == ((), (), ())
    assert [order[at] for at in found.columns.values()] == list(range(len(PK_COLUMNS)))


def test_a_header_is_known_in_any_writing() -> None:
    headers = [name.upper().replace("_", " ") + " " for name in PK_COLUMNS]
    assert guess(profile("pk"), headers, [ROW]).missing == ()


def test_a_column_without_a_header_that_says_anything_is_known_by_what_stands_in_it() -> None:
    headers = ["KODE" if name == "desa_kode" else name for name in PK_COLUMNS]
    found = guess(profile("pk"), headers, [ROW])
    assert (found.by_content, found.columns["village"]) == (("village",), PK_COLUMNS.index("desa_kode"))


def test_where_two_columns_could_be_it_nothing_is_guessed() -> None:
    headers = [{"tanggal_lahir": "A", "tanggal_data": "B"}.get(name, name) for name in PK_COLUMNS]
    assert guess(profile("pk"), headers, [ROW]).missing == ("birth_date", "dated")


def test_a_column_that_a_person_names_wins() -> None:
    headers = [*PK_COLUMNS, "NAMA KTP"]
    assert guess(profile("pk"), headers, [[*ROW, "x"]], {"name": "nama ktp"}).columns["name"] == len(PK_COLUMNS)


def test_a_column_that_a_person_names_and_the_file_lacks_is_told() -> None:
    with pytest.raises(KeyError, match="NO KTP"):
        guess(profile("pk"), PK_COLUMNS, [ROW], {"nik": "NO KTP"})


@pytest.mark.parametrize("name", [name for name in names() if profile(name).kind is ListKind.PEOPLE])
def test_every_list_of_people_has_what_a_row_cannot_do_without(name: str) -> None:
    fields = profile(name).fields
    assert {"id", "family", "name", "village", "dated"} <= set(profile(name).required)
    assert all(header == plain(header).replace(" ", "_") for column in fields.values() for header in column.headers)


def test_one_text_cannot_stand_for_two_codes() -> None:
    with pytest.raises(ValueError, match="two codes"):
        Column(kind=Kind.CODE, headers=("x",), codes={"male": ("L",), "female": ("l",)})


def test_a_profile_with_an_unknown_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        Profile.model_validate({"list": "x", "agency": "dinsos", "fields": {}, "colour": "red"})
