"""What a waiting list does to one referral: silence, refusals, clocks that wait for the beginning."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.contracts.codes import ClockName, Mark, PlaceRefusalReason
from services.contracts.lifecycle import Action, State
from services.contracts.refusals import Refused
from services.contracts.snapshot import Recipient
from services.referral import orders
from services.referral.domain import Referral
from services.referral.retelling import retell
from services.referral.transition import act_by_system
from services.referral.whose_move import waits_for
from tests.unit.scenes import (
    OPERATOR,
    PKB,
    PKB_SUPERVISOR,
    PKB_UNIT,
    TKSK,
    TKSK_SUPERVISOR,
    by,
    later,
    place_offered,
    received,
    scene,
)
from tests.unit.told import Written, on_its_way

C = ClockName
BEGINS_AT = later(days=80)


def coming() -> Referral:
    """Somebody who took a place in an intake that begins in eighty days."""
    offered = place_offered()
    held = replace(offered, progress=replace(offered.progress, place_taken=True, begins_at=BEGINS_AT))
    return by(held, TKSK, orders.TakePlace())


def test_while_it_waits_it_is_the_units_move_and_while_a_place_is_offered_the_senders() -> None:
    listed = by(received(), PKB, orders.Enlist())
    assert waits_for(listed) == PKB_UNIT
    offered = by(listed, PKB_SUPERVISOR, orders.OfferPlace())
    assert waits_for(offered) == offered.unit_from


def test_an_officer_enlists_and_whoever_leads_offers_the_place() -> None:
    listed = by(received(), PKB, orders.Enlist())
    with pytest.raises(Refused, match="not_yours"):
        by(listed, PKB, orders.OfferPlace())


def test_a_move_to_another_list_keeps_the_turn_and_a_refusal_for_now_loses_it() -> None:
    listed = by(received(), PKB, orders.Enlist())
    again = by(listed, PKB, orders.Enlist(), now=later(days=3))
    assert (again.state, again.listed_at) == (State.WAITLISTED, listed.listed_at)
    refused = by(place_offered(), TKSK, orders.RefusePlace(reason="not_now"), now=later(days=3))
    assert (refused.state, refused.listed_at) == (State.WAITLISTED, later(days=3))


@pytest.mark.parametrize("reason", [each for each in PlaceRefusalReason if each is not PlaceRefusalReason.NOT_NOW])
def test_every_other_refusal_is_for_a_person_of_the_sending_side(reason: PlaceRefusalReason) -> None:
    refused = by(place_offered(), TKSK, orders.RefusePlace(reason=reason, text="Sudah dibicarakan."))
    assert (refused.state, refused.unit_to, refused.listed_at) == (State.REROUTING, None, None)
    assert refused.progress.parked is not None


def test_the_first_silence_leads_to_the_end_of_the_list_and_the_second_to_a_person() -> None:
    told = Written(place_offered()).wait(days=20)
    once = told.referral
    assert (once.state, once.progress.place_lapses) == (State.WAITLISTED, 1)
    told.by(PKB_SUPERVISOR, orders.OfferPlace()).wait(days=20)
    assert (told.referral.state, told.referral.progress.reason) == (State.REROUTING, "place_lapsed")


def test_a_place_that_the_system_offers_is_told_to_both_sides() -> None:
    listed = by(received(), PKB, orders.Enlist())
    step = act_by_system(listed, Action.OFFER_PLACE, scene())
    assert step.told == (Recipient(unit=listed.unit_from), Recipient(unit=PKB_UNIT))
    assert step.after.acted_version == step.after.version, "whoever had it open reads that there is news"


def test_before_it_is_taken_a_recall_ends_it_at_once_and_afterwards_the_unit_is_asked() -> None:
    assert by(place_offered(), TKSK, orders.Recall(text="Pindah.")).state is State.CANCELLED
    assert by(coming(), TKSK, orders.Recall(text="Pindah.")).state is State.CANCELLING


def test_contact_and_outcome_are_awaited_from_the_beginning_of_the_intake_and_no_other_policy_changes_that() -> None:
    referral = coming()
    due = {name: clock.due_at for name, clock in referral.clocks.items()}
    assert due[C.OUTCOME] == BEGINS_AT + timedelta(days=90)
    assert due[C.CONTACT] is not None
    assert due[C.CONTACT] > BEGINS_AT + timedelta(days=14)
    moved = by(referral, OPERATOR, orders.MovePolicy(policy="demo-seconds-1", text="Uji coba."))
    assert {name: clock.due_at for name, clock in moved.clocks.items()} == due


def test_a_story_with_a_waiting_list_is_told_again_with_the_marks_that_it_had() -> None:
    told = on_its_way(3)
    told.by(PKB, orders.Enlist()).wait(days=40).by(PKB_SUPERVISOR, orders.OfferPlace()).until("place_lapsed")
    told.wait(days=3).by(PKB_SUPERVISOR, orders.OfferPlace()).wait(days=1)
    told.referral = replace(told.referral, progress=replace(told.referral.progress, begins_at=told.now + timedelta(30)))
    told.by(TKSK, orders.TakePlace()).wait(days=70)
    assert {(C.WAITLIST, Mark.DUE), (C.PLACE, Mark.END), (C.CONTACT, Mark.DUE)} <= {mark[:2] for mark in told.marks}
    retold = retell(told.story, scene(), until=told.now, own=True)
    assert [(each.clock, each.mark, each.at) for each in retold.marks] == told.marks
    assert retold.parted is None


def test_a_supervisor_of_the_sender_may_answer_for_the_unit() -> None:
    assert by(place_offered(), TKSK_SUPERVISOR, orders.TakePlace()).state is State.ACCEPTED
