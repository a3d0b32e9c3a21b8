"""Rules that a table cannot show, one scene each."""

from dataclasses import replace

import pytest

from services.contracts.codes import LegalBasis, Outcome, StopParty
from services.contracts.lifecycle import Action, State
from services.contracts.refusals import Refused
from services.referral import orders
from services.referral.transition import act, act_by_system, park
from tests.unit.scenes import (
    BKKBN_COORDINATOR,
    MONDAY_10,
    OPERATOR,
    PKB,
    PKB_SUPERVISOR,
    PKB_UNIT,
    TKSK,
    TKSK_SUPERVISOR,
    a_draft,
    accepted,
    an_offer,
    by,
    in_service,
    later,
    received,
    reported,
    scene,
)


def test_a_coordinator_who_accepts_leaves_the_work_to_the_units_queue() -> None:
    taken = by(received(), BKKBN_COORDINATOR, orders.Accept())
    assert taken.assignee is None
    assert by(taken, PKB, orders.Contact(on=MONDAY_10.date())).state is State.IN_SERVICE


def test_a_stop_receipt_of_another_part_makes_nobodys_form_stale() -> None:
    stopping = by(in_service(basis=LegalBasis.CONSENT, has_consent=True), TKSK, orders.WithdrawConsent())
    seen = stopping.acted_version
    noted = act_by_system(stopping, Action.STOP_RECEIPT, scene(), StopParty.NOTIFY).after
    assert noted.version == stopping.version + 1
    assert act(noted, orders.StopReceipt(), PKB, scene(), expected_version=seen).after.state is State.STOPPING


def test_parking_makes_the_supervisors_form_not_stale() -> None:
    triage = by(a_draft(), TKSK, orders.Submit())
    parked = park(triage, "no_unit", scene()).after  # type: ignore[arg-type]
    offer = orders.Offer(unit=PKB_UNIT)
    assert act(parked, offer, TKSK_SUPERVISOR, scene(), expected_version=triage.acted_version).after.unit_to == PKB_UNIT


def test_a_void_referral_keeps_its_coded_reason() -> None:
    asked = by(in_service(), PKB_SUPERVISOR, orders.RequestVoid(reason="wrong_family"))
    voided = by(asked, OPERATOR, orders.ApproveVoid())
    assert voided.state is State.VOID
    assert voided.progress.void_reason == "wrong_family"


def test_a_recalled_referral_has_a_coded_reason() -> None:
    assert by(an_offer(), TKSK, orders.Recall(text="Sudah dibantu.")).progress.reason == "recalled"


def test_a_unit_that_declined_has_no_part_in_it_any_more() -> None:
    declined = by(received(), PKB, orders.Decline(reason="no_capacity"))
    assert declined.unit_to is None
    with pytest.raises(Refused, match="not_found"):
        by(declined, PKB, orders.Claim())


def test_reporting_from_a_hold_counts_the_time_that_was_held() -> None:
    review = later(days=20).date()
    held = by(in_service(), PKB, orders.Hold(reason="family_away", review_on=review))
    report = orders.Report(outcome=Outcome.SERVED_FULL, on=MONDAY_10.date(), provider="TPK")
    ended = by(held, PKB, report, now=later(days=19))
    assert ended.progress.held.days == 19


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.MOVED, Outcome.NOT_ELIGIBLE])
def test_a_negative_outcome_needs_a_reason(outcome: Outcome) -> None:
    with pytest.raises(Refused, match="outcome_reason_needed"):
        by(in_service(), PKB, orders.Report(outcome=outcome, on=MONDAY_10.date(), provider="TPK"))


def test_unreachable_needs_three_failed_contacts() -> None:
    referral = accepted()
    report = orders.Report(outcome=Outcome.UNREACHABLE, on=MONDAY_10.date(), provider="TPK", text="Tidak di rumah.")
    for _ in range(2):
        referral = by(referral, PKB, orders.ContactFailed(on=MONDAY_10.date()))
    with pytest.raises(Refused, match="too_few_contacts"):
        by(referral, PKB, report)
    referral = by(referral, PKB, orders.ContactFailed(on=MONDAY_10.date()))
    assert by(referral, PKB, report).outcome is Outcome.UNREACHABLE


def test_a_third_question_in_one_attempt_is_refused() -> None:
    referral = received()
    for _ in range(2):
        referral = by(by(referral, PKB, orders.Ask(text="?")), TKSK, orders.AnswerQuestion(text="!"))
    with pytest.raises(Refused, match="questions_used"):
        by(referral, PKB, orders.Ask(text="?"))


def test_whoever_asked_for_a_void_does_not_approve_it() -> None:
    asked = by(in_service(), PKB_SUPERVISOR, orders.RequestVoid(reason="test_entry"))
    same = replace(asked, progress=replace(asked.progress, void_requested_by=OPERATOR.officer))
    with pytest.raises(Refused, match="same_person"):
        by(same, OPERATOR, orders.ApproveVoid())


def test_after_thirty_days_a_closed_referral_stays_closed() -> None:
    closed = by(reported(), TKSK, orders.Confirm())
    with pytest.raises(Refused, match="too_late_to_reopen"):
        by(closed, TKSK_SUPERVISOR, orders.Reopen(reason="need_returned"), now=later(days=31))
    assert by(closed, TKSK_SUPERVISOR, orders.Reopen(reason="need_returned"), now=later(days=29)).state is State.TRIAGE
