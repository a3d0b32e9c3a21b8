"""Places that are limited later, and officers who leave in the middle of things."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from services.contracts.codes import Agency, LegalBasis, Role, Service
from services.contracts.events import OfficerChanged, OfficerLeft, UnitChanged
from services.contracts.ids import ReferralId, UnitId
from services.contracts.lifecycle import State
from services.contracts.refusals import Refused
from services.kit.inbox import Received
from services.referral import orders
from services.referral.handlers import Hears
from services.referral.usecases import Again, refer_again
from services.registry.units import all_units
from tests.unit.scenes import PKB, PKB_UNIT, TKSK, VILLAGE
from tests.workflow.clocked import Clocked
from tests.workflow.test_other_clocks import CONSENT

SERVICE = Service.DASHAT


async def _accepted(play: Clocked) -> ReferralId:
    referral = await play.submitted(SERVICE)
    await play.acts(referral, PKB, orders.Claim())
    await play.acts(referral, PKB, orders.Accept())
    return referral


async def _limit(play: Clocked, limit: int) -> None:
    async with play.record.database.begin() as tx:
        query = (
            "INSERT INTO place (unit, service, limit_) VALUES (:unit, :service, :limit)"
            " ON CONFLICT (unit, service) DO UPDATE SET limit_ = :limit"
        )
        await tx.execute(text(query), {"unit": PKB_UNIT, "service": SERVICE, "limit": limit})


async def test_a_limit_that_is_set_later_evicts_nobody_and_binds_the_next(play: Clocked) -> None:
    running = [await _accepted(play) for _ in range(2)]
    await _limit(play, 1)
    for referral in running:
        await play.acts(referral, PKB, orders.Note(text="Keluarga dikunjungi."))
    await _accepted(play)
    waiting = await play.submitted(SERVICE)
    await play.acts(waiting, PKB, orders.Claim())
    with pytest.raises(Refused, match="no_place_left"):
        await play.acts(waiting, PKB, orders.Accept())


async def test_an_officer_who_leaves_gives_all_work_back_also_what_is_stopping(play: Clocked) -> None:
    stopping = await play.submitted(Service.GENTING, draft=CONSENT)
    await play.acts(stopping, PKB, orders.Claim())
    await play.acts(stopping, PKB, orders.Accept())
    await play.acts(stopping, TKSK, orders.WithdrawConsent())
    await play.tick()
    assert PKB.officer is not None
    assert PKB.unit is not None
    left = OfficerLeft(version=2, officer=PKB.officer, unit=PKB.unit)
    hears = Hears(play.record)
    try:
        async with play.record.database.begin() as tx:
            await hears.of_registry()[OfficerLeft](Received(uuid4(), uuid4(), left), tx)
        now = await play.now(stopping)
        assert (now.state, now.assignee) == (State.STOPPING, None)
    finally:
        async with play.record.database.begin() as tx:
            await tx.execute(text("UPDATE officer SET gone = false WHERE officer = :id"), {"id": PKB.officer})


async def test_an_officer_who_moves_leaves_the_work_to_the_old_desk(play: Clocked) -> None:
    referral = await play.submitted(Service.KIE)
    await play.acts(referral, PKB, orders.Claim())
    await play.acts(referral, PKB, orders.Accept())
    assert (await play.now(referral)).assignee == PKB.officer
    assert PKB.officer is not None
    assert PKB.unit is not None
    hears = Hears(play.record)
    for version, unit, assignee in ((12, PKB.unit, PKB.officer), (13, UnitId("bkkbn-35.15"), None)):
        moved = OfficerChanged(version=version, officer=PKB.officer, staff_no="P-1", unit=unit, role=Role.OFFICER,
                               language="id", contact="")  # fmt: skip
        async with play.record.database.begin() as tx:
            await hears.of_registry()[OfficerChanged](Received(uuid4(), uuid4(), moved), tx)
        assert (await play.now(referral)).assignee == assignee
    async with play.record.database.begin() as tx:
        back = text("UPDATE officer SET unit = :unit, version = 1 WHERE officer = :id")
        await tx.execute(back, {"unit": PKB.unit, "id": PKB.officer})


async def test_a_limit_that_an_office_no_longer_has_binds_nobody(play: Clocked) -> None:
    await _limit(play, 0)
    waiting = await play.submitted(SERVICE)
    await play.acts(waiting, PKB, orders.Claim())
    with pytest.raises(Refused, match="no_place_left"):
        await play.acts(waiting, PKB, orders.Accept())
    unit = next(unit for unit in all_units() if unit.id == PKB_UNIT)
    office = UnitChanged(version=1_000, unit=unit.id, agency=unit.agency, level=unit.level, region=unit.region,
                         parent=unit.parent, title=unit.title, services=unit.services)  # fmt: skip
    async with play.record.database.begin() as tx:
        await Hears(play.record).of_registry()[UnitChanged](Received(uuid4(), uuid4(), office), tx)
    await play.acts(waiting, PKB, orders.Accept())


async def test_a_consent_is_not_copied_when_a_family_is_referred_again(play: Clocked) -> None:
    first = await play.submitted(Service.GENTING, draft=CONSENT)
    again = Again(ReferralId(uuid4()), Service.KIE, None, VILLAGE, Agency.DINSOS)
    async with play.record.database.begin() as tx:
        second = await refer_again(play.record, tx, first, again, TKSK)
    assert second.basis is LegalBasis.CONSENT
    assert not second.has_consent
    with pytest.raises(Refused, match="consent_missing"):
        await play.acts(second.id, TKSK, orders.Submit())
