"""What a family may need: proposed with its rule, never decided."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from pydantic import ValidationError

from services.contracts.codes import Priority, Service
from services.registry.risk.krs import assess
from services.registry.risk.picture import FamilyPicture, Water
from services.registry.triage.proposing import Proposal, propose
from services.registry.triage.triage_map import TriageMap, triage_map, versions
from services.registry.units import all_units
from tests.unit.pictures import ON, PICTURES, RULE, child, family, wife

MAP = triage_map("triage-2026.1")
NOTHING: frozenset[Service] = frozenset()
BABY = child(date(2025, 12, 1))


def proposed(picture: FamilyPicture) -> tuple[Proposal, ...]:
    return propose(picture, assess(picture, RULE, ON), MAP, ON)


def services(picture: FamilyPicture) -> list[Service]:
    return [each.service for each in proposed(picture)]


def test_a_poor_family_at_risk_with_a_baby_and_no_aid_is_proposed_insurance_first_and_then_the_allowance() -> None:
    poor = family(wife(), BABY, water=Water.SURFACE, desil=2, desil_quarter="2026-Q4", assistance=NOTHING)
    assert [(each.service, each.priority, each.rule) for each in proposed(poor)] == [
        (Service.PBI_JK, Priority.HIGH, "health_insurance"),
        (Service.PKH, Priority.NORMAL, "family_allowance"),
    ]


def test_where_the_rank_is_of_an_earlier_quarter_it_is_to_be_checked_first() -> None:
    poor = family(wife(), BABY, water=Water.SURFACE, desil=2, desil_quarter="2026-Q3", assistance=NOTHING)
    assert services(poor) == [Service.PBI_JK, Service.DTSEN_VERVAL]


def test_a_family_with_the_allowance_and_a_baby_is_proposed_visits() -> None:
    assert services(family(wife(), BABY, assistance=frozenset({Service.PKH, Service.PBI_JK}))) == [Service.TPK_DAMPING]


def test_an_assisted_couple_is_proposed_counselling_for_4t_and_the_service_where_it_uses_none() -> None:
    old = wife(date(1988, 1, 1), modern_contraception=False)
    assert services(family(old, assistance=frozenset({Service.SEMBAKO}))) == [Service.KIE, Service.YAN_KB]


def test_nothing_is_proposed_on_assistance_that_nobody_knows() -> None:
    assert services(family(wife(), BABY, water=Water.SURFACE, assistance=None)) == []


def test_a_rank_that_is_checked_already_is_not_asked_for_again_and_gives_no_allowance_by_itself() -> None:
    poor = family(wife(), BABY, water=Water.SURFACE, desil=2, desil_quarter="2026-Q3", assistance=NOTHING)
    asked = replace(poor, referred_for=frozenset({Service.DTSEN_VERVAL, Service.PBI_JK}))
    assert services(asked) == []


@pytest.mark.parametrize(("born", "found"), [(date(2019, 11, 27), [Service.PKH]), (date(2019, 11, 26), [])])
def test_a_child_is_one_of_0_to_6_until_the_day_before_it_is_seven(born: date, found: list[Service]) -> None:
    poor = family(wife(), child(born), water=Water.SURFACE, desil=4, desil_quarter="2026-Q4", assistance=NOTHING)
    assert services(poor) == found


@pytest.mark.parametrize("desil", [None, 5, 10])
def test_a_family_whose_rank_is_above_four_or_not_known_is_not_proposed_the_allowance(desil: int | None) -> None:
    richer = family(wife(), BABY, water=Water.SURFACE, desil=desil, desil_quarter="2026-Q4", assistance=NOTHING)
    assert services(richer) == [Service.PBI_JK]


def test_the_table_of_the_domain_names_every_rule_of_the_map() -> None:
    rows = [f"`{rule.id}` |" for rule in MAP.rules], [f"| `{rule.service}` | `{rule.priority}` |" for rule in MAP.rules]
    lines = (Path(__file__).parents[2] / "docs" / "domain.md").read_text(encoding="utf-8").splitlines()
    assert all(any(line.startswith(f"| {name}") and line.endswith(end) for line in lines)
               for name, end in zip(*rows, strict=True))  # fmt: skip


def test_every_rule_asks_a_unit_that_gives_its_service() -> None:
    given = {(unit.level, service) for unit in all_units() for service in unit.services}
    assert [rule.id for each in versions() for rule in triage_map(each).rules
            if (rule.level, rule.service) not in given] == []  # fmt: skip


@given(PICTURES)
def test_the_rank_is_checked_or_the_allowance_is_proposed_but_never_both(picture: FamilyPicture) -> None:
    assert not {Service.DTSEN_VERVAL, Service.PKH} <= set(services(picture))


@given(PICTURES)
def test_each_service_is_proposed_once_and_none_that_the_family_has_or_is_referred_for(picture: FamilyPicture) -> None:
    found = services(picture)
    assert len(found) == len(set(found))
    assert not set(found) & ((picture.assistance or NOTHING) | picture.referred_for)


@given(PICTURES)
def test_what_is_urgent_comes_first(picture: FamilyPicture) -> None:
    order = [[Priority.URGENT, Priority.HIGH, Priority.NORMAL].index(each.priority) for each in proposed(picture)]
    assert order == sorted(order)


def test_a_word_that_no_rule_knows_is_refused_with_its_place() -> None:
    rules = [{**MAP.rules[0].model_dump(), "someone": ["grandmother"]}]
    with pytest.raises(ValidationError, match=r"rules\.0\.someone"):
        TriageMap.model_validate({**MAP.model_dump(), "rules": rules})


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="two rules"):
        TriageMap.model_validate({**MAP.model_dump(), "rules": [MAP.rules[0].model_dump()] * 2})


def test_every_version_can_be_read() -> None:
    assert [triage_map(each).version for each in versions()] == ["triage-2026.1"]
    with pytest.raises(KeyError):
        triage_map("triage-1999.1")
