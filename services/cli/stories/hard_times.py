"""The stories 5 and 9: consent withdrawn, and Temporal away while people go on working."""

import asyncio

from services.cli.stories.plays import claimed_and_accepted, contacted, ends, served_and_confirmed
from services.cli.stories.stage import Stage, expect
from services.contracts.codes import Service
from services.contracts.lifecycle import Action

CONSENT = {
    "basis": "consent",
    "consent": {"text_version": "2026-01", "given_by": "spouse", "how": "signature", "at": "2026-01-05T02:00:00Z"},
}


async def _withdrawn(stage: Stage, service: Service) -> str:
    sender, unit = stage.tksk, stage.pkb
    referral = await stage.referred(sender, service, draft=CONSENT)
    await claimed_and_accepted(stage, referral, unit)
    await contacted(stage, referral, unit)
    stopping = await sender.act(referral, Action.WITHDRAW_CONSENT)
    expect(stopping["state"] == "stopping", "a withdrawal stops the work")
    stage.watch("consent withdrawn")
    return referral


async def consent_withdrawn(stage: Stage) -> str:
    """5a. Consent is withdrawn during service: everybody who has to stop says so, then it is cancelled."""
    referral = await _withdrawn(stage, Service.GENTING)
    await stage.told(stage.dpo, referral, "stop_received", count=2)  # registry and notify answer by themselves
    await stage.pkb.act(referral, Action.STOP_RECEIPT)
    await ends(stage, stage.tksk, referral, "cancelled")
    return referral


async def receipt_missing(stage: Stage) -> str:
    """5b. One receipt is missing: the data-protection officer hears of it, and it becomes a breach."""
    referral = await _withdrawn(stage, Service.KB_PASCASALIN)
    await stage.told(stage.dpo, referral, "reminded", timeout_seconds=60)
    await stage.told(stage.dpo, referral, "escalated", timeout_seconds=60)
    shown = await stage.dpo.show(referral)
    expect(shown["breach_at"], "the breach is on record")

    async def heard() -> bool:
        return any(message["referral"] == referral for message in await stage.dpo.inbox())

    await stage.until(heard, "the data-protection officer has a message")
    stage.watch("breach recorded, officer told")
    await stage.pkb.act(referral, Action.STOP_RECEIPT)
    await ends(stage, stage.tksk, referral, "cancelled")
    return referral


async def temporal_away(stage: Stage) -> str:
    """9. Temporal is away while people go on working: nothing is refused, and afterwards the clocks catch up."""
    assert stage.stack is not None, "this story takes a server away"
    sender, unit = stage.tksk, stage.pkb
    waiting = await stage.referred(sender, Service.PIK_R)
    await stage.becomes(unit, waiting, "offered")
    await stage.stack.hold_down("temporal")
    stage.watch(f"Temporal is down for {stage.outage_seconds:g} s")
    try:
        before = len(await sender.timeline(waiting))
        submitted = await stage.referred(sender, Service.BKR)
        await asyncio.sleep(stage.outage_seconds)  # the story itself: this is how long the outage lasts
        expect(len(await sender.timeline(waiting)) == before, "no clock rings while Temporal is away")
        await unit.act(waiting, Action.CLAIM)
        await unit.act(waiting, Action.ACCEPT)
        stage.watch("people worked on meanwhile")
    finally:
        await stage.stack.bring_up("temporal")
    await contacted(stage, waiting, unit)
    await served_and_confirmed(stage, waiting, sender, unit)
    await claimed_and_accepted(stage, submitted, unit)
    lines = await sender.timeline(submitted)
    expect(sum(line["fact"] == "reminded" for line in lines) <= 1, "one late reminder at most, no flood")
    await contacted(stage, submitted, unit)
    await served_and_confirmed(stage, submitted, sender, unit)
    return waiting
