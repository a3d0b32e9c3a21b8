"""Whoever leaves an institution is looked after by both desks of the home kecamatan, once."""

import asyncio
from uuid import uuid4

import pytest

from services.contracts.codes import Outcome, Service
from services.contracts.ids import FamilyId, IntakeId, ReferralId
from services.contracts.lifecycle import State
from services.referral import orders
from services.referral.placement.views import beside
from tests.unit.scenes import OFFICES, PKB, PKB_UNIT, TKSK, UPT, UPT_SUPERVISOR
from tests.workflow.clocked import Clocked
from tests.workflow.placing import an_intake, enlisted, studied, today_of


async def _lives_there(
    play: Clocked,
    *,
    family: FamilyId | None = None,
    intake: IntakeId | None = None,
    submit: orders.Submit | None = None,
) -> ReferralId:
    intake = intake or await an_intake(play, places=1)
    referral = await studied(play, family=family, submit=submit)
    await play.acts(referral, UPT, orders.Enlist(intake=intake))
    await play.acts(referral, UPT_SUPERVISOR, orders.OfferPlace())
    await play.acts(referral, PKB, orders.TakePlace())
    await play.acts(referral, UPT, orders.Contact(on=today_of(await play.tick())))
    return referral


async def _leaves(play: Clocked, stay: ReferralId, outcome: Outcome = Outcome.SERVED_FULL) -> None:
    on = today_of(await play.tick())
    await play.acts(stay, UPT, orders.Report(outcome=outcome, on=on, provider="UPT", text="Pelatihan selesai."))


async def _pair(play: Clocked, referral: ReferralId) -> list[dict[str, object]]:
    """Return the pair as the institution sees it beside *referral*."""
    async with play.record.database.read() as tx:
        shown = await beside(tx, await play.now(referral), UPT, OFFICES)
    return list(shown["way_home"]["pair"]) if shown["way_home"] else []


async def _asked(play: Clocked, referral: ReferralId) -> None:
    """Let the workflow begin, as its event would."""
    await play.signal((await play.now(referral)).snapshot())
    await play.until(referral, lambda each: each.state is State.OFFERED)


async def test_a_client_goes_home_and_both_desks_report_the_first_contact(play: Clocked) -> None:
    stay = await _lives_there(play)
    await _leaves(play, stay)
    care, visits = pair = await _pair(play, stay)
    assert [(each["service"], each["state"], each["opened"]) for each in pair] == [
        (Service.AFTER_CARE, State.TRIAGE, True), (Service.TPK_DAMPING, State.TRIAGE, True),
    ]  # fmt: skip
    for half, desk in ((care, TKSK), (visits, PKB)):
        referral = ReferralId(half["referral"])  # type: ignore[arg-type]
        await _asked(play, referral)
        now = await play.now(referral)
        assert (now.unit_from, now.unit_to) == (UPT.unit, desk.unit)
        await play.acts(referral, desk, orders.Claim())
        await play.acts(referral, desk, orders.Accept())
    await play.acts(ReferralId(care["referral"]), TKSK, orders.Contact(on=today_of(await play.tick())))  # type: ignore[arg-type]
    await play.sleep(days=30)
    assert [(each["service"], each["in_time"]) for each in await _pair(play, stay)] == [
        (Service.AFTER_CARE, True), (Service.TPK_DAMPING, False),
    ]  # fmt: skip
    assert await _pair(play, ReferralId(visits["referral"])) == await _pair(play, stay)  # type: ignore[arg-type]


async def test_a_report_that_is_disputed_and_made_again_opens_no_second_pair(play: Clocked) -> None:
    stay = await _lives_there(play)
    await _leaves(play, stay, Outcome.REFUSED)
    first = await _pair(play, stay)
    await play.acts(stay, PKB, orders.Dispute(text="Anak masih di UPT."))
    await _leaves(play, stay)
    assert await _pair(play, stay) == first


async def test_where_the_pkb_visits_the_family_already_that_is_joined_and_both_hear_of_it(play: Clocked) -> None:
    visited = await play.submitted(Service.TPK_DAMPING)
    stay = await _lives_there(play, family=(await play.now(visited)).family)
    await _leaves(play, stay)
    joined = next(each for each in await _pair(play, stay) if each["service"] == Service.TPK_DAMPING)
    assert (joined["referral"], joined["opened"], joined["unit_to"]) == (visited, False, PKB_UNIT)
    assert (await play.facts(visited))[-1] == "home_noted"


@pytest.mark.parametrize("outcome", [Outcome.DECEASED, Outcome.REFERRED_ONWARD])
async def test_who_does_not_go_home_gets_no_pair(play: Clocked, outcome: Outcome) -> None:
    stay = await _lives_there(play)
    await _leaves(play, stay, outcome)
    assert await _pair(play, stay) == []


async def test_who_had_a_place_and_never_came_gets_no_pair(play: Clocked) -> None:
    (coming,) = await enlisted(play, await an_intake(play, places=1), 1)
    await play.acts(coming, UPT_SUPERVISOR, orders.OfferPlace())
    await play.acts(coming, PKB, orders.TakePlace())
    await _leaves(play, coming, Outcome.REFUSED)
    assert await _pair(play, coming) == []


async def test_two_of_a_family_who_leave_at_once_share_the_pair(play: Clocked) -> None:
    family, intake = FamilyId(uuid4()), await an_intake(play, places=2)
    first = await _lives_there(play, family=family, intake=intake)
    second = await _lives_there(
        play, family=family, intake=intake, submit=orders.Submit(override=True, text="Adiknya.")
    )
    await asyncio.gather(_leaves(play, first), _leaves(play, second))
    pairs = [{each["referral"] for each in await _pair(play, stay)} for stay in (first, second)]
    opened = [each["opened"] for stay in (first, second) for each in await _pair(play, stay)]
    assert pairs[0] == pairs[1]
    assert sorted(opened) == [False, False, True, True]


async def test_two_of_a_family_who_leave_one_after_the_other_share_the_pair(play: Clocked) -> None:
    family = FamilyId(uuid4())
    stay = await _lives_there(play, family=family)
    await _leaves(play, stay)
    await play.acts(stay, PKB, orders.Confirm())
    second = await _lives_there(play, family=family)
    await _leaves(play, second)
    shared = [(each["referral"], each["opened"]) for each in await _pair(play, second)]
    assert shared == [(each["referral"], False) for each in await _pair(play, stay)]
