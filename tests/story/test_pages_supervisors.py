"""What those who lead a unit see and do on pages: the team's load, work given to others, what waits for a decision."""

import re

import pytest

from deploy.local.stack import Stack
from services.cli.stories.people import NotDone, Person
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from tests.story.pages import browser, pages, signed_in

pytestmark = pytest.mark.timeout(120)


async def _offered(stage: Stage) -> str:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, "offered")
    return referral


async def test_many_are_given_to_one_officer_and_what_changed_meanwhile_is_told_and_not_forced(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, stale = await _offered(stage), await _offered(stage)
    async with pages(stack, monkeypatch) as app, browser(app) as lead:
        await signed_in(lead, stack, stage.pkb_supervisor.staff_no)
        assert await lead.opens("/team") == 200
        assert stage.pkb.staff_no in lead.shown
        await lead.opens("/team/assign?holder=nobody")
        picks = [re.search(rf'value="({referral}:[^"]+)"', lead.shown) for referral in (fresh, stale)]
        ticked = [found.group(1) for found in picks if found]
        assert len(ticked) == 2
        form = {"officer": str(stage.pkb.officer["id"]), "pick": ticked}
        assert await lead.sends("/team/assign/preview", **form) == 200
        assert "2 rujukan akan diserahkan" in lead.shown
        await stage.pkb.act(stale, Action.CLAIM)
        preview = lead.shown
        assert await lead.sends("/team/assign", pick=ticked) == 200
        assert "1 dari 2 rujukan sudah diserahkan" in lead.shown
        first = lead.shown
        lead.shown = preview
        await lead.sends("/team/assign", pick=ticked)
        assert lead.shown == first, "sent twice it is given once"
    assert (await stage.pkb.show(fresh))["assignee"] == stage.pkb.officer["id"]
    assert (await stage.pkb.show(stale))["assignee"] is None
    load = await stage.pkb_supervisor.get(f"{stage.pkb.addresses.referral}/load")
    mine = next(each for each in load["officers"] if each["officer"] == stage.pkb.officer["id"])
    assert mine["in_hand"] >= 1
    above = await stage.people["bkkbn_kab_coordinator"].get(f"{stage.pkb.addresses.referral}/load")
    assert stage.pkb.unit in {each["unit"] for each in above["below"]}


async def test_decisions_wait_in_the_queue_of_who_decides_until_they_are_made(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    parked = await stage.referred(stage.pkb, Service.ASPD)
    await stage.becomes(stage.pkb, parked, "triage")
    disputed = await _disputed_twice(stage)
    coordinator, other_side = stage.people["dinsos_kab_coordinator"], stage.people["bkkbn_kab_coordinator"]

    async def waits(who: Person, referral: str) -> bool:
        return referral in {each["id"] for each in await who.queue("decisions", limit=200)}

    await stage.until(lambda: waits(stage.pkb_supervisor, parked), "the next unit is left to the supervisor")
    assert await waits(coordinator, disputed)
    assert not await waits(coordinator, parked)
    assert not await waits(other_side, disputed)
    async with pages(stack, monkeypatch) as app, browser(app) as lead:
        await signed_in(lead, stack, coordinator.staff_no)
        await lead.opens("/team/decisions")
        assert f"/referrals/{disputed}" in lead.shown
        await lead.opens(f"/referrals/{disputed}")
        assert "menunggu putusan koordinator" in lead.shown
        assert await lead.sends(f"/referrals/{disputed}/rule_uphold", text="Laporan lengkap.") == 200
    assert not await waits(coordinator, disputed)


async def _disputed_twice(stage: Stage) -> str:
    referral = await _offered(stage)
    await stage.pkb.act(referral, Action.CLAIM)
    await stage.pkb.act(referral, Action.ACCEPT)
    await stage.pkb.act(referral, Action.CONTACT, on="2026-01-05")
    for _ in range(2):
        report = {"outcome": "served_partly", "on": "2026-01-05", "provider": "TPK"}
        await stage.pkb.act(referral, Action.REPORT, **report)
        await stage.tksk.act(referral, Action.DISPUTE, text="Belum selesai.")
    return referral


async def test_the_team_is_shown_to_those_who_lead_it(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = stage.tksk.addresses.referral
    for who in (stage.tksk, stage.operator, stage.dpo):
        for path in ("load", "queues/team", "queues/decisions"):
            with pytest.raises(NotDone, match=r"auth\.forbidden"):
                await who.get(f"{record}/{path}")
    with pytest.raises(NotDone, match=r"auth\.forbidden"):
        await stage.tksk_supervisor.get(f"{record}/load", unit=stage.pkb.unit)
    async with pages(stack, monkeypatch) as app, browser(app) as tksk:
        await signed_in(tksk, stack, stage.tksk.staff_no)
        assert "/team" not in tksk.shown
        assert await tksk.opens("/team") == 403
