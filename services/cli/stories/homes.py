"""The stories 10 and 11: places in an institution, given in turn, and the way home."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from services.cli.stories.people import Person
from services.cli.stories.plays import TODAY, claimed_and_accepted, contacted, ends
from services.cli.stories.stage import Stage, expect
from services.contracts.codes import Outcome, Service
from services.contracts.lifecycle import Action

HOUSE = "upt-psbr-jombang"
PSBR = Service.UPT_PSBR


def a_youth() -> dict[str, Any]:
    """Return what the entry rules of a PSBR ask of somebody who meets them."""
    return {
        "birth_date": f"{date.today().year - 18}-01-01",
        "marital_status": "unmarried",
        "schooling": "dropped_out",
        "recommendation_number": "460/12/2026",
        "recommendation_on": TODAY,
    }


async def studied(stage: Stage) -> str:
    """Let the PKB refer a youth, the supervisor offer that to the institution, and the institution study it."""
    referral = await stage.referred(stage.pkb, PSBR, draft={"applicant": a_youth()})
    await stage.becomes(stage.pkb, referral, "triage")
    await stage.pkb_supervisor.act(referral, Action.OFFER, unit=HOUSE)
    await stage.upt.act(referral, Action.CLAIM)
    return referral


async def one_place(stage: Stage) -> str:
    """Return an intake that takes applications now and has one place left."""
    today, lead = date.today(), stage.upt_supervisor
    url = f"{lead.addresses.referral}/intakes"
    days = {
        "opens_on": today - timedelta(days=30), "closes_on": today + timedelta(days=30),
        "starts_on": today + timedelta(days=60),
    }  # fmt: skip
    known = (await lead.get(url, unit=HOUSE, service=PSBR))["intakes"]
    if open_now := [each for each in known if each["opens_on"] <= str(today) <= each["closes_on"]]:
        kept = {name: open_now[0][name] for name in days}
        await lead.put(f"{url}/{open_now[0]['id']}", {**kept, "places": open_now[0]["taken"] + 1})
        return str(open_now[0]["id"])
    body = {"id": str(uuid4()), "unit": HOUSE, "service": PSBR, "places": 1}
    made = await lead.post(url, body | {name: str(day) for name, day in days.items()})
    return str(made["id"])


async def more_than_places(stage: Stage) -> str:
    """10. An intake has more applicants than places: they wait in turn, and a refused place is passed on."""
    intake = await one_place(stage)
    first, second, third = waiting = [await studied(stage) for _ in range(3)]
    for referral in waiting:
        await stage.upt.act(referral, Action.ENLIST, intake=intake)
    turns = [(await stage.pkb.show(referral))["place"]["position"] for referral in waiting]
    stage.watch(f"on the list, numbers {', '.join(map(str, turns))}")
    expect(turns == sorted(turns), "they stand in the order in which they came")
    await stage.upt_supervisor.act(first, Action.OFFER_PLACE)
    await stage.pkb.act(first, Action.REFUSE_PLACE, reason="not_now", text="Menunggu kakaknya menikah.")
    await stage.becomes(stage.pkb, second, "place_offered")
    stage.watch("refused for now, and passed on to the next")
    await stage.pkb.act(second, Action.TAKE_PLACE)
    expect((await stage.pkb.show(first))["place"]["position"] > (await stage.pkb.show(third))["place"]["position"],
           "whoever could not come now waits behind the others")  # fmt: skip
    for referral in (first, third):
        await stage.pkb.act(referral, Action.RECALL, text="Keluarga memilih kursus di desa.")
    await stage.becomes(stage.pkb, second, "accepted")
    return second


async def goes_home(stage: Stage) -> str:
    """11. A client goes home: both desks of the kecamatan have to report the first contact."""
    stay = await studied(stage)
    await stage.upt.act(stay, Action.ENLIST)
    await stage.upt_supervisor.act(stay, Action.OFFER_PLACE)
    await stage.pkb.act(stay, Action.TAKE_PLACE)
    await contacted(stage, stay, stage.upt)
    reported = await stage.upt.act(
        stay, Action.REPORT, outcome=Outcome.SERVED_FULL, on=TODAY, provider="UPT PSBR Jombang"
    )
    for half, desk in zip(reported["way_home"]["pair"], (stage.tksk, stage.pkb), strict=True):
        await _looked_after(stage, half["referral"], desk)
    pair = (await stage.upt.show(stay))["way_home"]["pair"]
    expect(all(half["in_time"] for half in pair), "both were contacted in time")
    stage.watch("both desks have met the client")
    await stage.pkb.act(stay, Action.CONFIRM)
    await ends(stage, stage.pkb, stay, "closed", Outcome.SERVED_FULL)
    return stay


async def _looked_after(stage: Stage, referral: str, desk: Person) -> None:
    await claimed_and_accepted(stage, referral, desk)
    await contacted(stage, referral, desk)
