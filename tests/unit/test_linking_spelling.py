"""Indonesian names made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.linking.spelling import words

SAME = [
    ("Moch. Djoko Soesilo", "Muhammad Joko Susilo"),
    ("St. Moenawaroh", "Siti Munawaroh"),
    ("Choirul Anam", "KHOIRUL ANAM"),
    ("Hariyanto", "HARYANTO"),
    ("Ma'ruf", "Maruf"),
    ("Zainal Abd. Rachman", "ZAINAL ABDUL RAHMAN"),
    ("Fitriyah", "Fitria"),
    ("Syamsul", "Samsul"),
    ("H. Eko Sari", "Eko Sari"),
    ("ALM. PONIMIN", "Ponimin"),
    ("M. Arif", "Mohammad Arif"),
    ("Khotimah", "Hotimah"),
    ("Noer", "Nur"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_name_in_two_spellings_is_one(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Siti", "Sri"), ("Sutrisno", "Sutrisna"), ("Umi", "Uma"), ("Nur", "Nor Ani")]
)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert words(one) != words(other)


@given(st.text(max_size=40))
def test_any_text_has_words_and_writing_it_large_changes_none(name: str) -> None:
    assert all(words(name))
    if name.isascii():
        assert words(name.upper()) == words(name)


def test_who_has_only_a_title_keeps_it() -> None:
    assert words("Haji") == ("aji",)
    assert words("...") == ()
