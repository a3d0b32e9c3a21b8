"""The stories 12 to 15: a unit asks for a speaker. Each returns the request it was about."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.cli.stories.people import NotDone, Person
from services.cli.stories.stage import Stage, expect
from services.contracts.speaking.codes import CancelReason, Topic
from services.contracts.speaking.lifecycle import SpeakerAction as Action

GROUP = {"15_19": 30, "20_24": 6}


def in_days(days: int, *, hours: int = 2) -> dict[str, str]:
    """Return a time *days* ahead, from 09:00 WIB on."""
    begin = (datetime.now(UTC) + timedelta(days=days)).replace(hour=2, minute=0, second=0, microsecond=0)
    return {"starts_at": begin.isoformat(), "ends_at": (begin + timedelta(hours=hours)).isoformat()}


async def asked(stage: Stage, who: Person, when: dict[str, Any]) -> str:
    """Let *who* ask for a speaker; return the request's id."""
    body = {"id": str(uuid4()), "topic": Topic.GENRE, "when": when, "group": GROUP, "place": "Aula asrama"}
    request = await who.post(f"{who.addresses.referral}/speaker-requests", body)
    stage.watch(f"{request['number']} asked for")
    return str(request["id"])


async def shown(who: Person, request: str) -> dict[str, Any]:
    answer: dict[str, Any] = await who.get(f"{who.addresses.referral}/speaker-requests/{request}")
    return answer


async def timeline(who: Person, request: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = await who.get(f"{who.addresses.referral}/speaker-requests/{request}/timeline")
    return lines


async def act(who: Person, request: str, action: Action, **order: Any) -> dict[str, Any]:
    """Do *action* on the newest version."""
    seen = (await shown(who, request))["acted_version"]
    url = f"{who.addresses.referral}/speaker-requests/{request}/{action.value.replace('_', '-')}"
    answer: dict[str, Any] = await who.post(url, {"expected_version": seen, **order})
    return answer


async def offered_to(stage: Stage, unit: Person, request: str, *, timeout_seconds: float = 30) -> None:
    """Wait until the unit of *unit* is asked."""

    async def there() -> bool:
        try:
            seen = await shown(unit, request)  # who leads above the asked unit sees it as well
            return (seen["state"], seen["unit_to"]) == ("offered", unit.unit)
        except NotDone as refused:
            if refused.code == "speaking.not_found":
                return False  # a unit sees it only once it was asked
            raise

    await stage.until(there, f"{unit.unit} is asked", timeout_seconds=timeout_seconds)
    stage.watch(f"{unit.unit} is asked")


async def agreed(stage: Stage, asker: Person, unit: Person, request: str) -> dict[str, Any]:
    """Let *unit* propose one of its own, and *asker* agree."""
    await offered_to(stage, unit, request)
    await act(unit, request, Action.PROPOSE, speaker=unit.officer["id"])
    stage.watch("a speaker is proposed")
    return await act(asker, request, Action.AGREE)


async def other_times(stage: Stage) -> str:
    """12. A speaker is proposed, other times are asked for, and they are agreed."""
    asker, unit = stage.tksk, stage.bkkbn_kab
    request = await asked(stage, asker, {"times": [in_days(30)]})
    await offered_to(stage, unit, request)
    await act(unit, request, Action.PROPOSE, speaker=unit.officer["id"])
    await act(asker, request, Action.COUNTER, when={"times": [in_days(33)]})
    stage.watch("other times are asked for")
    last = await act(unit, request, Action.AGREE)
    expect(last["state"] == "agreed", f"it is {last['state']}, not agreed")
    awaited = {clock["clock"] for clock in last["clocks"]}
    expect({"week_before", "day_before", "session"} <= awaited, f"only {awaited} is waited for")
    stage.watch("agreed, to be reminded of a week and a day before")
    return request


async def province_finds_one(stage: Stage) -> str:
    """13. The kabupaten does not answer in time; the province finds a speaker."""
    asker, province = stage.dinsos_kab, stage.bkkbn_province_coordinator
    request = await asked(stage, asker, {"times": [in_days(40)]})
    await offered_to(stage, stage.bkkbn_kab, request)
    await offered_to(stage, province, request, timeout_seconds=90)
    facts = [line["fact"] for line in await timeline(asker, request)]
    expect({"reminded", "escalated", "expired"} <= {*facts}, "the silent unit and its leaders were told")
    last = await agreed(stage, asker, province, request)
    expect((last["state"], last["unit_to"]) == ("agreed", province.unit), "the province sends a speaker")
    stage.watch("agreed with the province")
    return request


async def cancelled_with_notice(stage: Stage) -> str:
    """14. What was agreed is cancelled in time."""
    asker, unit = stage.tksk, stage.bkkbn_kab
    request = await asked(stage, asker, {"times": [in_days(50)]})
    await agreed(stage, asker, unit, request)
    last = await act(asker, request, Action.CANCEL, reason=CancelReason.GROUP_AWAY)
    expect((last["state"], last["not_held"]) == ("not_held", "cancelled_by_asker"), "it ended by who asked")
    expect(not last["short_notice"] and not last["clocks"], "in time, and nothing is waited for any more")
    stage.watch("not held: cancelled by who asked")
    return request


async def one_of_a_series_moved(stage: Stage) -> str:
    """15. Every second week, six times; one session is moved."""
    asker, unit = stage.tksk, stage.bkkbn_kab
    request = await asked(stage, asker, {"series": {"first": in_days(60), "every_days": 14, "times": 6}})
    before = await agreed(stage, asker, unit, request)
    await act(unit, request, Action.ASK_MOVE, session=3, time=in_days(90))
    stage.watch("the third session is to be moved")
    after = await act(asker, request, Action.AGREE_MOVE)
    moved = [old["no"] for old, new in zip(before["sessions_told"], after["sessions_told"], strict=True) if old != new]
    expect(moved == [3], f"{moved} were moved")
    stage.watch("agreed: one of six is moved")
    return request
