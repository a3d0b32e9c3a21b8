"""A village gets a new code while its families are being helped: nobody is lost, and the help goes on to its end."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import Stack
from services.cli.stories.people import Person
from services.cli.stories.plays import served_and_confirmed
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from tests.story.test_command_line import read
from tests.story.test_counts import agrees

# Where the member of the village team works; and the kecamatan beside it, to which it will belong.
VILLAGE, KECAMATAN, MOVED = "35.15.08.2001", "35.15.07", "35.15.07.2901"
pytestmark = pytest.mark.timeout(120)


async def _decreed(home: Path, operator: Person, file: str, number: str) -> dict[str, Any]:
    """Let the operator give villages the codes of *file* at the terminal, by the decree *number*."""
    accounts = json.loads((home / "demo-accounts.json").read_text())
    account = next(each for each in accounts if each["staff_no"] == operator.staff_no)
    await read(home, "sign-in", operator.staff_no, "--password-stdin", typed=account["password"] + "\n")
    codes = home / "decree.csv"
    codes.write_text(f"old,new,name\n{file}")
    wanted = ("regions", "decree", str(codes), "--decree", number, "--effective", "2026-01-01")
    looked_at: dict[str, Any] = await read(home, *wanted, "--dry-run")
    assert looked_at["decided_at"] is None
    done: dict[str, Any] = await read(home, *wanted)
    assert done == {**looked_at, "decided_at": done["decided_at"]}
    return done


@pytest.fixture
async def back_again(stack: Stack, stage: Stage) -> AsyncIterator[None]:
    """Take the decree back afterwards, by another one: whoever comes next finds the areas as they were."""
    yield
    await _decreed(stack.home.path, stage.operator, f"{MOVED},{VILLAGE},\n", "Perda Contoh 2/2026")
    await stage.pkb_3.sign_in()


async def _region(who: Person, referral: str) -> str:
    return str((await who.show(referral))["region"])


@pytest.mark.usefixtures("back_again")
async def test_a_village_that_gets_a_new_code_keeps_its_families_and_its_referrals(stage: Stage, stack: Stack) -> None:
    sender, unit, team = stage.tksk, stage.pkb, stage.pkb_3
    family = await sender.record_family(VILLAGE, pregnant=True)
    referral = (await sender.draft(family, Service.TPK_DAMPING))["id"]
    await stage.submitted(sender, referral)
    await stage.becomes(team, referral, "offered")
    above = stage.dinsos_kab
    draft = (await above.draft(await above.record_family(VILLAGE), Service.KIE))["id"]

    done = await _decreed(stack.home.path, stage.operator, f"{VILLAGE},{MOVED},\n", "Perda Contoh 1/2026")
    assert (done["families"] >= 2, done["officers"]) == (True, 1)

    async def follows() -> bool:
        return await _region(sender, referral) == MOVED

    await stage.until(follows, "the referral follows its village")
    assert "renumbered" in [line["fact"] for line in await sender.timeline(referral)]
    lead = stage.dinsos_kab_coordinator
    found = await lead.post(f"{lead.addresses.registry}/families/search", {"name": "Contoh Ibu", "region": MOVED})
    assert str(family) in [each["id"] for each in found["families"]]
    await team.sign_in()
    assert await _region(team, referral) == MOVED

    await stack.hold_down("registry")
    await stack.bring_up("registry")
    await unit.act(referral, Action.CLAIM)
    await unit.act(referral, Action.ACCEPT)
    await unit.act(referral, Action.CONTACT, on="2026-01-02")
    await served_and_confirmed(stage, referral, sender, unit)
    areas = await lead.get(f"{lead.addresses.registry}/regions", parent=KECAMATAN)
    assert MOVED in [each["code"] for each in areas], "a start undoes no decree"
    await stage.submitted(above, draft)
    assert await _region(above, draft) == MOVED
    # It is being offered meanwhile.
    await stage.retried(lambda: above.act(draft, Action.RECALL, text="Sudah pindah."), "referral.changed")
    await agrees(stage, stack)
    assert (await stage.operator.get(f"{stage.operator.addresses.referral}/books"))["balanced"]
