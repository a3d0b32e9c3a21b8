"""Whoever reads what was written about a family leaves a line: who, when, which referral, and never what it said."""

from typing import Any

import psycopg
import pytest

from deploy.local.stack import Stack
from services.cli.stories.people import NotDone, Person
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action

FINDING = "Ibu hamil tujuh bulan, rumah di tepi sungai."


async def _readings(who: Person, referral: str, **query: Any) -> list[tuple[str, str, str]]:
    """Return (staff number, unit, what) of each reading, newest first."""
    answer = await who.get(f"{who.addresses.referral}/referrals/{referral}/readings", **query)
    return [(line["staff_no"], line["unit"], line["what"]) for line in answer["readings"]]


async def _refused(who: Person, referral: str) -> str:
    with pytest.raises(NotDone) as refused:
        await _readings(who, referral)
    return refused.value.code


async def _asked(stage: Stage) -> str:
    """Return a referral with a draft that says something, and a question on its timeline."""
    referral = await stage.referred(stage.tksk, Service.KIE, draft={"finding": FINDING})
    await stage.becomes(stage.pkb, referral, "offered")
    await stage.pkb.act(referral, Action.CLAIM)
    await stage.pkb.act(referral, Action.ASK, text="Apakah ibu sudah diperiksa?")
    return referral


async def test_every_reading_of_a_draft_and_of_a_story_leaves_a_line(stage: Stage, stack: Stack) -> None:
    referral, reader = await _asked(stage), stage.pkb_supervisor
    before = await _readings(stage.dpo, referral)
    assert (await reader.show(referral))["draft"]["finding"] == FINDING
    assert any(line["said"] for line in await reader.timeline(referral))
    after = await _readings(stage.dpo, referral)
    mine = [(reader.staff_no, reader.unit, what) for what in ("timeline", "draft")]
    assert after == [*mine, *before]
    assert await _readings(stage.dpo, referral, limit=1) == mine[:1]
    with psycopg.connect(stack.servers.database_url("referral")) as database:
        lines = database.execute("SELECT reading::text FROM reading WHERE referral = %s", [referral]).fetchall()
    assert len(lines) == len(after)
    assert not any(word in line for (line,) in lines for word in ("hamil", "sungai", "diperiksa"))


async def test_who_is_shown_nothing_sealed_leaves_no_line(stage: Stage) -> None:
    referral = await _asked(stage)
    before = await _readings(stage.dpo, referral)
    assert (await stage.operator.show(referral))["draft"] is None
    assert not any(line["said"] for line in await stage.operator.timeline(referral))
    with pytest.raises(NotDone):
        await stage.dinsos_kab.show(referral)
    assert await _readings(stage.dpo, referral) == before


async def test_the_trail_is_for_those_who_watch_over_it(stage: Stage) -> None:
    referral = await _asked(stage)
    for watcher in (stage.dpo, stage.tksk_supervisor, stage.pkb_supervisor):
        assert await _readings(watcher, referral)
    assert await _refused(stage.tksk, referral) == "auth.forbidden"
    assert await _refused(stage.operator, referral) == "auth.forbidden"
    assert await _refused(stage.dinsos_kab, referral) == "referral.not_found"
