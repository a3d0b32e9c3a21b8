"""What waits for somebody who leads is noted with the referral, and taken off once it is decided."""

from dataclasses import replace

from services.contracts.codes import ClockName, Decision, Mark, ParkReason, Priority, Role
from services.referral import orders
from services.referral.afterwards import afterwards
from services.referral.domain import Referral
from services.referral.transition import fire, park
from services.referral.whose_move import decisions
from tests.unit.scenes import (
    DINSOS_COORDINATOR,
    MONDAY_10,
    OPERATOR,
    PKB,
    PKB_SUPERVISOR,
    TKSK,
    TKSK_SUPERVISOR,
    a_draft,
    by,
    in_service,
    later,
    reported,
    scene,
)


def _flagged() -> Referral:
    disputed = by(reported("served_partly"), TKSK, orders.Dispute(text="Belum."))
    report = orders.Report(outcome="served_partly", on=MONDAY_10.date(), provider="TPK")
    return by(by(disputed, PKB, report), TKSK, orders.Dispute(text="Masih belum."))


def test_a_report_that_is_disputed_twice_waits_for_a_ruling_until_there_is_one() -> None:
    assert decisions(reported("served_partly")) == ()
    assert decisions(_flagged()) == (Decision.RULING,)
    assert decisions(by(_flagged(), DINSOS_COORDINATOR, orders.RuleBack(text="Lanjutkan."))) == ()


def test_a_recall_waits_for_the_coordinator_only_once_it_was_told_to_be_late() -> None:
    asked = by(in_service(), TKSK, orders.Recall(text="Pindah."))
    assert decisions(asked) == ()
    late = fire(asked, ClockName.CANCEL, Mark.DUE, scene(later(days=9))).after
    assert decisions(late) == (Decision.CANCEL,)


def test_what_the_system_leaves_to_the_supervisor_and_what_the_family_objects_to_waits_for_one() -> None:
    submitted = by(a_draft(), TKSK, orders.Submit())
    parked = park(submitted, ParkReason.NO_UNIT, scene()).after
    assert decisions(submitted) == ()
    assert decisions(parked) == (Decision.OFFER,)
    objected = by(parked, TKSK, orders.Object(text="Tidak setuju."))
    assert decisions(objected) == (Decision.OFFER, Decision.OBJECTION)
    assert decisions(by(objected, TKSK_SUPERVISOR, orders.AnswerObjection(text="Dijelaskan."))) == (Decision.OFFER,)


def test_what_happens_if_nobody_acts_is_said_with_the_referral() -> None:
    sent = afterwards(by(a_draft(), TKSK, orders.Submit()), scene())
    assert sent is not None
    assert sent["told"] == [{"unit": "dinsos-35.15.08", "role": Role.SUPERVISOR}]
    good = reported("served_full")
    confirmed = afterwards(good, scene())
    assert confirmed is not None
    assert (confirmed["clock"], confirmed["ends"]) == (ClockName.CONFIRM, True)
    assert confirmed["at"] == good.clocks[ClockName.CONFIRM].due_at
    assert afterwards(a_draft(), scene()) is None


def test_a_request_to_void_waits_for_an_operator() -> None:
    asked = by(in_service(), PKB_SUPERVISOR, orders.RequestVoid(reason="test_entry"))
    assert decisions(asked) == (Decision.VOID,)
    assert decisions(by(asked, OPERATOR, orders.ApproveVoid())) == ()


def test_a_draft_can_get_another_priority_and_keeps_the_one_that_it_has() -> None:
    draft, said = a_draft(), orders.Draft(basis="public_task")
    assert by(draft, TKSK, orders.Edit(draft=said)).priority is draft.priority
    urgent = by(draft, TKSK, orders.Edit(draft=said, priority=Priority.URGENT))
    assert urgent.priority is Priority.URGENT
    assert replace(urgent, priority=draft.priority).basis is said.basis
