"""Every other clock under the real policy: whom it tells, how it ends, and that something is always armed."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from services.contracts.codes import ClockName, LegalBasis, ParkReason, Priority, Service
from services.contracts.ids import ReferralId
from services.contracts.lifecycle import State
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.referral import orders
from tests.unit.scenes import BKKBN_COORDINATOR, DINSOS_COORDINATOR, PKB, PKB_SUPERVISOR, TKSK, TKSK_SUPERVISOR
from tests.workflow.clocked import Clocked

CONSENT = orders.Draft(
    basis=LegalBasis.CONSENT,
    consent=orders.Consent(text_version="1", given_by="self", how="spoken", at="2026-01-01T00:00:00Z"),
)


async def _accepted(play: Clocked, **changes: object) -> ReferralId:
    referral = await play.submitted(**changes)
    await play.acts(referral, PKB, orders.Claim())
    await play.acts(referral, PKB, orders.Accept())
    return referral


async def _in_service(play: Clocked, **changes: object) -> ReferralId:
    referral = await _accepted(play, **changes)
    await play.acts(referral, PKB, orders.Contact(on=play.moment.at.astimezone(WIB).date()))
    return referral


async def _reported(play: Clocked, outcome: str, **more: str) -> ReferralId:
    referral = await _in_service(play)
    today = play.moment.at.astimezone(WIB).date()
    await play.acts(referral, PKB, orders.Report(outcome=outcome, on=today, provider="TPK", **more))
    return referral


async def _told(play: Clocked, referral: ReferralId, fact: str = "escalated") -> list[str]:
    return [who for said, _, told in await play.story(referral) if said == fact for who in told]


async def test_a_scarce_place_waits_for_the_supervisor_who_is_told_again_until_somebody_offers(play: Clocked) -> None:
    draft = await play.drafted(Service.TPK_DAMPING)
    async with play.record.database.begin() as tx:
        await tx.execute(text("UPDATE family SET restricted = true WHERE family = :id"), {"id": draft.family})
    await play.acts(draft.id, TKSK, orders.Submit())
    assert (await play.now(draft.id)).progress.parked is ParkReason.RESTRICTED
    await play.sleep(days=30)
    told = await _told(play, draft.id)
    assert told[:2] == ["dinsos-35.15.08/supervisor", "dinsos-35.15/coordinator"]
    assert len(told) >= 3, "the last rung is told again"
    assert set(told[2:]) == {"dinsos-35.15/coordinator"}
    await play.acts(draft.id, TKSK_SUPERVISOR, orders.Offer(unit="bkkbn-35.15.08"))
    assert (await play.now(draft.id)).state is State.OFFERED


async def test_an_unanswered_question_lapses_and_the_unit_decides_without_it(play: Clocked) -> None:
    referral = await play.submitted()
    await play.acts(referral, PKB, orders.Claim())
    asked = await play.acts(referral, PKB, orders.Ask(text="Alamatnya di mana?"))
    assert asked.clocks[ClockName.DECIDE].due_at is None
    await play.sleep(days=5)
    assert "question_lapsed" in await play.facts(referral)
    assert (await play.now(referral)).progress.reason == "unanswered"
    assert (await play.now(referral)).clocks[ClockName.DECIDE].due_at is not None


async def test_without_first_contact_the_receiving_side_is_told_again_and_again(play: Clocked) -> None:
    referral = await _accepted(play)
    await play.sleep(days=60)
    told = await _told(play, referral)
    assert told[:2] == ["bkkbn-35.15.08/supervisor", "bkkbn-35.15/coordinator"]
    assert len(told) > 3
    assert (await play.now(referral)).state is State.ACCEPTED, "silence closes nothing"


async def test_a_note_gives_the_progress_clock_its_whole_time_again(play: Clocked) -> None:
    referral = await _in_service(play)
    await play.sleep(days=20)
    before = (await play.now(referral)).clocks[ClockName.PROGRESS].due_at
    after = await play.acts(referral, PKB, orders.Note(text="Keluarga dikunjungi."))
    due = after.clocks[ClockName.PROGRESS].due_at
    assert before is not None
    assert due is not None
    assert due - before >= timedelta(days=19)


async def test_a_hold_ends_by_itself_on_its_date_and_the_outcome_clock_lost_nothing(play: Clocked) -> None:
    referral = await _in_service(play)
    left = (await play.now(referral)).clocks[ClockName.OUTCOME].due_at
    assert left is not None
    left_before = left - play.moment.at
    review = (play.moment.at + timedelta(days=21)).astimezone(WIB).date()
    await play.acts(referral, PKB, orders.Hold(reason="family_away", review_on=review))
    await play.sleep(days=22)
    resumed = await play.now(referral)
    assert resumed.state is State.IN_SERVICE
    assert resumed.progress.back == ()
    due = resumed.clocks[ClockName.OUTCOME].due_at
    assert due is not None
    # It resumed at 08:00 WIB of the date, so at most two days have run since.
    assert timedelta() <= left_before - (due - play.moment.at) <= timedelta(days=2)
    assert await _told(play, referral, "resumed") == ["dinsos-35.15.08/everybody", "bkkbn-35.15.08/everybody"]


async def test_a_positive_outcome_that_the_sender_leaves_unanswered_is_confirmed_by_silence_and_flagged(
    play: Clocked,
) -> None:
    referral = await _reported(play, "served_full")
    await play.sleep(days=14)
    closed = await play.now(referral)
    assert closed.state is State.CLOSED
    assert closed.progress.flagged
    assert (await play.facts(referral))[-1] == "auto_confirmed"


async def test_a_negative_outcome_is_never_closed_by_silence(play: Clocked) -> None:
    referral = await _reported(play, "refused", text="Keluarga menolak.")
    await play.sleep(days=60)
    assert (await play.now(referral)).state is State.REPORTED
    assert set(await _told(play, referral)) == {"dinsos-35.15.08/supervisor"}


async def test_a_second_dispute_waits_for_the_coordinators_ruling(play: Clocked) -> None:
    referral = await _reported(play, "served_partly")
    await play.acts(referral, TKSK, orders.Dispute(text="Belum."))
    today = play.moment.at.astimezone(WIB).date()
    await play.acts(referral, PKB, orders.Report(outcome="served_partly", on=today, provider="TPK"))
    flagged = await play.acts(referral, TKSK, orders.Dispute(text="Masih belum."))
    assert flagged.state is State.REPORTED
    assert set(flagged.clocks) == {ClockName.RULING}
    await play.sleep(days=30)
    told = await _told(play, referral)
    assert told[:2] == ["dinsos-35.15/coordinator", "dinsos-35/coordinator"]
    ruled = await play.acts(referral, DINSOS_COORDINATOR, orders.RuleUphold(text="Layanan cukup."))
    assert ruled.state is State.CLOSED


async def test_a_recall_that_the_unit_leaves_lying_may_be_decided_by_its_coordinator_after_it_is_due(
    play: Clocked,
) -> None:
    referral = await _accepted(play)
    await play.acts(referral, TKSK, orders.Recall(text="Sudah dibantu."))
    with pytest.raises(Refused, match="cancel_not_due"):
        await play.acts(referral, BKKBN_COORDINATOR, orders.ConfirmCancel())
    await play.sleep(days=6)
    assert (await _told(play, referral))[0] == "bkkbn-35.15.08/supervisor"
    cancelled = await play.acts(referral, BKKBN_COORDINATOR, orders.ConfirmCancel())
    assert cancelled.state is State.CANCELLED


async def test_a_missing_stop_receipt_reaches_the_officer_at_48_hours_and_is_a_breach_at_72(play: Clocked) -> None:
    referral = await _in_service(play, draft=CONSENT)
    await play.acts(referral, TKSK, orders.WithdrawConsent())
    await play.sleep(hours=47)
    assert await _told(play, referral, "reminded") == []
    await play.sleep(hours=2)
    assert await _told(play, referral, "reminded") == ["dinsos-35/dpo"]
    await play.sleep(hours=24)
    assert (await play.now(referral)).progress.breach_at is not None
    await play.sleep(days=3)
    assert len(await _told(play, referral)) >= 4, "then daily until the last receipt"
    assert (await play.now(referral)).state is State.STOPPING


async def test_a_request_to_void_lapses_when_no_operator_takes_it_up(play: Clocked) -> None:
    referral = await _in_service(play)
    asked = await play.acts(referral, PKB_SUPERVISOR, orders.RequestVoid(reason="entered_in_error"))
    assert asked.progress.void_requested_by is not None
    await play.sleep(days=14)
    now = await play.now(referral)
    assert now.progress.void_requested_by is None
    assert now.state is State.IN_SERVICE
    assert "void_lapsed" in await play.facts(referral)


async def test_after_an_outage_each_referral_gets_one_late_mark_and_not_a_flood(play: Clocked) -> None:
    draft = await play.drafted()
    await play.acts(draft.id, TKSK, orders.Submit())
    referral = await play.until(draft.id, lambda now: now.state is State.OFFERED)
    handle = play.handle(draft.id)
    before = len(await play.facts(draft.id))
    await handle.terminate("the outage: nobody waits")
    await play.env.sleep(timedelta(days=30))
    await play.tick()
    await play.signal(referral.snapshot())
    await play.sleep(seconds=90)
    late = (await play.story(draft.id))[before:]
    assert [(fact, mark) for fact, mark, _ in late] == [("escalated", "due")]


async def test_a_run_ends_with_the_referral_and_a_reopened_one_starts_anew(play: Clocked) -> None:
    referral = await _reported(play, "served_full")
    await play.acts(referral, TKSK, orders.Confirm())
    await play.handle(referral).result()
    await play.acts(referral, TKSK_SUPERVISOR, orders.Reopen(reason="need_returned"))
    await play.sleep(days=20)
    assert await _told(play, referral), "the new run's triage clock tells the supervisor"


async def test_while_the_registry_is_away_the_supervisor_hears_that_nobody_was_asked(
    play_without_registry: Clocked,
) -> None:
    play = play_without_registry
    draft = await play.drafted(priority=Priority.URGENT)
    await play.acts(draft.id, TKSK, orders.Submit())
    await play.sleep(hours=2, minutes=10)
    assert (await _told(play, draft.id))[:2] == ["dinsos-35.15.08/supervisor", "dinsos-35.15/coordinator"]
    assert (await play.now(draft.id)).state is State.TRIAGE
