"""The stories 1 to 4 and 6 to 8: people at work. Each returns the referral it was about."""

import asyncio

from services.cli.stories.people import NotDone, Person
from services.cli.stories.stage import Stage, expect
from services.contracts.codes import DeclineReason, Outcome, Service
from services.contracts.lifecycle import Action

TODAY = "2026-01-05"


async def claimed_and_accepted(stage: Stage, referral: str, unit: Person) -> None:
    """Let *unit* take the offer on."""
    await stage.becomes(unit, referral, "offered")
    await unit.act(referral, Action.CLAIM)
    await unit.act(referral, Action.ACCEPT)
    stage.watch("accepted")


async def contacted(stage: Stage, referral: str, unit: Person) -> None:
    await unit.act(referral, Action.CONTACT, on=TODAY)
    stage.watch("first contact")


async def served_and_confirmed(stage: Stage, referral: str, sender: Person, unit: Person) -> None:
    await unit.act(referral, Action.REPORT, outcome=Outcome.SERVED_FULL, on=TODAY, provider="TPK")
    stage.watch("reported served_full")
    await sender.act(referral, Action.CONFIRM)
    await ends(stage, sender, referral, "closed", Outcome.SERVED_FULL)


async def ends(stage: Stage, who: Person, referral: str, state: str, outcome: str | None = None) -> None:
    """Check where the story ended."""
    shown = await stage.becomes(who, referral, state)
    expect(shown["outcome"] == outcome, f"the outcome is {shown['outcome']}, not {outcome}")
    expect(not shown["clocks"], "clocks still run after the end")
    stage.watch(f"{state} {outcome or ''}".strip())


async def accompanied(stage: Stage) -> str:
    """1. A PKH family with a pregnant mother is accompanied by the village team."""
    sender, unit = stage.tksk, stage.pkb
    referral = await stage.referred(sender, Service.TPK_DAMPING)
    await claimed_and_accepted(stage, referral, unit)
    await contacted(stage, referral, unit)
    await unit.act(referral, Action.NOTE, text="Ibu dan keluarga dikunjungi di rumah.")
    await served_and_confirmed(stage, referral, sender, unit)
    return referral


async def rerouted_upward(stage: Stage) -> str:
    """2. The kecamatan cannot decide; the kab/kota takes it and proposes the family in SIKS-NG."""
    sender, kecamatan, kabkota = stage.pkb, stage.tksk, stage.dinsos_kab
    referral = await stage.referred(sender, Service.PKH)
    await stage.becomes(kecamatan, referral, "offered")
    await kecamatan.act(referral, Action.CLAIM)
    await kecamatan.act(referral, Action.DECLINE, reason=DeclineReason.WRONG_SERVICE)
    stage.watch("declined wrong_service")
    await claimed_and_accepted(stage, referral, kabkota)
    await contacted(stage, referral, kabkota)
    await kabkota.act(
        referral,
        Action.REPORT,
        outcome=Outcome.PROPOSED,
        on=TODAY,
        provider="Dinas Sosial",
        proposal_number="SIKS-99-0001",
    )
    await sender.act(referral, Action.CONFIRM)
    await ends(stage, sender, referral, "closed", Outcome.PROPOSED)
    return referral


async def nobody_answers(stage: Stage) -> str:
    """3. Nobody answers: two reminders, three rungs, expiry, and a second unit that does answer."""
    sender, kabkota = stage.tksk, stage.bkkbn_kab
    referral = await stage.referred(sender, Service.KIE)
    await stage.told(sender, referral, "reminded", count=2, timeout_seconds=40)
    await stage.told(sender, referral, "escalated", count=3, timeout_seconds=60)
    await stage.told(sender, referral, "expired", timeout_seconds=60)
    await claimed_and_accepted(stage, referral, kabkota)
    await contacted(stage, referral, kabkota)
    await served_and_confirmed(stage, referral, sender, kabkota)
    lines = await sender.timeline(referral)
    expect(lines[-1]["attempt"] == 2, "the second attempt is the one that was served")
    return referral


async def question_and_answer(stage: Stage) -> str:
    """4. A question and its answer; the time to decide stands still meanwhile."""
    sender, unit = stage.pkb, stage.tksk
    referral = await stage.referred(sender, Service.SEMBAKO)
    await stage.becomes(unit, referral, "offered")
    await unit.act(referral, Action.CLAIM)
    asked = await unit.act(referral, Action.ASK, text="Apakah kartu keluarga sudah diperbarui?")
    decide = next(clock for clock in asked["clocks"] if clock["clock"] == "decide")
    expect(decide["due_at"] is None, "the decide clock is paused while the question is open")
    answered = await sender.act(referral, Action.ANSWER, text="Sudah, bulan lalu.")
    expect(any(clock["clock"] == "decide" and clock["due_at"] for clock in answered["clocks"]), "decide runs again")
    stage.watch("asked and answered")
    await unit.act(referral, Action.ACCEPT)
    await contacted(stage, referral, unit)
    await served_and_confirmed(stage, referral, sender, unit)
    return referral


async def recalled(stage: Stage) -> str:
    """6a. Recalled after acceptance; the receiving unit agrees."""
    sender, unit = stage.tksk, stage.pkb
    referral = await stage.referred(sender, Service.BKB)
    await claimed_and_accepted(stage, referral, unit)
    await sender.act(referral, Action.RECALL, text="Keluarga sudah didampingi bidan desa.")
    await unit.act(referral, Action.CONFIRM_CANCEL)
    await ends(stage, sender, referral, "cancelled")
    return referral


async def recall_refused(stage: Stage) -> str:
    """6b. A recall that the receiving unit refuses; the service goes on."""
    sender, unit = stage.tksk, stage.pkb
    referral = await stage.referred(sender, Service.DASHAT)
    await claimed_and_accepted(stage, referral, unit)
    await contacted(stage, referral, unit)
    await sender.act(referral, Action.RECALL, text="Keluarga berubah pikiran.")
    await unit.act(referral, Action.REFUSE_CANCEL, text="Keluarga sudah ikut dan ingin lanjut.")
    stage.watch("recall refused")
    await served_and_confirmed(stage, referral, sender, unit)
    return referral


async def disputed(stage: Stage) -> str:
    """7. A disputed outcome goes back to service and is confirmed later."""
    sender, unit = stage.pkb, stage.tksk
    referral = await stage.referred(sender, Service.PBI_JK)
    await claimed_and_accepted(stage, referral, unit)
    await contacted(stage, referral, unit)
    await unit.act(referral, Action.REPORT, outcome=Outcome.SERVED_PARTLY, on=TODAY, provider="Puskesos")
    disputed_one = await sender.act(referral, Action.DISPUTE, text="Kartu belum aktif.")
    expect(disputed_one["state"] == "in_service", "a first dispute goes back to service")
    stage.watch("disputed")
    await served_and_confirmed(stage, referral, sender, unit)
    return referral


async def two_at_once(stage: Stage) -> str:
    """8. Two officers press accept at the same time: one wins, the other reads a clear sentence."""
    sender, one, other = stage.tksk, stage.pkb, stage.pkb_2
    referral = await stage.referred(sender, Service.YAN_KB)
    await stage.becomes(one, referral, "offered")
    claimed = await one.act(referral, Action.CLAIM)
    seen = claimed["acted_version"]
    pressed = await asyncio.gather(
        one.act(referral, Action.ACCEPT, seen=seen), other.act(referral, Action.ACCEPT, seen=seen),
        return_exceptions=True,
    )  # fmt: skip
    lost = [each for each in pressed if isinstance(each, NotDone)]
    expect(len(lost) == 1 and lost[0].code == "referral.changed", f"one wins and one is told: {pressed}")
    stage.watch(lost[0].detail)
    winner = one if isinstance(pressed[0], dict) else other
    await contacted(stage, referral, winner)
    await served_and_confirmed(stage, referral, sender, winner)
    return referral
