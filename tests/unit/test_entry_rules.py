"""Who may be let into an institution: dated rules, whole years, and every rule that is not met is named."""

from datetime import date
from typing import Any

import pytest

from services.contracts.codes import EntryRule, Service
from services.contracts.words import refusal
from services.referral import orders
from services.referral.placement.entry import read, rules_on, unmet

DAY = date(2026, 11, 26)
PSBR, PPSAA = Service.UPT_PSBR, Service.UPT_PPSAA


def applicant(born: date, **said: Any) -> orders.Applicant:
    facts = {"marital_status": "unmarried", "schooling": "dropped_out", "recommendation_number": "460/12/2026",
             "recommendation_on": DAY}  # fmt: skip
    return orders.Applicant.model_validate({"birth_date": born, **facts, **said})


@pytest.mark.parametrize(
    ("service", "born", "rules"),
    [
        (PSBR, date(2009, 11, 26), ()),
        (PSBR, date(2009, 11, 27), (EntryRule.TOO_YOUNG,)),
        (PSBR, date(2003, 11, 27), ()),
        (PSBR, date(2003, 11, 26), (EntryRule.TOO_OLD,)),
        (PPSAA, date(2008, 11, 27), ()),
        (PPSAA, date(2008, 11, 26), (EntryRule.TOO_OLD,)),
        (PPSAA, date(2026, 1, 1), ()),
    ],
)
def test_age_counts_in_whole_years_to_the_day(service: Service, born: date, rules: tuple[EntryRule, ...]) -> None:
    assert unmet(service, applicant(born), DAY, DAY) == rules


def test_whoever_was_born_on_a_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    born = applicant(date(2008, 2, 29))
    assert unmet(PSBR, born, date(2025, 2, 28), date(2025, 2, 28)) == (EntryRule.TOO_YOUNG,)
    assert unmet(PSBR, born, date(2025, 3, 1), date(2025, 3, 1)) == ()


def test_one_day_on_which_the_age_is_right_is_enough() -> None:
    almost, still = applicant(date(2010, 1, 1)), applicant(date(2003, 12, 1))
    assert unmet(PSBR, almost, DAY, date(2027, 1, 1)) == ()
    assert unmet(PSBR, still, DAY, date(2027, 1, 1)) == ()


def test_every_rule_that_is_not_met_is_named_and_said_in_words() -> None:
    said = applicant(date(2015, 1, 1), marital_status="married", schooling="in_school", recommendation_on=None)
    rules = unmet(PSBR, said, DAY, DAY)
    assert rules == (EntryRule.TOO_YOUNG, EntryRule.MARITAL_STATUS, EntryRule.SCHOOLING, EntryRule.RECOMMENDATION)
    told = refusal("referral.entry_rules_unmet", {"service": PSBR, "rules": ", ".join(rules)}, "en").detail
    assert "the client is too young; the client is, or was, married" in told
    assert unmet(PSBR, None, DAY, DAY) == (EntryRule.APPLICANT_MISSING,)


def test_a_service_of_no_institution_asks_nothing() -> None:
    assert unmet(Service.KIE, None, DAY, DAY) == ()


def test_every_institution_has_rules_and_a_file_that_nobody_can_use_is_refused() -> None:
    assert set(rules_on(DAY).of) == {service for service in Service if service.residential}
    with pytest.raises(ValueError, match="UPT-X"):
        read("{version: x, valid_from: 2026-01-01, UPT-X: {}}")
    with pytest.raises(ValueError, match="eldest"):
        read("{version: x, valid_from: 2026-01-01, UPT-PSBR: {eldest: 3}}")
