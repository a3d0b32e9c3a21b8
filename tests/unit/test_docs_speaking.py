"""The page about speakers says what the code does: its tables are read and compared."""

from pathlib import Path

import yaml

from services.contracts.speaking import codes
from services.contracts.speaking.lifecycle import SPEAKER_LIVE, SPEAKER_RULES, SpeakerState, SpeakerTo
from services.referral.speaking.clock_rules import SPEAKER_RUNS
from services.referral.speaking.plans import SPEAKER_PLANS
from tests.unit.written import DOCS, codes_of, rows, transitions

PAGE = "speaking.md"
POLICY = Path(__file__).parents[2] / "services/referral/speaking/policies/speaking-1.yaml"
LISTS = {
    "topic": codes.Topic,
    "age group": codes.AgeGroup,
    "language": codes.SpokenLanguage,
    "material": codes.Material,
    "session": codes.SessionStatus,
    "park": codes.SpeakerParkReason,
    "decline": codes.SpeakerDeclineReason,
    "give back": codes.GiveBackReason,
    "withdraw": codes.WithdrawReason,
    "cancel": codes.CancelReason,
    "missed": codes.MissReason,
    "not held": codes.NotHeld,
}


def _states(cell: str) -> set[SpeakerState]:
    return set(SPEAKER_LIVE) if cell == "*live request*" else {SpeakerState(code) for code in codes_of(cell)}


def test_the_page_names_every_state() -> None:
    assert {codes_of(row["State of a request"])[0] for row in rows(PAGE, "State of a request", "Meaning")} == {
        *SpeakerState
    }


def test_the_steps_are_those_of_the_code() -> None:
    written = transitions(PAGE, "State before", _states, {*SpeakerState, *SpeakerTo})
    assert written == dict(SPEAKER_RULES)


def test_the_clocks_by_state_are_those_of_the_code() -> None:
    written = {
        codes_of(row["State of a request"])[0]: tuple(codes_of(row["Runs"]))
        for row in rows(PAGE, "State of a request", "Runs")
    }
    assert written == dict(SPEAKER_RUNS)


def test_the_plans_are_those_of_the_code() -> None:
    written = {
        codes_of(row["Clock of a request"])[0]: (
            *codes_of(row["Reminded"]),
            tuple(codes_of(row["Rungs"])),
            *(codes_of(row["End"]) or [None]),
        )
        for row in rows(PAGE, "Clock of a request", "Reminded", "Rungs", "End")
    }
    assert written == {name: (plan.waits_for, plan.rungs, plan.end) for name, plan in SPEAKER_PLANS.items()}


def test_the_tables_of_times_are_the_policy() -> None:
    policy = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    by_priority = {codes_of(row.pop("Row of a request"))[0]: row for row in rows(PAGE, "Row of a request", "normal")}
    spans = {codes_of(row["Span"])[0]: row["Length"] for row in rows(PAGE, "Span", "Length")}
    assert by_priority == {name: row for name, row in policy.items() if isinstance(row, dict)}
    assert spans == {name: policy[name] for name in spans}
    assert {"version", "attempts", *by_priority, *spans} == set(policy)
    assert f"`attempts: {policy['attempts']}`" in (DOCS / PAGE).read_text(encoding="utf-8")


def test_the_lists_of_codes_are_those_of_the_code() -> None:
    written = {row["List about speakers"]: codes_of(row["Codes"]) for row in rows(PAGE, "List about speakers")}
    assert written == {name: list(kind) for name, kind in LISTS.items()}
