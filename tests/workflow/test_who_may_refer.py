"""A family's id is not enough: who may not read a family cannot open it to others by referring it."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.contracts.codes import Priority, Service
from services.contracts.ids import FamilyId, ReferralId, RegionCode
from services.contracts.lifecycle import State
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.referral import orders, usecases
from services.referral.actors import Actor
from services.referral.domain import Referral
from services.referral.usecases import NewReferral
from tests.unit.scenes import DINSOS_COORDINATOR, PKB, PKB_SUPERVISOR, TKSK, TKSK_SUPERVISOR, officer
from tests.workflow.clocked import Clocked

NEIGHBOUR, DINSOS_KAB = officer("dinsos-35.15.14"), officer("dinsos-35.15")
OF_ANOTHER_VILLAGE = replace(TKSK, village=RegionCode("35.15.08.2002"))
DRAFT = orders.Draft(basis="public_task").kept("T-1")


async def _drafts(play: Clocked, actor: Actor, family: FamilyId, service: Service) -> Referral:
    """Let *actor* write a draft for *family*."""
    await play.tick()
    assert actor.agency is not None
    assert actor.region is not None
    new = NewReferral(ReferralId(uuid4()), family, service, Priority.NORMAL, DRAFT, actor.region, actor.agency)
    async with play.record.database.begin() as tx:
        return await usecases.create(play.record, tx, new, actor)


async def _known(play: Clocked, family: FamilyId, *, restricted: bool = False) -> None:
    """Let the record hear that the TKSK's unit recorded *family*."""
    known = text(
        "INSERT INTO family (family, version, region, agency, unit, restricted)"
        " VALUES (:family, 1, '35.15.08.2001', 'dinsos', 'dinsos-35.15.08', :restricted)"
    )
    async with play.record.database.begin() as tx:
        await tx.execute(known, {"family": family, "restricted": restricted})


async def _a_family(play: Clocked, *, restricted: bool = False) -> FamilyId:
    family = FamilyId(uuid4())
    await _known(play, family, restricted=restricted)
    return family


@pytest.mark.parametrize(
    ("stranger", "service"),
    [(NEIGHBOUR, Service.KIE), (PKB, Service.PKH), (OF_ANOTHER_VILLAGE, Service.KIE)],
    ids=["the next kecamatan", "the other agency", "another village"],
)
async def test_whose_unit_may_not_read_a_family_cannot_draft_for_it(
    play: Clocked, stranger: Actor, service: Service
) -> None:
    with pytest.raises(Refused, match=r"referral\.family_not_yours"):
        await _drafts(play, stranger, await _a_family(play), service)


async def test_a_draft_for_a_family_still_on_its_way_is_judged_when_it_is_submitted(play: Clocked) -> None:
    family = FamilyId(uuid4())
    strangers, own = await _drafts(play, PKB, family, Service.PKH), await _drafts(play, TKSK, family, Service.KIE)
    with pytest.raises(Refused, match=r"referral\.family_not_known_yet"):
        await play.acts(own.id, TKSK, orders.Submit())
    await _known(play, family)
    with pytest.raises(Refused, match=r"referral\.family_not_yours"):
        await play.acts(strangers.id, PKB, orders.Submit())
    assert (await play.now(strangers.id)).state is State.DRAFT
    assert (await play.acts(own.id, TKSK, orders.Submit())).state is State.TRIAGE


async def test_who_is_no_party_to_a_draft_does_not_learn_that_its_family_is_unknown(play: Clocked) -> None:
    draft = await _drafts(play, TKSK, FamilyId(uuid4()), Service.KIE)
    with pytest.raises(Refused, match=r"referral\.not_found"):
        await play.acts(draft.id, PKB, orders.Submit())


async def test_an_office_above_refers_a_family_of_its_area(play: Clocked) -> None:
    draft = await _drafts(play, DINSOS_KAB, await _a_family(play), Service.KIE)
    assert (await play.acts(draft.id, DINSOS_KAB, orders.Submit())).state is State.TRIAGE


async def test_a_restricted_family_is_not_for_an_officer_of_another_unit(play: Clocked) -> None:
    family = await _a_family(play, restricted=True)
    with pytest.raises(Refused, match=r"referral\.family_not_yours"):
        await _drafts(play, DINSOS_KAB, family, Service.KIE)
    for allowed in (TKSK, DINSOS_COORDINATOR):
        assert (await _drafts(play, allowed, family, Service.KIE)).state is State.DRAFT


async def test_a_unit_that_was_asked_refers_the_family_to_others_until_it_declines(play: Clocked) -> None:
    first = await play.submitted(Service.KIE)
    family = (await play.now(first)).family
    draft = await _drafts(play, PKB, family, Service.SEMBAKO)
    assert (await play.acts(draft.id, PKB, orders.Submit())).state is State.TRIAGE
    late = await _drafts(play, PKB, family, Service.PKH)
    await play.acts(first, PKB, orders.Claim())
    await play.acts(first, PKB, orders.Decline(reason="not_eligible"))
    with pytest.raises(Refused, match=r"referral\.family_not_yours"):
        await play.acts(late.id, PKB, orders.Submit())


async def test_a_village_team_reads_and_refers_a_family_of_another_village_that_is_assigned_to_her(
    play: Clocked,
) -> None:
    member = replace(PKB, village=RegionCode("35.15.08.2002"))
    first = await play.submitted(Service.KIE)
    family = (await play.now(first)).family
    with pytest.raises(Refused, match=r"referral\.family_not_yours"):
        await _drafts(play, member, family, Service.PKH)
    await play.acts(first, PKB_SUPERVISOR, orders.Claim())
    await play.acts(first, PKB_SUPERVISOR, orders.Accept(assignee=member.officer))
    contacted = await play.acts(first, member, orders.Contact(on=play.moment.at.astimezone(WIB).date()))
    assert contacted.state is State.IN_SERVICE
    assert (await _drafts(play, member, family, Service.PKH)).state is State.DRAFT


async def test_a_unit_that_served_refers_the_family_again_for_thirty_days(play: Clocked) -> None:
    first = await play.submitted(Service.KIE)
    family, today = (await play.now(first)).family, play.moment.at.astimezone(WIB).date()
    await play.acts(first, PKB, orders.Claim())
    await play.acts(first, PKB, orders.Accept())
    await play.acts(first, PKB, orders.Report(outcome="served_full", on=today, provider="TPK"))
    await play.acts(first, TKSK, orders.Confirm())
    late = await _drafts(play, PKB, family, Service.PKH)
    await play.sleep(days=29)
    in_time = await _drafts(play, PKB_SUPERVISOR, family, Service.SEMBAKO)
    assert (await play.acts(in_time.id, PKB, orders.Submit())).state is State.TRIAGE
    await play.sleep(days=2)
    with pytest.raises(Refused, match=r"referral\.family_not_yours"):
        await play.acts(late.id, PKB, orders.Submit())
    assert (await _drafts(play, TKSK_SUPERVISOR, family, Service.BKB)).state is State.DRAFT
