"""The joint calendar: who sees which sessions, when somebody is busy, and the file that calendar programs read."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import text

from deploy.local.stack import Stack
from services.contracts.codes import Role
from services.contracts.ids import OfficerId
from services.referral.usecases import Record
from tests.unit.scenes import BKKBN_COORDINATOR, BKKBN_KAB, BKKBN_KAB_UNIT, PKB, TKSK, TKSK_SUPERVISOR
from tests.unit.scenes import officer as officer_of
from tests.workflow.record_api import RecordApi, record_api
from tests.workflow.test_speaking_record import _new_officer, agreed, day, done, time


@pytest.fixture
async def api(servers: Stack, record: Record) -> AsyncIterator[RecordApi]:
    async with record_api(servers, record) as running:
        yield running


async def _agreed(api: RecordApi, days: int, unit: str = BKKBN_KAB_UNIT, **fields: Any) -> dict[str, Any]:
    speaker = await _new_officer(api, unit)
    return await agreed(api, speaker=replace(BKKBN_KAB, officer=speaker), days=days, **fields)


def _span(api: RecordApi, days: int) -> dict[str, str]:
    """Return the query for the day that is *days* ahead."""
    at = day(api, days, 0)
    return {"from": at.isoformat(), "to": (at + timedelta(days=1)).isoformat()}


async def test_both_units_and_the_speakers_own_see_a_session_and_no_other_unit_does(api: RecordApi) -> None:
    request = await _agreed(api, 70, PKB.unit or "")
    seen = {}
    for who in (TKSK, BKKBN_KAB, PKB, officer_of("dinsos-35.15"), officer_of("bkkbn-35")):
        answer = await api.get("/calendar", who, **_span(api, 70))
        assert answer.status_code == 200, answer.text
        seen[who.unit] = [each["request"] for each in answer.json()["sessions"]]
    mine = [request["id"]]
    assert [*seen.values()] == [mine, mine, mine, [], []]
    below = await api.get("/calendar", BKKBN_COORDINATOR, **_span(api, 70), unit=str(PKB.unit))
    assert [each["request"] for each in below.json()["sessions"]] == mine
    joint = await api.get("/calendar", BKKBN_KAB, **_span(api, 70), region="35.15")
    assert [each["request"] for each in joint.json()["sessions"]] == mine
    assert (await api.get("/calendar", TKSK, **_span(api, 70), region="35.15")).json()["code"] == "auth.forbidden"
    refused = await api.get("/calendar", TKSK, **_span(api, 70), unit=BKKBN_KAB_UNIT)
    assert refused.json()["code"] == "auth.forbidden"


async def test_when_somebody_is_busy_is_told_in_one_piece_and_to_the_own_side_only(api: RecordApi) -> None:
    request = await _agreed(api, 71)
    answer = await api.get("/busy", BKKBN_KAB, **_span(api, 71), speaker=request["speaker"])
    (busy,) = answer.json()["busy"]
    assert (busy["starts_at"][11:16], busy["ends_at"][11:16]) == ("02:00", "04:00")
    stranger = await api.get("/busy", TKSK, **_span(api, 71), speaker=request["speaker"])
    assert stranger.json()["code"] == "speaking.speaker_unknown"


def _events(content: bytes) -> dict[str, Any]:
    return {str(event["uid"]): event for event in Calendar.from_ical(content).walk("VEVENT")}


async def _file(api: RecordApi, path: str) -> dict[str, Any]:
    answer = await api.http.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return _events(answer.content)


async def test_a_calendar_program_reads_sessions_and_what_becomes_of_them(api: RecordApi) -> None:
    request = await _agreed(api, 72)
    made = await api.post("/calendar-feeds", TKSK_SUPERVISOR, {"of": "unit"})
    path, uid = made.json()["path"], f"{request['id']}-1@nyekrup"
    before = (await _file(api, path))[uid]
    assert (before["status"], before["dtstart"].dt) == ("CONFIRMED", day(api, 72))
    assert request["number"] in before["summary"]
    assert "Aula asrama" not in before.to_ical().decode(), "what was said in words stays sealed"
    await done(api, BKKBN_KAB, request, "ask-move", session=1, time=time(day(api, 73)))
    await done(api, TKSK, request, "agree-move")
    moved = (await _file(api, path))[uid]
    assert (moved["dtstart"].dt, moved["sequence"] > before["sequence"]) == (day(api, 73), True)
    await done(api, TKSK, request, "cancel", reason="group_away")
    cancelled = (await _file(api, path))[uid]
    assert (cancelled["status"], cancelled["sequence"] > moved["sequence"]) == ("CANCELLED", True)


async def test_a_new_address_ends_the_one_before_and_a_revoked_one_shows_nothing(api: RecordApi) -> None:
    first = (await api.post("/calendar-feeds", TKSK, {"of": "me"})).json()["path"]
    second = (await api.post("/calendar-feeds", TKSK, {"of": "me"})).json()["path"]
    assert [(await api.http.get(path)).status_code for path in (first, second)] == [404, 200]
    assert "me" in {feed["of"] for feed in (await api.get("/calendar-feeds", TKSK)).json()}
    assert (await api.post("/calendar-feeds/revoke", TKSK, {"of": "me"})).status_code == 204
    assert (await api.http.get(second)).json()["code"] == "speaking.feed_unknown"
    assert (await api.post("/calendar-feeds", TKSK, {"of": "unit"})).json()["code"] == "auth.forbidden"


async def test_the_address_of_somebody_who_left_shows_nothing_and_no_table_holds_the_secret(api: RecordApi) -> None:
    leaver = replace(PKB, officer=OfficerId(await _new_officer(api, PKB.unit or "")), role=Role.OFFICER)
    path = (await api.post("/calendar-feeds", leaver, {"of": "me"})).json()["path"]
    assert (await api.http.get(path)).status_code == 200
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    async with api.record.database.begin() as tx:
        for table in ("calendar_feed", "idempotency"):
            query = text(f"SELECT count(*) FROM {table} AS t WHERE strpos(t::text, :secret) > 0")
            assert (await tx.execute(query, {"secret": secret})).scalar() == 0
        await tx.execute(text("UPDATE officer SET gone = true WHERE officer = :who"), {"who": leaver.officer})
    assert (await api.http.get(path)).status_code == 404
