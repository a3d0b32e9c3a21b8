"""Families counted by area, and what another version of the rule changes."""

from collections.abc import Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.ids import RegionCode
from services.registry.risk.aggregates import aggregate, broken
from services.registry.risk.difference import difference
from services.registry.risk.krs import Factor, assess
from services.registry.risk.picture import FamilyPicture, Water
from tests.unit.pictures import ON, PICTURES, RULE, STRICTER, family, wife

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


@given(MANY)
def test_what_a_version_changes_is_what_it_says_of_the_same_families(pictures: Sequence[FamilyPicture]) -> None:
    families = [(UUID(int=at), assess(each, RULE, ON), assess(each, STRICTER, ON)) for at, each in enumerate(pictures)]
    found = difference(families)
    before, after = (sum(pair[side].at_risk for pair in families) for side in (1, 2))
    assert before + len(found.newly) - len(found.no_longer) == after
    assert found.families == len(pictures)
    assert difference((each, old, old) for each, old, _ in families).by_kecamatan == {}


def test_a_family_that_only_the_new_version_finds_is_named_with_its_kecamatan() -> None:
    couple = family(wife(modern_contraception=False))
    found = difference([(UUID(int=7), assess(couple, RULE, ON), assess(couple, STRICTER, ON))])
    assert (found.newly, found.by_kecamatan) == ([UUID(int=7)], {RegionCode("35.15.08"): 1})


def test_a_factor_that_is_gained_by_a_family_at_risk_anyway_is_counted() -> None:
    couple = family(wife(modern_contraception=False), water=Water.SURFACE)
    found = difference([(UUID(int=7), assess(couple, RULE, ON), assess(couple, STRICTER, ON))])
    assert (found.newly, dict(found.gained)) == ([], {Factor.NO_MODERN_CONTRACEPTION: 1})
