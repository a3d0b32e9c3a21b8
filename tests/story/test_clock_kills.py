"""Whoever waits is killed, and every mark is fired all the same."""

import os
import signal
from uuid import uuid4

import psycopg
import pytest

from deploy.local.stack import Stack
from services.cli.stories.people import NotDone
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action


async def _killed(stage: Stage, stack: Stack, name: str) -> None:
    """Kill *name* without warning and wait until the supervisor has it back."""
    pid = next(program.pid for program in stack.status() if program.name == name)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    async def back() -> bool:
        program = next(program for program in stack.status() if program.name == name)
        return program.state == "ready" and program.pid != pid

    await stage.until(back, f"{name} is back", timeout_seconds=40)


@pytest.mark.parametrize("victim", ["workflows", "temporal", "referral", "valkey"])
async def test_every_mark_of_an_offer_is_fired_although_somebody_was_killed(
    stage: Stage, stack: Stack, victim: str
) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.tksk, referral, "offered")
    await _killed(stage, stack, victim)
    await stage.told(stage.dpo, referral, "escalated", timeout_seconds=60)
    await stage.becomes(stage.pkb, referral, "offered")
    await stage.pkb.act(referral, Action.CLAIM)
    await stage.pkb.act(referral, Action.ACCEPT)
    shown = await stage.tksk.show(referral)
    assert shown["state"] == "accepted"


async def test_a_command_that_was_answered_has_its_effect_and_one_that_was_not_can_be_sent_again(
    stage: Stage, stack: Stack
) -> None:
    drafts = [await stage.tksk.draft(uuid4(), Service.KIE) for _ in range(5)]
    await _killed(stage, stack, "referral")
    key, body = uuid4(), {"expected_version": 1}
    url = f"{stage.tksk.addresses.referral}/referrals/{drafts[0]['id']}/discard"
    first = await stage.tksk.post(url, body, key=key)
    await _killed(stage, stack, "referral")
    again = await stage.tksk.post(url, body, key=key)
    assert again == first
    for draft in drafts[1:]:
        assert (await stage.tksk.show(draft["id"]))["state"] == "draft"
    with psycopg.connect(stack.servers.database_url("referral")) as database:
        lines = database.execute("SELECT count(*) FROM timeline WHERE referral = %s", [drafts[0]["id"]]).fetchone()
    assert lines == (2,), "created and discarded, once each"
    with pytest.raises(NotDone, match="action_not_allowed"):
        await stage.tksk.act(drafts[0]["id"], Action.SUBMIT)
