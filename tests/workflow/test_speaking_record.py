"""Requests for a speaker in the record: over HTTP, on a real PostgreSQL, with commands as a workflow gives them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from deploy.local.stack import Stack
from services.contracts.commands import Result, RouteQuestion
from services.contracts.events import OfficerLeft
from services.contracts.ids import OfficerId, RegionCode, SpeakerRequestId, UnitId
from services.contracts.speaking import commands
from services.contracts.speaking.lifecycle import SpeakerState
from services.contracts.speaking.snapshot import SpeakerSnapshot
from services.kit.database import Database
from services.kit.inbox import Received
from services.referral.handlers import Hears
from services.referral.speaking.activities import SpeakerCommands
from services.referral.usecases import Record
from services.registry.activities import nearest
from tests.unit.scenes import (
    BKKBN_KAB,
    BKKBN_KAB_UNIT,
    BKKBN_PROVINCE,
    OPERATOR,
    PKB,
    TKSK,
    TKSK_SUPERVISOR,
    VILLAGE,
)
from tests.unit.scenes import officer as officer_of
from tests.workflow.record_api import RecordApi, record_api

PROVINCE = officer_of("bkkbn-35")


@pytest.fixture
async def api(servers: Stack, record: Record) -> AsyncIterator[RecordApi]:
    async with record_api(servers, record) as running:
        yield running


def day(api: RecordApi, days: int, hour: int = 2) -> datetime:
    """Return a moment *days* ahead, at a full hour of UTC."""
    return (api.moment() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def time(starts_at: datetime, hours: int = 2) -> dict[str, str]:
    return {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=hours)).isoformat()}


def wanted(api: RecordApi, days: int = 30, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "topic": "genre",
        "when": {"times": [time(day(api, days))]},
        "group": {"15_19": 40},
        "place": "Aula asrama",
        **fields,
    }


async def asked(api: RecordApi, by: Any = TKSK, **fields: Any) -> dict[str, Any]:
    answer = await api.post("/speaker-requests", by, wanted(api, **fields))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def offered(api: RecordApi, request: dict[str, Any], unit: str = BKKBN_KAB_UNIT) -> SpeakerSnapshot:
    command = commands.SpeakerOffer(request_id=request["id"], version=request["version"], unit=unit)  # type: ignore[arg-type]
    answer = await SpeakerCommands(api.record).offer(command)
    assert answer.result is Result.APPLIED, answer
    assert answer.snapshot is not None
    return answer.snapshot


async def act(api: RecordApi, by: Any, request: dict[str, Any], action: str, **said: Any) -> httpx.Response:
    seen = (await api.get(f"/speaker-requests/{request['id']}", by)).json()
    body = {"expected_version": seen.get("acted_version", 0), **said}
    return await api.post(f"/speaker-requests/{request['id']}/{action}", by, body)


async def done(api: RecordApi, by: Any, request: dict[str, Any], action: str, **said: Any) -> dict[str, Any]:
    answer = await act(api, by, request, action, **said)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def agreed(api: RecordApi, speaker: Any = BKKBN_KAB, **fields: Any) -> dict[str, Any]:
    request = await asked(api, **fields)
    await offered(api, request)
    await done(api, BKKBN_KAB, request, "propose", speaker=str(speaker.officer))
    return await done(api, TKSK, request, "agree")


async def test_a_speaker_is_asked_for_proposed_and_agreed_and_the_session_is_reported(api: RecordApi) -> None:
    request = await agreed(api, speaker=PKB)
    assert (request["state"], request["speaker_unit"]) == ("agreed", PKB.unit)
    assert {each["clock"] for each in request["clocks"]} == {"week_before", "day_before", "session"}
    while (mark := (await newest(api, request)).next_mark) is not None and mark.clock != "report":
        api.moment.at = mark.at
        assert (await fire(api, request)).result is Result.APPLIED
    held = await done(api, TKSK, request, "report", session=1, attendance={"15_19": 35, "20_24": 2}, text="Ramai.")
    assert (held["state"], held["sessions_told"][0]["attendance"]) == ("reported", {"15_19": 35, "20_24": 2})
    assert (await done(api, PKB, request, "feedback", text="Peserta aktif."))["state"] == "held"
    story = (await api.get(f"/speaker-requests/{request['id']}/timeline", TKSK)).json()
    assert [line["fact"] for line in story if line["fact"] not in {"reminded", "escalated"}] == [
        *("requested", "offered", "proposed", "agreed", "announced", "announced", "session_over"),
        *("reported", "feedback_given"),
    ]
    assert story[-1]["said"] == {"text": "Peserta aktif."}


async def newest(api: RecordApi, request: dict[str, Any]) -> SpeakerSnapshot:
    by_id = commands.SpeakersByIds(ids=(SpeakerRequestId(UUID(request["id"])),))
    return (await SpeakerCommands(api.record).snapshots(by_id)).snapshots[0]


async def fire(api: RecordApi, request: dict[str, Any]) -> commands.SpeakerAnswer:
    now = await newest(api, request)
    assert now.next_mark is not None
    command = commands.SpeakerFireMark(
        request_id=now.request_id, version=now.version, clock=now.next_mark.clock, mark=now.next_mark.mark
    )
    return await SpeakerCommands(api.record).fire_mark(command)


async def test_strangers_do_not_learn_that_it_is_there_and_operators_read_no_words(api: RecordApi) -> None:
    request = await asked(api)
    address = f"/speaker-requests/{request['id']}"
    assert (await api.get(address, PROVINCE)).json()["code"] == "speaking.not_found"
    assert (await api.get(address, TKSK)).json()["details"]["place"] == "Aula asrama"
    assert (await api.get(address, OPERATOR)).json()["details"] is None
    read = (await api.get(f"{address}/readings", TKSK_SUPERVISOR)).json()["readings"]
    assert [line["staff_no"] for line in read] == [TKSK.staff_no]
    assert (await api.get(f"{address}/readings", TKSK)).json()["code"] == "auth.forbidden"


async def test_what_is_said_in_words_stands_in_no_event_and_in_no_column(api: RecordApi) -> None:
    request = await asked(api, topic="own", topic_text="Rahasia remaja", note="Rahasia remaja")
    async with api.record.database.read() as tx:
        for table in ("speaker_request", "speaker_line", "outbox"):
            found = (await tx.execute(text(f"SELECT count(*) FROM {table} AS t WHERE t::text ~ 'Rahasia'"))).scalar()
            assert found == 0
        bodies = (await tx.execute(text("SELECT body FROM outbox WHERE aggregate = :id"), {"id": request["id"]})).all()
    assert bodies
    assert not any(b"Rahasia" in bytes(row.body) for row in bodies)


async def test_asked_twice_it_is_one_and_another_topic_under_its_id_is_refused(api: RecordApi) -> None:
    body = wanted(api)
    first, again = [await api.post("/speaker-requests", TKSK, body) for _ in range(2)]
    assert first.json()["number"] == again.json()["number"]
    other = await api.post("/speaker-requests", TKSK, {**body, "topic": "parenting"})
    assert other.json()["code"] == "speaking.exists"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"topic": "own"}, "speaking.topic_needed"),
        ({"group": {"15_19": 0}}, "speaking.group_empty"),
        ({"days": -3}, "speaking.time_past"),
        ({"room": str(uuid4())}, "speaking.room_unknown"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused(api: RecordApi, fields: dict[str, Any], code: str) -> None:
    answer = await api.post("/speaker-requests", TKSK, wanted(api, **fields))
    assert answer.json()["code"] == code


async def test_a_speaker_is_of_the_asked_unit_or_below_it(api: RecordApi) -> None:
    request = await asked(api)
    await offered(api, request)
    refused = await act(api, BKKBN_KAB, request, "propose", speaker=str(PROVINCE.officer))
    assert refused.json()["code"] == "speaking.speaker_unknown"


async def test_two_proposals_at_once_never_hold_the_same_speaker(api: RecordApi) -> None:
    speaker = await _new_officer(api)
    requests = [await asked(api, days=40) for _ in range(6)]
    for request in requests:
        await offered(api, request)
    answers = await asyncio.gather(
        *(act(api, BKKBN_KAB, request, "propose", speaker=str(speaker)) for request in requests)
    )
    refused = [answer.json() for answer in answers if answer.status_code != 200]
    assert len(refused) == 5
    assert {problem["code"] for problem in refused} == {"speaking.speaker_taken"}
    assert "pukul 09.00 WIB" in refused[0]["detail"]
    async with api.record.database.read() as tx:
        held = (await tx.execute(text("SELECT count(*) FROM booking WHERE what = :who"), {"who": speaker})).scalar()
    assert held == 8


async def _new_officer(api: RecordApi, unit: str = BKKBN_KAB_UNIT) -> OfficerId:
    officer = OfficerId(uuid4())
    async with api.record.database.begin() as tx:
        new = {"officer": officer, "unit": unit}
        await tx.execute(text("INSERT INTO officer VALUES (:officer, 1, :unit, 'officer', false)"), new)
    return officer


async def test_a_room_is_given_once_and_given_back_with_the_proposal(api: RecordApi) -> None:
    room = {"title": "Aula", "seats": 60}
    kept = await api.send("PUT", f"/rooms/{uuid4()}", TKSK_SUPERVISOR, room)
    assert kept.status_code == 200, kept.text
    chosen = kept.json()["id"]
    assert (await api.send("PUT", f"/rooms/{uuid4()}", TKSK, room)).json()["code"] == "auth.forbidden"
    first, second = [await asked(api, days=50, room=chosen, place=None) for _ in range(2)]
    for request in (first, second):
        await offered(api, request)
    one, two = await _new_officer(api), await _new_officer(api)
    await done(api, BKKBN_KAB, first, "propose", speaker=str(one))
    refused = await act(api, BKKBN_KAB, second, "propose", speaker=str(two))
    assert refused.json()["code"] == "speaking.room_taken"
    await done(api, BKKBN_KAB, first, "retract")
    taken = await done(api, BKKBN_KAB, second, "propose", speaker=str(two))
    assert (taken["state"], taken["room_title"]) == ("proposed", "Aula")


async def test_a_speaker_who_leaves_is_to_be_replaced(api: RecordApi) -> None:
    speaker = await _new_officer(api)
    request = await agreed(api, speaker=replace(BKKBN_KAB, officer=speaker), days=60)
    left = OfficerLeft(version=2, officer=speaker, unit=BKKBN_KAB_UNIT)
    async with api.record.database.begin() as tx:
        await Hears(api.record)._departure(Received(uuid4(), uuid4(), left), tx)
    now = await newest(api, request)
    assert (now.state, now.speaker, now.reason) == (SpeakerState.AGREED, None, "speaker_left")
    assert "replace" in {clock.clock for clock in now.clocks}


async def test_when_no_unit_is_left_who_asks_finds_it_in_the_queue_and_gives_up(api: RecordApi) -> None:
    request = await asked(api, days=35)
    command = commands.SpeakerOffer(request_id=request["id"], version=1, unit=None)
    assert (await SpeakerCommands(api.record).offer(command)).result is Result.APPLIED
    assert (await SpeakerCommands(api.record).offer(command)).result is Result.STALE
    mine = (await api.get("/speaker-requests/queues/mine", TKSK)).json()["requests"]
    assert request["id"] in {each["id"] for each in mine}
    counts = (await api.get("/speaker-requests/queues", TKSK)).json()["counts"]
    assert counts["mine"] >= 1
    ended = await done(api, TKSK, request, "withdraw", reason="no_speaker_found")
    assert (ended["state"], ended["not_held"]) == ("not_held", "no_speaker")
    assert (await api.get("/speaker-requests", TKSK, number=request["number"])).json()["requests"][0]["id"]


async def test_a_unit_that_declined_is_not_asked_again_and_the_province_is(api: RecordApi) -> None:
    request = await asked(api)
    await offered(api, request)
    declined = await done(api, BKKBN_KAB, request, "decline", reason="no_speaker")
    again = commands.SpeakerOffer(request_id=request["id"], version=declined["version"], unit=BKKBN_KAB_UNIT)  # type: ignore[arg-type]
    snapshot = await newest(api, request)
    assert snapshot.not_to_ask == (TKSK.unit, BKKBN_KAB_UNIT)
    assert (await offered(api, declined, BKKBN_PROVINCE)).unit_to == BKKBN_PROVINCE
    assert (await SpeakerCommands(api.record).offer(again)).result is Result.STALE


async def test_the_books_read_live_ids_page_by_page(api: RecordApi) -> None:
    ids = {UUID((await asked(api))["id"]) for _ in range(3)}
    found: set[UUID] = set()
    last = None
    while True:
        page = await SpeakerCommands(api.record).live_page(commands.SpeakerLivePage(after=last, limit=2))
        found |= set(page.ids)
        if (last := page.last) is None:
            break
    assert ids <= found


async def test_what_was_asked_for_is_open_held_or_not_held_for_a_reason(api: RecordApi) -> None:
    since = api.moment()
    await asked(api)
    for reason in ("no_speaker_found", "entered_in_error"):
        await done(api, TKSK, await asked(api), "withdraw", reason=reason)
    api.moment.at = since + timedelta(hours=1)
    span = {"from": since.isoformat(), "to": api.moment().isoformat()}
    found = (await api.get("/speaker-requests/books", OPERATOR, **span)).json()
    (line,) = [each for each in found["lines"] if (each["agency"], each["area"]) == ("dinsos", "35.15")]
    assert found["balanced"]
    assert (line["requested"], line["held"], line["not_held"]) == (3, 0, {"no_speaker": 1, "entered_in_error": 1})
    assert line["open_after"] == line["open_before"] + 1


async def test_a_referral_says_that_it_arose_from_a_session(api: RecordApi) -> None:
    speaker = await _new_officer(api)
    request = await agreed(api, speaker=replace(BKKBN_KAB, officer=speaker), days=3)
    draft = {"service": "TPK-DAMPING", "draft": {"basis": "public_task"}, "arose_from": request["id"]}
    ids = [{"id": str(uuid4()), "family": str(uuid4())} for _ in range(2)]
    early = await api.post("/referrals", TKSK, {**draft, **ids[0]})
    assert early.json()["code"] == "speaking.arose_unknown"
    async with api.record.database.read() as tx:
        noted = await tx.execute(text("SELECT code FROM refusal WHERE referral = :id"), {"id": ids[0]["id"]})
        assert noted.scalars().all() == ["speaking.arose_unknown"], "a refusal leaves its line, whichever rule said no"
    while (await newest(api, request)).state is SpeakerState.AGREED:
        mark = (await newest(api, request)).next_mark
        assert mark is not None
        api.moment.at = mark.at
        await fire(api, request)
    made = await api.post("/referrals", TKSK, {**draft, **ids[1]})
    assert (made.status_code, made.json()["arose_from"]) == (201, request["id"]), made.text
    assert (await api.get(f"/speaker-requests/{request['id']}", TKSK)).json()["arose"] == 1


async def test_a_speaker_is_not_asked_for_one_family(api: RecordApi) -> None:
    body = {"id": str(uuid4()), "family": str(uuid4()), "service": "NARASUMBER", "draft": {"basis": "public_task"}}
    assert (await api.post("/referrals", TKSK, body)).json()["code"] == "referral.service_for_groups"


async def test_what_a_session_was_stays_in_the_calendar_when_its_unit_gives_back(api: RecordApi) -> None:
    request = await agreed(api, speaker=PKB, days=80)
    given = await done(api, BKKBN_KAB, request, "give-back", reason="speaker_ill")
    assert (given["state"], given["speaker"]) == ("seeking", None)
    span = {"from": day(api, 80, 0).isoformat(), "to": day(api, 81, 0).isoformat()}
    (shown,) = (await api.get("/calendar", PKB, **span)).json()["sessions"]
    assert (shown["status"], shown["speaker"], shown["unit_to"]) == ("cancelled", str(PKB.officer), BKKBN_KAB_UNIT)


async def test_a_member_of_a_village_team_sees_what_she_asked_for(api: RecordApi) -> None:
    member = replace(TKSK, officer=OfficerId(uuid4()), village=VILLAGE)
    request = await asked(api, by=member)
    assert (await api.get(f"/speaker-requests/{request['id']}", member)).json()["allowed"] == ["change", "withdraw"]


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("when", {"times": [{"starts_at": "2027-03-01T02:05:00Z", "ends_at": "2027-03-01T03:00:00Z"}]}),
        ("when", {"times": [{"starts_at": "2027-03-01T04:00:00Z", "ends_at": "2027-03-01T03:00:00Z"}]}),
        ("when", {"times": []}),
        ("when", {"series": {"first": {"starts_at": "9999-12-30T02:00:00Z", "ends_at": "9999-12-30T03:00:00Z"},
                             "every_days": 92, "times": 26}}),
        ("group", {"all": 3}),
    ],
)  # fmt: skip
async def test_a_body_that_makes_no_sense_says_where(api: RecordApi, what: str, wrong: Any) -> None:
    answer = await api.post("/speaker-requests", TKSK, wanted(api, **{what: wrong}))
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


async def test_of_two_who_act_at_once_one_reads_what_the_other_did(api: RecordApi) -> None:
    request = await asked(api)
    await offered(api, request)
    speakers = [str(await _new_officer(api)) for _ in range(2)]
    address = f"/speaker-requests/{request['id']}/propose"
    both = await asyncio.gather(
        *(api.post(address, BKKBN_KAB, {"expected_version": 2, "speaker": each}) for each in speakers)
    )
    assert sorted(answer.status_code for answer in both) == [200, 409]
    assert {answer.json().get("code") for answer in both} >= {"speaking.changed"}


async def test_an_institution_asks_the_opd_kb_where_its_house_stands_and_then_the_province(
    registry_database: Database,
) -> None:
    found: list[UnitId] = []
    for _ in range(3):
        question = RouteQuestion(
            referral_id=uuid4(),  # type: ignore[arg-type]
            agency=SpeakerSnapshot.agency_to,
            service=SpeakerSnapshot.service,
            region=RegionCode("35.17"),
            excluded=tuple(found),
        )
        route = await nearest(registry_database, question, datetime.now(UTC))
        found += [route.unit] if route.unit else []
    assert found == ["bkkbn-35.17", "bkkbn-35"]


async def test_two_requests_that_swap_their_speakers_at_once_do_not_block_each_other(api: RecordApi) -> None:
    one, two = await _new_officer(api), await _new_officer(api)
    first, second = [await agreed(api, speaker=replace(BKKBN_KAB, officer=who), days=90) for who in (one, two)]
    answers = await asyncio.gather(
        act(api, BKKBN_KAB, first, "change-speaker", speaker=str(two)),
        act(api, BKKBN_KAB, second, "change-speaker", speaker=str(one)),
    )
    assert {answer.json()["code"] for answer in answers} == {"speaking.speaker_taken"}
