"""Which families are at risk of stunting, by which version of the rule."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from pydantic import ValidationError

from services.registry.risk import words
from services.registry.risk.krs import Factor, Group, assess
from services.registry.risk.picture import FamilyPicture, Latrine, Water, quarter_of
from services.registry.risk.rule import KrsRule, UnknownRule, from_text, rule, versions
from tests.unit.pictures import ON, PICTURES, RULE, STRICTER, child, family, wife


def test_a_family_with_nobody_whom_the_survey_looks_at_is_not_at_risk_whatever_it_drinks() -> None:
    old = family(wife(date(1950, 1, 1)), water=Water.SURFACE, latrine=Latrine.NONE)
    risk = assess(old, RULE, ON)
    assert (risk.looked_at, risk.at_risk, risk.factors) == (False, False, frozenset())


def test_safe_water_a_safe_latrine_and_no_4t_is_no_risk() -> None:
    assert not assess(family(wife()), RULE, ON).at_risk


@pytest.mark.parametrize(
    ("fields", "factor"),
    [
        ({"water": Water.UNPROTECTED}, Factor.WATER),
        ({"water": Water.SURFACE}, Factor.WATER),
        ({"latrine": Latrine.OTHER}, Factor.LATRINE),
        ({"latrine": Latrine.NONE}, Factor.LATRINE),
    ],
)
def test_bad_water_and_a_bad_latrine_each_put_a_family_at_risk(fields: dict[str, object], factor: Factor) -> None:
    assert assess(family(wife(), **fields), RULE, ON).factors == {factor}


@pytest.mark.parametrize(
    ("born", "factor"),
    [
        (date(2006, 11, 27), Factor.TOO_YOUNG),  # twenty tomorrow
        (date(2006, 11, 26), None),
        (date(1991, 11, 27), None),  # thirty-five tomorrow
        (date(1991, 11, 26), Factor.TOO_OLD),
        (date(1985, 11, 27), Factor.TOO_OLD),  # forty-one tomorrow
        (date(1985, 11, 26), None),
    ],
)
def test_a_wife_is_too_young_or_too_old_by_her_birthday(born: date, factor: Factor | None) -> None:
    assert assess(family(wife(born)), RULE, ON).factors == ({factor} if factor else set())


def test_births_less_than_two_years_apart_are_too_close_and_two_years_to_the_day_are_not() -> None:
    elder = child(date(2020, 3, 10))
    assert Factor.TOO_CLOSE in assess(family(wife(), elder, child(date(2022, 3, 9))), RULE, ON).factors
    assert Factor.TOO_CLOSE not in assess(family(wife(), elder, child(date(2022, 3, 10))), RULE, ON).factors


def test_twins_are_one_birth() -> None:
    assert not assess(family(wife(), child(date(2015, 3, 10)), child(date(2015, 3, 10))), RULE, ON).at_risk


def test_three_children_are_too_many() -> None:
    three = [child(date(year, 1, 1)) for year in (2010, 2013, 2016)]
    assert assess(family(wife(), *three[:2]), RULE, ON).factors == set()
    assert assess(family(wife(), *three), RULE, ON).factors == {Factor.TOO_MANY}


@pytest.mark.parametrize(
    ("born", "groups"),
    [
        (date(2024, 11, 27), {Group.BADUTA}),
        (date(2024, 11, 26), {Group.BALITA}),
        (date(2021, 11, 27), {Group.BALITA}),
        (date(2021, 11, 26), set()),
    ],
)
def test_a_child_is_under_two_or_under_five_by_its_birthday(born: date, groups: set[Group]) -> None:
    assert assess(family(child(born)), RULE, ON).groups == groups


def test_a_question_that_nobody_answered_is_no_factor_and_is_named() -> None:
    risk = assess(family(wife(modern_contraception=None), water=None), STRICTER, ON)
    assert risk.factors == set()
    assert risk.unknown == {Factor.WATER, Factor.NO_MODERN_CONTRACEPTION}


def test_using_no_modern_contraception_is_reported_by_one_version_and_counts_by_the_other() -> None:
    couple = family(wife(modern_contraception=False))
    assert (assess(couple, RULE, ON).at_risk, assess(couple, RULE, ON).beside) == (
        False, {Factor.NO_MODERN_CONTRACEPTION},
    )  # fmt: skip
    assert assess(couple, STRICTER, ON).factors == {Factor.NO_MODERN_CONTRACEPTION}


def test_a_pregnant_woman_is_not_asked_for_contraception() -> None:
    assert not assess(family(wife(pregnant=True, modern_contraception=False)), STRICTER, ON).at_risk


@given(PICTURES)
def test_better_water_and_a_better_latrine_never_add_a_factor(picture: FamilyPicture) -> None:
    before = assess(picture, RULE, ON)
    after = assess(replace(picture, water=Water.PIPED, latrine=Latrine.OWN), RULE, ON)
    assert after.factors <= before.factors
    assert after.groups == before.groups


@given(PICTURES)
def test_the_stricter_version_finds_whoever_the_other_finds(picture: FamilyPicture) -> None:
    one, other = assess(picture, RULE, ON), assess(picture, STRICTER, ON)
    assert one.factors <= other.factors
    assert one.looked_at or not (one.factors or one.beside or one.unknown)


def test_every_version_can_be_read_and_an_unknown_one_names_those_that_can() -> None:
    assert [rule(each).version for each in versions()] == ["krs-2021.1", "krs-draft.1"]
    with pytest.raises(UnknownRule, match=r"krs-2021\.1"):
        rule("krs-1999.1")


def test_a_rule_with_a_range_the_wrong_way_round_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="wife_years"):
        KrsRule.model_validate({**RULE.model_dump(), "wife_years": [49, 15]})


def test_a_rule_that_lacks_a_line_or_has_one_too_many_is_refused_with_the_names_of_both() -> None:
    with pytest.raises(ValidationError) as refused:
        from_text("version: krs-2027.1\nwife_yaers: [15, 49]\n")
    assert {("wife_years",), ("wife_yaers",)} <= {error["loc"] for error in refused.value.errors()}


def test_every_group_and_every_factor_has_words_in_both_languages() -> None:
    assert set(words.groups()) == set(Group)
    assert set(words.factors()) == set(Factor)
    assert all(each.id and each.en for table in (words.groups(), words.factors()) for each in table.values())


@given(PICTURES)
def test_an_answer_that_is_missing_never_adds_a_factor(picture: FamilyPicture) -> None:
    persons = [replace(each, modern_contraception=None) for each in picture.persons]
    before = assess(picture, STRICTER, ON)
    after = assess(replace(picture, persons=persons, water=None, latrine=None), STRICTER, ON)
    assert after.factors <= before.factors
    assert not after.factors & after.unknown


@given(PICTURES)
def test_what_counts_what_is_beside_and_what_is_unknown_are_three_different_things(picture: FamilyPicture) -> None:
    risk = assess(picture, RULE, ON)
    assert len(risk.factors | risk.beside | risk.unknown) == sum(map(len, (risk.factors, risk.beside, risk.unknown)))
    assert risk.version == "krs-2021.1"


def test_a_day_lies_in_its_quarter() -> None:
    assert [quarter_of(date(2026, month, 1)) for month in (1, 3, 4, 9, 10, 12)] == [
        "2026-Q1", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2026-Q4",
    ]  # fmt: skip
