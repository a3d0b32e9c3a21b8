"""Youths whom the PKB refers to an institution, and the institution's intakes, for tests of placement."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from services.contracts.codes import Agency, Priority, Service
from services.contracts.ids import FamilyId, IntakeId, ReferralId, UnitId
from services.contracts.wib import WIB
from services.referral import orders, usecases
from services.referral.domain import Referral
from services.referral.placement import intakes
from services.referral.placement.intakes import Intake
from services.referral.placement.lists import turn
from services.referral.usecases import NewReferral
from tests.unit.scenes import OFFICES, PKB, PKB_SUPERVISOR, UPT, UPT_SUPERVISOR, VILLAGE
from tests.workflow.clocked import Clocked

HOUSE = UnitId("upt-psbr-jombang")
_KNOWN = text(
    "INSERT INTO family (family, version, region, agency, unit, restricted)"
    " VALUES (:family, 1, :region, 'bkkbn', 'bkkbn-35.15.08', false) ON CONFLICT DO NOTHING"
)


def a_youth(today: date, *, age: int = 18, **said: Any) -> orders.Applicant:
    """Return somebody whom the rules let in, but for what is *said*."""
    facts = {
        "birth_date": date(today.year - age, 1, 1),
        "marital_status": "unmarried",
        "schooling": "dropped_out",
        "recommendation_number": "460/12/2026",
        "recommendation_on": today,
    }
    return orders.Applicant.model_validate({**facts, **said})


def today_of(moment: datetime) -> date:
    return moment.astimezone(WIB).date()


async def drafted(play: Clocked, *, family: FamilyId | None = None, **said: Any) -> Referral:
    """Let the PKB write a draft for a youth."""
    now = await play.tick()
    family = family or FamilyId(uuid4())
    draft = orders.Draft(basis="public_task", applicant=a_youth(today_of(now), **said))
    new = NewReferral(
        ReferralId(uuid4()), family, Service.UPT_PSBR, Priority.NORMAL, draft.kept(PKB.staff_no), VILLAGE, Agency.BKKBN
    )
    async with play.record.database.begin() as tx:
        await tx.execute(_KNOWN, {"family": family, "region": VILLAGE})
        return await usecases.create(play.record, tx, new, PKB)


async def studied(play: Clocked, *, submit: orders.Submit | None = None, **said: Any) -> ReferralId:
    """Let a youth be referred, offered by the supervisor, and taken up by the institution."""
    draft = await drafted(play, **said)
    await play.acts(draft.id, PKB, submit or orders.Submit())
    await play.acts(draft.id, PKB_SUPERVISOR, orders.Offer(unit=HOUSE))
    await play.acts(draft.id, UPT, orders.Claim())
    return draft.id


async def an_intake(play: Clocked, *, places: int, begins_in_days: int = 90) -> IntakeId:
    """Open an intake that takes applications now. The one before it no longer does."""
    now = await play.tick()
    today = today_of(now)
    async with play.record.database.begin() as tx:
        await tx.execute(text("UPDATE intake SET opens_on = '2000-01-01', closes_on = '2000-01-01', unit = 'past'"))
        intake = Intake(
            IntakeId(uuid4()), HOUSE, Service.UPT_PSBR, today - timedelta(days=1), today + timedelta(days=60),
            today + timedelta(days=begins_in_days), places,
        )  # fmt: skip
        await intakes.add(tx, intake, UPT_SUPERVISOR, OFFICES, now=now)
    return intake.id


async def enlisted(play: Clocked, intake: IntakeId, number: int) -> list[ReferralId]:
    """Put so many youths on the list, one after the other."""
    listed = []
    for _ in range(number):
        referral = await studied(play)
        await play.acts(referral, UPT, orders.Enlist(intake=intake))
        listed.append(referral)
    return listed


async def taken(play: Clocked, intake: IntakeId) -> int:
    async with play.record.database.read() as tx:
        return (await intakes.find(tx, intake)).taken


async def positions(play: Clocked, referrals: list[ReferralId]) -> list[int | None]:
    """Return where each stands on its list; None for one that waits on none."""
    async with play.record.database.read() as tx:
        turns = [await turn(tx, await play.now(each)) for each in referrals]
    return [each.position if each else None for each in turns]
