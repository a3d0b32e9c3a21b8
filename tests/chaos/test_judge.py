"""The judge sees what is missing, what is there twice, and what must not be; where all is well it says nothing."""

from dataclasses import replace

import pytest

from services.cli.chaos.evidence import Evidence
from services.cli.chaos.invariants import answers
from services.cli.chaos.judge import judge
from tests.chaos import scenes
from tests.chaos.scenes import BOOKS, REFERRAL, SENDER, WORKER, all_well


def verdicts(evidence: Evidence) -> list[str]:
    return [finding.verdict for finding in judge(evidence)]


def told(evidence: Evidence) -> str:
    return "; ".join(finding.what for finding in judge(evidence))


def test_where_all_is_well_nothing_is_said() -> None:
    assert judge(all_well()) == []


def test_an_answered_command_without_its_line_is_lost() -> None:
    lines = [line for line in scenes.lines() if line["fact"] != "accepted"]
    found = judge(all_well(timelines={REFERRAL: lines}))
    assert [finding.verdict for finding in found if "accept of r1 was answered" in finding.what] == ["lost"]
    assert found[0].at == 100.0


def test_a_line_of_another_person_is_not_the_effect() -> None:
    lines = [{**line, "staff_no": SENDER} if line["fact"] == "claimed" else line for line in scenes.lines()]
    assert "lost" in verdicts(all_well(timelines={REFERRAL: lines}))


def test_two_answered_commands_do_not_share_one_line() -> None:
    commands = scenes.commands()
    twin = replace(commands[-1], key="another")
    assert "accept of r1 was answered and is not on its timeline" in told(all_well(commands=[*commands, twin]))


def test_a_family_that_was_recorded_and_is_not_there_is_lost() -> None:
    assert verdicts(all_well(families=set())) == ["lost"]


def test_one_key_with_two_effects_is_duplicated() -> None:
    lines = [*scenes.lines(), {"version": 6, "fact": "accepted", "staff_no": WORKER}]
    again = replace(scenes.told()[-1], id="e6", version=6)
    readers = scenes.readers()
    first = replace(readers[0], messages=[*readers[0].messages, scenes.message(6, "accepted")])
    mails = {*scenes.mails(), (first.mail_address, "accepted R-1", "<6>")}
    evidence = all_well(
        timelines={REFERRAL: lines}, told=[*scenes.told(), again], readers=[first, *readers[1:]], mails=mails
    )
    assert verdicts(evidence) == ["duplicated"]


def test_a_command_that_nobody_answered_may_have_had_its_effect_once() -> None:
    commands = scenes.commands()
    unanswered = replace(commands[-1], status=None, answered_at=None, answer={})
    assert judge(all_well(commands=[*commands[:-1], unanswered])) == []
    assert [finding.verdict for finding in answers([unanswered])] == ["violation"]


def test_a_refused_command_that_had_an_effect_is_found() -> None:
    commands = scenes.commands()
    refused = replace(commands[-1], status=409, answer={"code": "referral.changed"})
    assert verdicts(all_well(commands=[*commands[:-1], refused])) == ["duplicated"]


def test_the_same_command_answered_differently_is_duplicated() -> None:
    commands = scenes.commands()
    commands[-1].again.append({"status": 200, "answer": {"version": 6}})
    assert verdicts(all_well(commands=commands)) == ["duplicated"]


def test_a_version_that_was_never_told_is_lost() -> None:
    assert "version 4 of r1 (claimed) was never told" in told(all_well(told=[*scenes.told()[:3], scenes.told()[4]]))


def test_the_same_event_twice_on_the_stream_is_none_too_many() -> None:
    assert judge(all_well(told=[*scenes.told(), *scenes.told()])) == []


def test_two_event_ids_for_one_version_are_duplicated() -> None:
    other = replace(scenes.told()[0], id="another")
    assert verdicts(all_well(told=[*scenes.told(), other])) == ["duplicated"]


def test_who_was_never_told_is_lost_and_who_was_told_twice_is_duplicated() -> None:
    sender, worker, member = scenes.readers()
    silent, twice = replace(worker, messages=[]), replace(worker, messages=[*worker.messages, *worker.messages])
    assert "was never told that r1 was offered" in told(all_well(readers=[sender, silent, member]))
    assert "duplicated" in verdicts(all_well(readers=[sender, twice, member]))


def test_a_mail_that_is_missing_is_lost_and_a_second_message_id_is_duplicated() -> None:
    mails = sorted(scenes.mails())
    assert verdicts(all_well(mails=mails[1:])) == ["lost"]
    to, subject, _ = mails[0]
    assert verdicts(all_well(mails=[*mails, (to, subject, "<another>")])) == ["duplicated"]
    assert judge(all_well(mails=[*mails, mails[0]])) == [], "the same Message-ID is one mail to whoever reads it"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"queued": set()}, "in no queue"),
        ({"running": set()}, "no running workflow"),
        ({"books": {**BOOKS, "live": 0, "closed": 1}}, "the books say"),
        ({"books": {**BOOKS, "balanced": False}}, "do not balance"),
        ({"books": {**BOOKS, "overdue_marks": 2}}, "marks are late"),
        ({"complaints": ["notify is not ready"]}, "notify is not ready"),
    ],
)
def test_what_must_hold_after_every_run_is_looked_at(changes: dict[str, object], word: str) -> None:
    found = judge(all_well(**changes))
    assert [finding.verdict for finding in found] == ["violation"]
    assert word in found[0].what


def test_a_workflow_that_outlives_its_referral_is_found() -> None:
    seen = scenes.a_view("closed", outcome="served_full")
    books = {**BOOKS, "live": 0, "closed": 1}
    assert "its workflow still runs" in told(all_well(referrals={REFERRAL: seen}, books=books))


def test_an_end_without_an_outcome_or_a_reason_is_found() -> None:
    books = {**BOOKS, "live": 0, "closed": 1}
    assert "without an outcome or a reason" in told(
        all_well(referrals={REFERRAL: scenes.a_view("closed")}, books=books)
    )


def test_two_live_referrals_for_one_need_are_found() -> None:
    views = {REFERRAL: scenes.a_view("accepted"), "r2": scenes.a_view("offered")}
    assert "has 2 live referrals for KIE" in told(all_well(referrals=views))


def test_a_gap_in_the_versions_is_found() -> None:
    lines = [{**line, "version": line["version"] + 1} for line in scenes.lines()]
    assert "have a gap" in told(all_well(timelines={REFERRAL: lines}))


def test_a_service_that_says_it_failed_is_found() -> None:
    commands = scenes.commands()
    commands[0].silences.append("500 server.failed")
    assert ["that the server failed" in finding.what for finding in answers(commands)] == [True]
