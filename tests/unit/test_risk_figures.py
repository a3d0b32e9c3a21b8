"""Families counted by area, and what another version of the rule changes."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.ids import RegionCode
from services.registry.risk.aggregates import aggregate, broken
from services.registry.risk.difference import difference
from services.registry.risk.krs import Factor, assess
from services.registry.risk.picture import FamilyPicture, Water
from tests.unit.pictures import ON, PICTURES, RULE, STRICTER, VILLAGE, child, family, wife

MANY = st.lists(PICTURES, max_size=12)


@given(MANY)
def test_the_figures_of_every_area_fit_together(pictures: Sequence[FamilyPicture]) -> None:
    figures = aggregate(assess(each, RULE, ON) for each in pictures)
    assert list(broken(figures)) == []
    if pictures:
        assert figures[RegionCode("35")].families == len(pictures)


@given(MANY.filter(bool))
def test_figures_that_were_changed_are_found(pictures: Sequence[FamilyPicture]) -> None:
    figures = aggregate(assess(each, RULE, ON) for each in pictures)
    figures[pictures[0].region].at_risk += 1
    assert list(broken(figures))


def test_a_factor_that_was_miscounted_in_one_desa_is_named_where_the_sum_breaks() -> None:
    figures = aggregate([assess(family(wife(), water=Water.SURFACE), RULE, ON)])
    figures[VILLAGE].factors[Factor.WATER] = 0
    assert list(broken(figures)) == ["35.15.08: it is not the sum of the areas in it: air_tidak_layak"]


def test_a_family_that_changed_its_rank_in_one_desa_only_is_named_where_the_sum_breaks() -> None:
    figures = aggregate([assess(family(wife(), water=Water.SURFACE, desil=1), RULE, ON)])
    figures[VILLAGE].ranks = Counter({"2": 1})
    assert list(broken(figures)) == ["35.15.08: it is not the sum of the areas in it: rank 1, rank 2"]


def test_4t_overlap_so_a_family_with_two_of_them_is_one_family_at_risk() -> None:
    close = [child(date(2012, 1, 1)), child(date(2013, 1, 1)), child(date(2016, 1, 1))]
    desa = aggregate([assess(family(wife(), *close), RULE, ON)])[VILLAGE]
    assert (desa.at_risk, desa.factors[Factor.TOO_CLOSE], desa.factors[Factor.TOO_MANY]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("desil", "rank"), [(None, "unknown"), (1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, ">4"), (10, ">4")]
)
def test_those_at_risk_are_counted_by_the_published_welfare_ranks(desil: int | None, rank: str) -> None:
    poor = family(wife(), water=Water.SURFACE, desil=desil)
    assert aggregate([assess(poor, RULE, ON)])[VILLAGE].ranks == {rank: 1}


@given(MANY)
def test_what_a_version_changes_is_what_it_says_of_the_same_families(pictures: Sequence[FamilyPicture]) -> None:
    families = [(UUID(int=at), assess(each, RULE, ON), assess(each, STRICTER, ON)) for at, each in enumerate(pictures)]
    found = difference(families)
    before, after = (sum(pair[side].at_risk for pair in families) for side in (1, 2))
    assert before + len(found.newly) - len(found.no_longer) == after
    assert found.families == len(pictures)
    assert found.newly_by_kecamatan.total() == len(found.newly)
    assert found.no_longer_by_kecamatan.total() == len(found.no_longer)
    assert difference((each, old, old) for each, old, _ in families).by_kecamatan == {}


def test_a_family_that_only_the_new_version_finds_is_named_with_its_kecamatan() -> None:
    couple = family(wife(modern_contraception=False))
    found = difference([(UUID(int=7), assess(couple, RULE, ON), assess(couple, STRICTER, ON))])
    assert (found.newly, found.by_kecamatan) == ([UUID(int=7)], {RegionCode("35.15.08"): 1})


def test_going_back_to_the_earlier_version_names_the_same_family_as_no_longer_at_risk() -> None:
    couple = family(wife(modern_contraception=False))
    found = difference([(UUID(int=7), assess(couple, STRICTER, ON), assess(couple, RULE, ON))])
    assert (found.newly, found.no_longer) == ([], [UUID(int=7)])
    assert found.no_longer_by_kecamatan == {RegionCode("35.15.08"): 1}


def test_a_factor_that_is_gained_by_a_family_at_risk_anyway_is_counted() -> None:
    couple = family(wife(modern_contraception=False), water=Water.SURFACE)
    found = difference([(UUID(int=7), assess(couple, RULE, ON), assess(couple, STRICTER, ON))])
    assert (found.newly, dict(found.gained)) == ([], {Factor.NO_MODERN_CONTRACEPTION: 1})
