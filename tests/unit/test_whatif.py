"""What another policy would have made of real stories: only what differs is a difference, and all adds up."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.cli.whatif_totals import Totals
from services.contracts.codes import ClockName, Mark, Priority, WaysPart
from services.referral import orders, policy
from services.referral.clock_rules import Scene
from services.referral.policy import Policy
from services.referral.whatif import Figures
from services.referral.whatif_views import WhatIfView, figures_as_view
from services.referral.worktime import Span
from tests.unit.scenes import MONDAY_10, PKB, PKB_UNIT, scene
from tests.unit.told import WAY, Written, on_its_way

C, M = ClockName, Mark
STANDARD = policy.load("standard-1")


def under(**rows: str) -> Scene:
    other = {name: dict.fromkeys(Priority, Span.parse(text)) for name, text in rows.items()}
    return replace(scene(), policy=Policy("other-1", 3, {**STANDARD.rows, **other}))


def figures(*stories: Written, by: Scene) -> Figures:
    found = Figures()
    for each in stories:
        found.add(each.story, by, until=each.now)
    return found


def answered_after(**wait: float) -> Written:
    return on_its_way(2).wait(**wait).by(PKB, orders.Claim()).wait(hours=1)


@settings(max_examples=60, deadline=None)
@given(steps=st.integers(1, len(WAY)), late=st.integers(0, 90), days=st.integers(0, 40))
def test_the_policy_that_they_have_anyhow_makes_no_difference_however_late_the_marks_were_told(
    steps: int, late: int, days: int
) -> None:
    told = on_its_way(1)
    told.late = timedelta(seconds=late)
    for step in WAY[1:steps]:
        step(told.wait(hours=3))
    found = figures(told.wait(days=days), by=scene())
    assert found.differing == []
    assert all(kind.own == kind.would for kind in found.marks.values())


def test_a_shorter_time_shows_who_would_have_been_reminded_whose_time_would_have_been_over_and_when() -> None:
    # Two days and three rungs of the standard policy: claimed after one of them.
    found = figures(answered_after(days=1), by=under(acknowledge="23 ch"))
    assert {kind: (row.told, row.own, row.would) for kind, row in found.marks.items()} == {
        (C.ACKNOWLEDGE, M.HALF): (1, 1, 1),
        (C.ACKNOWLEDGE, M.MOST): (0, 0, 1),
        (C.ACKNOWLEDGE, M.DUE): (0, 0, 1),
    }
    (differing,) = found.differing
    assert [(each.mark, each.was is not None, each.would is not None) for each in differing.differences] == [
        (M.HALF, True, True),
        (M.MOST, False, True),
        (M.DUE, False, True),
    ]
    assert differing.parted is None


def test_a_breach_counts_against_the_unit_that_was_to_act_in_its_week() -> None:
    found = figures(answered_after(days=1), answered_after(days=1), by=under(acknowledge="23 ch"))
    monday = date(2026, 2, 2)
    assert set(found.weeks) == {(PKB_UNIT, monday)}
    week = found.weeks[PKB_UNIT, monday]
    assert (week.breaches.own, week.breaches.would) == (0, 2)
    assert (week.marks.own, week.marks.would) == (2, 6)


def test_what_was_told_after_the_ways_had_parted_is_counted_apart_and_is_no_difference() -> None:
    told = on_its_way(2).wait(days=1).by(PKB, orders.Claim()).wait(days=2)
    found = figures(told, by=under(acknowledge="2 ch", rung="1 ch"))
    (differing,) = found.differing
    assert differing.parted is not None
    assert (differing.parted.why, differing.parted.at) == (WaysPart.ENDED, MONDAY_10 + timedelta(hours=5))
    assert all(each.clock is C.ACKNOWLEDGE for each in differing.differences)
    decide = [row for (clock, _), row in found.marks.items() if clock is C.DECIDE]
    assert decide
    assert all((row.own, row.would, row.apart) == (0, 0, row.told) for row in decide)


def test_pages_add_up_to_what_all_stories_come_to_at_once() -> None:
    stories = [answered_after(days=days, hours=days) for days in (0, 1, 2, 3)]
    by = under(acknowledge="1 cd", rung="2 ch")
    whole, parts = Totals(most=2), Totals(most=2)
    for totals, pages in ((whole, [stories]), (parts, [stories[:1], stories[1:3], stories[3:]])):
        for page in pages:
            view = {"policy": "other-1", "until": MONDAY_10, "next": None, **figures_as_view(figures(*page, by=by))}
            totals.add(WhatIfView.model_validate(view).model_dump(mode="json"))
    assert parts.report() == whole.report()
    report = whole.report()
    assert report["referrals"] == 4
    assert report["left_out"] == report["differing"] - 2
    (unit,) = [each for each in report["units"] if each["unit"] == PKB_UNIT]
    assert unit["most_open"]["own"] == 4, "all four came on the same day"
