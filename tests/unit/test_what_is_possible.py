"""`allowed` is honest: what a referral forbids in any case is not offered, and what is offered is not forbidden."""

from dataclasses import replace
from datetime import datetime

import pytest

from services.contracts.codes import LegalBasis
from services.contracts.lifecycle import Action, State, allowed
from services.contracts.refusals import Refused
from services.referral import orders
from services.referral.actors import Actor, parties
from services.referral.domain import Progress, Referral
from services.referral.guards import guards, possible
from services.referral.transition import act_by_system
from tests.unit.scenes import (
    BKKBN_COORDINATOR,
    DINSOS_COORDINATOR,
    MONDAY_10,
    OFFICES,
    OPERATOR,
    PKB,
    PKB_SUPERVISOR,
    TKSK,
    TKSK_SUPERVISOR,
    a_draft,
    accepted,
    by,
    in_service,
    later,
    received,
    reported,
    scene,
)

RULINGS = {Action.RULE_BACK, Action.RULE_UPHOLD}


def may(actor: Actor, referral: Referral, now: datetime = MONDAY_10) -> set[Action]:
    return set(possible(referral, actor, parties(actor, referral, OFFICES), scene(now)))


def confirmed(outcome: str) -> Referral:
    return by(reported(outcome), TKSK, orders.Confirm())


def flagged() -> Referral:
    disputed = by(reported("served_partly"), TKSK, orders.Dispute(text="Belum."))
    report = orders.Report(outcome="served_partly", on=MONDAY_10.date(), provider="TPK")
    return by(by(disputed, PKB, report), TKSK, orders.Dispute(text="Masih belum."))


def test_a_follow_up_is_answered_only_of_a_proposal_that_is_not_known_yet() -> None:
    assert Action.ANSWER_FOLLOW_UP not in may(PKB, confirmed("served_full"))
    asked = act_by_system(confirmed("proposed"), Action.ASK_FOLLOW_UP, scene(later(days=100))).after
    assert Action.ANSWER_FOLLOW_UP in may(PKB, asked)
    assert Action.ANSWER_FOLLOW_UP not in may(PKB, by(asked, PKB, orders.AnswerFollowUp(reply="enrolled")))


def test_the_coordinator_rules_only_on_a_flagged_report_and_then_the_sender_no_longer_confirms() -> None:
    assert RULINGS.isdisjoint(may(DINSOS_COORDINATOR, reported()))
    assert {Action.CONFIRM, Action.DISPUTE} <= may(TKSK, reported())
    assert may(DINSOS_COORDINATOR, flagged()) >= RULINGS
    assert {Action.CONFIRM, Action.DISPUTE}.isdisjoint(may(TKSK, flagged()))


def test_a_voiding_is_approved_only_where_somebody_else_asked_and_asked_for_once() -> None:
    assert Action.APPROVE_VOID not in may(OPERATOR, in_service())
    asked = by(in_service(), PKB_SUPERVISOR, orders.RequestVoid(reason="test_entry"))
    assert Action.APPROVE_VOID in may(OPERATOR, asked)
    assert Action.REQUEST_VOID not in may(TKSK_SUPERVISOR, asked)
    own = replace(asked, progress=replace(asked.progress, void_requested_by=OPERATOR.officer))
    assert Action.APPROVE_VOID not in may(OPERATOR, own)
    assert Action.APPROVE_VOID not in may(OPERATOR, asked, later(days=14)), "the request lapsed"


def test_what_is_too_late_is_not_offered() -> None:
    assert Action.UNACCEPT in may(PKB, accepted(), later(days=1))
    assert Action.UNACCEPT not in may(PKB, accepted(), later(days=3))
    assert Action.REOPEN in may(TKSK_SUPERVISOR, confirmed("served_full"), later(days=29))
    assert Action.REOPEN not in may(TKSK_SUPERVISOR, confirmed("served_full"), later(days=31))


def test_a_family_withdraws_its_consent_or_objects_never_both() -> None:
    on_consent = in_service(basis=LegalBasis.CONSENT, has_consent=True)
    for referral, offered in ((on_consent, Action.WITHDRAW_CONSENT), (in_service(), Action.OBJECT)):
        assert may(PKB, referral) & {Action.WITHDRAW_CONSENT, Action.OBJECT} == {offered}
    objected = by(in_service(), TKSK, orders.Object(text="Tidak setuju."))
    assert Action.ANSWER_OBJECTION in may(PKB_SUPERVISOR, objected)
    assert Action.ANSWER_OBJECTION not in may(PKB_SUPERVISOR, in_service())


def test_the_coordinator_above_decides_a_recall_only_when_the_unit_let_its_time_pass() -> None:
    recalled = by(in_service(), TKSK, orders.Recall(text="Sudah dibantu."))
    assert may(PKB, recalled) >= {Action.CONFIRM_CANCEL, Action.REFUSE_CANCEL}
    assert {Action.CONFIRM_CANCEL, Action.REFUSE_CANCEL}.isdisjoint(may(BKKBN_COORDINATOR, recalled))


def test_after_two_questions_none_is_offered_and_after_its_receipt_a_unit_is_not_asked_for_it_again() -> None:
    asked_twice = received(progress=Progress())
    asked_twice = replace(asked_twice, progress=replace(asked_twice.progress, questions=2))
    assert Action.ASK in may(PKB, received())
    assert Action.ASK not in may(PKB, asked_twice)
    stopping = by(in_service(basis=LegalBasis.CONSENT, has_consent=True), TKSK, orders.WithdrawConsent())
    assert Action.STOP_RECEIPT in may(PKB, stopping)
    assert Action.STOP_RECEIPT not in may(PKB, by(stopping, PKB, orders.StopReceipt()))


def test_where_nobody_else_can_help_no_other_unit_is_offered() -> None:
    declined = by(received(), PKB, orders.Decline(reason="not_eligible"))
    assert Action.OFFER not in may(TKSK_SUPERVISOR, declined)
    assert {Action.CLOSE, Action.RETURN} <= may(TKSK_SUPERVISOR, declined)


def test_of_a_restricted_case_nothing_is_offered_to_who_sees_only_its_number() -> None:
    assert may(TKSK, replace(in_service(), restricted=True)) == set()


@pytest.mark.parametrize("action", guards.rules)
def test_a_guard_never_widens_the_table(action: Action) -> None:
    for state in State:
        referral = a_draft(state=state)
        for actor in (TKSK, PKB, OPERATOR):
            who = parties(actor, referral, OFFICES)
            assert action not in possible(referral, actor, who, scene()) or action in allowed(state, who)


def test_what_is_not_offered_is_refused() -> None:
    with pytest.raises(Refused, match=r"referral\.not_flagged"):
        by(reported(), DINSOS_COORDINATOR, orders.RuleBack(text="Lanjutkan."))
