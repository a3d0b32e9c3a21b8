"""The joint report counts what happened in its quarter, each kind of work by its own rule."""

from datetime import date, datetime
from typing import Any

from services.contracts.ids import ReferralId
from services.contracts.lifecycle import State
from services.contracts.wib import WIB
from services.referral import orders
from services.referral.joint_report import joint_report
from services.referral.quarters import Quarter
from services.referral.usecases import Record
from tests.unit.scenes import PKB, TKSK
from tests.workflow.clocked import Clocked
from tests.workflow.placing import an_intake, enlisted, today_of
from tests.workflow.record_api import RecordApi
from tests.workflow.test_speaking_record import agreed, api, asked, done, fire, newest
from tests.workflow.test_way_home import _leaves, _lives_there, _pair

__all__ = ["api"]


async def _reported(record: Record, on: date, now: datetime) -> dict[str, Any]:
    async with record.database.view() as tx:
        return await joint_report(tx, "35.15", Quarter.of(on), now=now)


def _more(after: dict[str, Any], before: dict[str, Any], kind: str) -> dict[str, int]:
    """Return what *kind* counts now and did not before."""
    counted = (
        (name, number - before["all"][kind][name]) for name, number in after["all"][kind].items() if name != "people"
    )
    return {name: number for name, number in counted if number}


async def test_places_and_after_care_are_counted_where_the_family_lives(play: Clocked) -> None:
    now = await play.tick()
    today = now.astimezone(WIB).date()
    before = await _reported(play.record, today, now)
    await enlisted(play, await an_intake(play, places=1), 2)
    stay = await _lives_there(play)
    await _leaves(play, stay)
    now = await play.tick()
    after = await _reported(play.record, today, now)
    assert _more(after, before, "placements") == {"applied": 3, "entered": 1, "waiting": 2}
    assert _more(after, before, "after_care") == {"opened": 2}
    care = next(each for each in await _pair(play, stay) if each["service"] == "AFTER-CARE")
    referral = ReferralId(care["referral"])  # type: ignore[arg-type]
    await play.signal((await play.now(referral)).snapshot())
    await play.until(referral, lambda each: each.state is State.OFFERED)
    for order in (orders.Claim(), orders.Accept(), orders.Contact(on=today_of(await play.tick()))):
        await play.acts(referral, TKSK, order)
    met = await _reported(play.record, today, await play.tick())
    assert _more(met, before, "after_care") == {"opened": 2, "contacted": 1, "in_time": 1}
    assert met["all"] == {**met["areas"][0], "area": "35.15"}
    earlier = await _reported(play.record, Quarter.of(today).before.first, await play.tick())
    assert not any(earlier["all"]["after_care"].values())


async def test_speakers_are_counted_by_what_became_of_them_and_whom_they_reached(api: RecordApi) -> None:
    before = await _reported(api.record, api.moment().astimezone(WIB).date(), api.moment())
    await asked(api)
    await done(api, TKSK, await asked(api), "withdraw", reason="no_longer_needed")
    here = await _reported(api.record, api.moment().astimezone(WIB).date(), api.moment())
    assert _more(here, before, "speaking") == {"asked": 2, "not_held": 1, "open": 1}
    request = await agreed(api, speaker=PKB)
    while (mark := (await newest(api, request)).next_mark) is not None and mark.clock != "report":
        api.moment.at = mark.at
        await fire(api, request)
    then = api.moment().astimezone(WIB).date()
    unheard = await _reported(api.record, then, api.moment())
    await done(api, TKSK, request, "report", session=1, attendance={"15_19": 35, "20_24": 2})
    await done(api, PKB, request, "feedback", text="Peserta aktif.")
    heard = await _reported(api.record, then, api.moment())
    assert _more(heard, unheard, "speaking") == {"held": 1, "open": -1, "sessions": 1, "reached": 37}
    people = {
        age: number - unheard["all"]["speaking"]["people"].get(age, 0)
        for age, number in heard["all"]["speaking"]["people"].items()
    }
    assert {age: number for age, number in people.items() if number} == {"15_19": 35, "20_24": 2}
