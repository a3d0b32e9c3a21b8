"""Places in an institution: in turn, by the entry rules, never twice, and no silence ends anything."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.contracts.codes import ClockName, Service
from services.contracts.ids import ReferralId
from services.contracts.lifecycle import HOLDS_A_PLACE, State
from services.contracts.refusals import Refused
from services.referral import orders
from services.referral.placement.lists import Turn, WaitingList, anybody, turn
from tests.unit.scenes import PKB, PKB_SUPERVISOR, PKB_UNIT, TKSK, UPT, UPT_SUPERVISOR
from tests.workflow.clocked import Clocked
from tests.workflow.placing import an_intake, drafted, enlisted, positions, studied, taken

LIMITED = Service.ELSIMIL_CATIN


async def _states(play: Clocked, referrals: list[ReferralId]) -> list[State]:
    return [(await play.now(each)).state for each in referrals]


async def test_an_intake_with_more_applicants_than_places_gives_them_in_turn_and_passes_on_what_comes_back(
    play: Clocked,
) -> None:
    intake = await an_intake(play, places=1)
    first, second, third = waiting = await enlisted(play, intake, 3)
    assert await positions(play, waiting) == [1, 2, 3]
    with pytest.raises(Refused, match="not_in_turn"):
        await play.acts(second, UPT_SUPERVISOR, orders.OfferPlace())
    await play.acts(first, UPT_SUPERVISOR, orders.OfferPlace())
    with pytest.raises(Refused, match="no_place_left"):
        await play.acts(second, UPT_SUPERVISOR, orders.OfferPlace())
    await play.acts(first, PKB, orders.RefusePlace(reason="not_now"))
    assert await _states(play, waiting) == [State.WAITLISTED, State.PLACE_OFFERED, State.WAITLISTED]
    assert await positions(play, [third, first]) == [1, 2], "whoever cannot come now waits behind the others"
    await play.acts(second, PKB, orders.RefusePlace(reason="family_declined"))
    assert await _states(play, waiting) == [State.WAITLISTED, State.REROUTING, State.PLACE_OFFERED]
    await play.acts(third, PKB, orders.TakePlace())
    assert (await play.now(third)).state is State.ACCEPTED
    assert await taken(play, intake) == 1


async def test_silence_about_a_place_leads_to_the_end_of_the_list_and_the_second_time_to_a_person(
    play: Clocked,
) -> None:
    intake = await an_intake(play, places=1)
    silent, other = await enlisted(play, intake, 2)
    await play.acts(silent, UPT_SUPERVISOR, orders.OfferPlace())
    await play.sleep(days=14)
    assert await _states(play, [silent, other]) == [State.WAITLISTED, State.PLACE_OFFERED]
    told = [(fact, mark, to) for fact, mark, to in await play.story(silent) if fact in {"reminded", "escalated"}]
    assert told[0] == ("reminded", "half", ["bkkbn-35.15.08/everybody"])
    assert (await play.story(silent))[-1] == (
        "place_lapsed", "end", ["bkkbn-35.15.08/everybody", "upt-psbr-jombang/everybody"],
    )  # fmt: skip
    await play.acts(other, PKB, orders.RefusePlace(reason="moved"))
    await play.until(silent, lambda referral: referral.state is State.PLACE_OFFERED)
    await play.signal((await play.now(silent)).snapshot())
    await play.sleep(days=14)
    ended = await play.now(silent)
    assert (ended.state, ended.progress.parked, ended.unit_to) == (State.REROUTING, "scarce_service", None)
    assert await taken(play, intake) == 0


async def test_both_sides_hear_from_time_to_time_that_somebody_still_waits(play: Clocked) -> None:
    (waiting,) = await enlisted(play, await an_intake(play, places=5), 1)
    await play.sleep(days=65)
    told = [(mark, to) for fact, mark, to in await play.story(waiting) if fact == "escalated"]
    both = ["upt-psbr-jombang/supervisor", "bkkbn-35.15.08/everybody"]
    assert told == [("due", both), ("repeat", both)]


async def test_whoever_has_a_place_is_awaited_when_the_intake_begins(play: Clocked) -> None:
    (coming,) = await enlisted(play, await an_intake(play, places=5, begins_in_days=90), 1)
    await play.acts(coming, UPT_SUPERVISOR, orders.OfferPlace())
    referral = await play.acts(coming, PKB, orders.TakePlace())
    begins_at, due_at = referral.progress.begins_at, referral.snapshot().due_at
    assert begins_at is not None
    due = due_at(ClockName.CONTACT)
    assert due is not None
    assert timedelta(days=14) < due - begins_at < timedelta(days=40)


async def test_a_place_that_comes_back_after_the_beginning_is_left_to_the_institution(play: Clocked) -> None:
    intake = await an_intake(play, places=1, begins_in_days=61)
    given, waiting = await enlisted(play, intake, 2)
    await play.acts(given, UPT_SUPERVISOR, orders.OfferPlace())
    await play.acts(given, PKB, orders.TakePlace())
    await play.sleep(days=62)
    await play.acts(given, PKB, orders.Recall(text="Keluarga pindah."))
    await play.acts(given, UPT, orders.ConfirmCancel())
    assert await _states(play, [given, waiting]) == [State.CANCELLED, State.WAITLISTED]
    assert await taken(play, intake) == 0


async def test_however_many_offer_at_once_no_place_is_given_twice(play: Clocked) -> None:
    intake = await an_intake(play, places=3)
    waiting = await enlisted(play, intake, 7)
    urgent = orders.OfferPlace(text="Semua sama mendesaknya.")
    answers = await asyncio.gather(
        *(play.acts(each, UPT_SUPERVISOR, urgent) for each in waiting), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [each.code for each in refused] == ["referral.no_place_left"] * 4
    assert (await _states(play, waiting)).count(State.PLACE_OFFERED) == await taken(play, intake) == 3


async def test_a_turn_and_who_is_first_are_read_along_the_lists_own_index(play: Clocked) -> None:
    (waiting,) = await enlisted(play, await an_intake(play, places=1), 1)
    referral = await play.now(waiting)
    listed = WaitingList.of(referral)
    assert listed is not None
    seen: list[str] = []

    class Explained:
        async def exec_driver_sql(self, query: str, values: dict[str, Any]) -> Any:
            seen.extend((await tx.exec_driver_sql(f"EXPLAIN {query}", values)).scalars())
            return await tx.exec_driver_sql(query, values)

    async with play.record.database.begin() as tx:
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        explained: Any = Explained()
        assert await turn(explained, referral) == Turn(1, 1)
        assert not await anybody(explained, listed, but=waiting)
    scans = [line.strip() for line in seen if "Scan" in line]
    assert len(scans) == 2
    assert all("referral_waitlisted" in line for line in scans), scans


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_people_do_with_places_there_are_as_many_taken_as_are_held_and_never_too_many(
    play: Clocked, seed: int
) -> None:
    intake, dice = await an_intake(play, places=2), random.Random(seed)
    waiting = await enlisted(play, intake, 5)
    may: list[tuple[Any, orders.Order]] = [
        (UPT_SUPERVISOR, orders.OfferPlace()),
        (UPT_SUPERVISOR, orders.OfferPlace(text="Mendesak.")),
        (PKB, orders.TakePlace()),
        (PKB, orders.RefusePlace(reason="not_now")),
        (PKB, orders.RefusePlace(reason="moved")),
        (UPT, orders.Unaccept()),
        (UPT, orders.Enlist(intake=intake)),
        (UPT, orders.Decline(reason="other", text="Belum bisa.")),
        (PKB, orders.Recall(text="Belum jadi.")),
        (UPT, orders.ConfirmCancel()),
    ]
    for _ in range(12):
        at_once = [(dice.choice(waiting), *dice.choice(may)) for _ in range(3)]
        answers = await asyncio.gather(*(play.acts(*each) for each in at_once), return_exceptions=True)
        assert all(not isinstance(each, BaseException) or isinstance(each, Refused) for each in answers), answers
        held = sum(state in HOLDS_A_PLACE for state in await _states(play, waiting))
        assert held == await taken(play, intake) <= 2


async def test_who_does_not_meet_an_entry_rule_is_refused_by_name_and_let_in_with_a_reason(play: Clocked) -> None:
    draft = await drafted(play, age=25, marital_status="married", recommendation_number=None)
    with pytest.raises(Refused) as refused:
        await play.acts(draft.id, PKB, orders.Submit())
    assert refused.value.facts["rules"] == "too_old, marital_status, recommendation"
    with pytest.raises(Refused, match="text_needed"):
        await play.acts(draft.id, PKB, orders.Submit(exception=True))
    submitted = await play.acts(draft.id, PKB, orders.Submit(exception=True, text="Tidak ada lembaga lain."))
    assert (submitted.state, submitted.progress.reason) == (State.TRIAGE, "entry_exception")
    await play.acts(draft.id, PKB_SUPERVISOR, orders.Offer(unit=UPT.unit))
    await play.acts(draft.id, UPT, orders.Claim())
    intake = await an_intake(play, places=1)
    with pytest.raises(Refused, match="entry_rules_unmet"):
        await play.acts(draft.id, UPT, orders.Enlist(intake=intake))
    enlist = orders.Enlist(intake=intake, exception=True, text="Disetujui kepala UPT.")
    assert (await play.acts(draft.id, UPT, enlist)).progress.reason == "entry_exception"


async def test_a_youth_who_is_old_enough_when_an_announced_intake_begins_may_be_referred_now(play: Clocked) -> None:
    today = (await play.tick()).date()
    almost = today.replace(year=today.year - 17) + timedelta(days=45)
    draft = await drafted(play, birth_date=almost)
    async with play.record.database.begin() as tx:
        await tx.execute(text("DELETE FROM intake"))
    with pytest.raises(Refused, match="entry_rules_unmet"):
        await play.acts(draft.id, PKB, orders.Submit())
    await an_intake(play, places=1, begins_in_days=90)
    assert (await play.acts(draft.id, PKB, orders.Submit())).state is State.TRIAGE


async def test_an_institution_gives_places_by_its_list_only(play: Clocked) -> None:
    referral = await studied(play)
    with pytest.raises(Refused, match="enlist_first"):
        await play.acts(referral, UPT, orders.Accept())
    with pytest.raises(Refused, match="no_waiting_list"):
        await play.acts(referral, UPT, orders.Enlist())


async def test_any_desk_with_a_limit_keeps_a_list_and_says_why_it_prefers_somebody(play: Clocked) -> None:
    limit = text("INSERT INTO place (unit, service, limit_) VALUES (:unit, :service, 2) ON CONFLICT DO NOTHING")
    async with play.record.database.begin() as tx:
        await tx.execute(limit, {"unit": PKB_UNIT, "service": LIMITED})
    listed, preferred, last = [await play.submitted(LIMITED) for _ in range(3)]
    for referral in (listed, preferred, last):
        await play.acts(referral, PKB, orders.Claim())
    await play.acts(listed, PKB, orders.Enlist())
    with pytest.raises(Refused, match="others_wait"):
        await play.acts(preferred, PKB, orders.Accept())
    accepted = await play.acts(preferred, PKB, orders.Accept(text="Akad nikah minggu depan."))
    assert accepted.progress.reason == "out_of_turn"
    await play.acts(last, PKB, orders.Enlist())
    await play.acts(listed, PKB_SUPERVISOR, orders.OfferPlace())
    with pytest.raises(Refused, match="no_place_left"):
        await play.acts(last, PKB_SUPERVISOR, orders.OfferPlace())
    await play.acts(listed, TKSK, orders.RefusePlace(reason="family_declined"))
    assert await _states(play, [listed, last]) == [State.REROUTING, State.PLACE_OFFERED]
