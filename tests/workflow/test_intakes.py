"""Who keeps an institution's intakes, and what of one can no longer be changed."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.codes import Service
from services.contracts.ids import IntakeId, UnitId
from services.contracts.refusals import Refused
from services.referral import orders
from services.referral.actors import Actor
from services.referral.placement import intakes
from services.referral.placement.intakes import Intake
from tests.unit.scenes import BKKBN_COORDINATOR, OFFICES, UPT, UPT_SUPERVISOR
from tests.workflow.clocked import Clocked
from tests.workflow.placing import HOUSE, an_intake, enlisted, studied, today_of

OF_THE_HOUSE = [UPT, BKKBN_COORDINATOR]


async def _opened(play: Clocked, intake: Intake, actor: Actor = UPT_SUPERVISOR) -> None:
    async with play.record.database.begin() as tx:
        await intakes.add(tx, intake, actor, OFFICES, now=play.moment())


async def _changed(play: Clocked, intake: IntakeId, **changes: Any) -> None:
    async with play.record.database.begin() as tx:
        known = asdict(await intakes.find(tx, intake))
        days = {name: known[name] for name in ("opens_on", "closes_on", "starts_on", "places")}
        await intakes.change(tx, intake, {**days, **changes}, UPT_SUPERVISOR, OFFICES, now=play.moment())


async def _a_later(play: Clocked, **changes: Any) -> Intake:
    day = today_of(await play.tick()) + timedelta(days=2_000)
    later = Intake(
        IntakeId(uuid4()), HOUSE, Service.UPT_PSBR, day, day + timedelta(days=9), day + timedelta(days=20), 3
    )
    return replace(later, **changes)


@pytest.mark.parametrize("actor", OF_THE_HOUSE, ids=["an officer of the house", "a coordinator of the other agency"])
async def test_only_whoever_leads_the_house_opens_an_intake(play: Clocked, actor: Actor) -> None:
    with pytest.raises(Refused, match=r"auth\.forbidden"):
        await _opened(play, await _a_later(play), actor)


async def test_an_intake_is_for_what_the_unit_gives_and_its_days_are_in_order(play: Clocked) -> None:
    with pytest.raises(Refused, match="unit_gives_no_such_service"):
        await _opened(play, await _a_later(play, service=Service.UPT_PPSAA))
    intake = await _a_later(play)
    with pytest.raises(Refused, match="intake_days_wrong"):
        await _opened(play, replace(intake, starts_on=intake.closes_on - timedelta(days=1)))


async def test_two_periods_for_applications_never_overlap(play: Clocked) -> None:
    await an_intake(play, places=1)
    first = await _a_later(play)
    await _opened(play, first)
    second = replace(first, id=IntakeId(uuid4()), opens_on=first.closes_on)
    with pytest.raises(Refused, match="intake_overlaps"):
        await _opened(play, second)
    with pytest.raises(Refused, match="intake_exists"):
        await _opened(play, replace(first, opens_on=first.opens_on))
    next_day = first.closes_on + timedelta(days=1)
    await _opened(play, replace(second, opens_on=next_day, closes_on=next_day, starts_on=next_day))


async def test_once_somebody_is_on_the_list_its_beginning_stays_and_its_places_go_no_lower_than_are_given(
    play: Clocked,
) -> None:
    intake = await an_intake(play, places=3)
    first, second, _ = await enlisted(play, intake, 3)
    for referral in (first, second):
        await play.acts(referral, UPT_SUPERVISOR, orders.OfferPlace())
    with pytest.raises(Refused, match="intake_in_use"):
        await _changed(play, intake, starts_on=today_of(play.moment()) + timedelta(days=200))
    with pytest.raises(Refused, match="intake_places_taken"):
        await _changed(play, intake, places=1)
    await _changed(play, intake, places=2, closes_on=today_of(play.moment()))


async def test_nobody_is_put_on_the_list_of_another_house_or_after_the_beginning(play: Clocked) -> None:
    referral = await studied(play)
    with pytest.raises(Refused, match="intake_unknown"):
        await play.acts(referral, UPT, orders.Enlist(intake=IntakeId(uuid4())))
    elsewhere = await _a_later(play, unit=UnitId("dinsos-35"))
    async with play.record.database.begin() as tx:
        await intakes.add(tx, elsewhere, replace(UPT_SUPERVISOR, unit=UnitId("dinsos-35")), OFFICES, now=play.moment())
    with pytest.raises(Refused, match="intake_unknown"):
        await play.acts(referral, UPT, orders.Enlist(intake=elsewhere.id))
    intake = await an_intake(play, places=1, begins_in_days=61)
    waiting = await studied(play)
    await play.sleep(days=2)
    await play.acts(waiting, UPT, orders.Enlist(intake=intake))
    later = await _a_later(play)
    await _opened(play, later)
    with pytest.raises(Refused, match="intake_closed"):
        await play.acts(waiting, UPT, orders.Enlist(intake=later.id))
