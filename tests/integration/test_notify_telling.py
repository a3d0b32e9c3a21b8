"""Events become messages: for the right people, once each, whatever the order; on real servers, with a real process."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import psycopg
import pytest_asyncio

from services.contracts.codes import ClockName, Mark, ParkReason, Priority, Role
from services.contracts.lifecycle import State
from services.contracts.snapshot import Due, Recipient
from services.notify.tables import MessageRow, OfficerRow, SeenRow, UnitRow
from tests.integration.notify_fixtures import Mailbox, Person, World, again, empty_mailbox, until, world

__all__ = ["empty_mailbox", "world"]

STOP_DUE = Due(clock=ClockName.STOP, due_at=datetime(2026, 11, 27, 9, tzinfo=UTC))


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def day(world: World) -> AsyncIterator[None]:
    """It is ten in the morning."""
    async with world.notify():
        yield


async def test_an_offer_reaches_the_receiving_unit_in_the_app_and_by_mail_and_nobody_else(
    world: World, empty_mailbox: Mailbox
) -> None:
    desks = await world.desks(receiving=("budi", "chief"))
    (event,) = await world.tell(world.fact("offered", world.referral(desks)))
    rows = await world.of(event)
    assert {(row["officer"], row["channel"]) for row in rows} == {
        (person.id, channel) for person in (desks.budi, desks.chief) for channel in ("app", "mail")
    }
    await until(lambda: _mails(empty_mailbox, 2))
    mail = empty_mailbox.to(desks.budi)[0]
    assert "Desa Lebo" in mail.get_content()
    assert "Selasa 24 November 2026 pukul 16.00 WIB" in mail.get_content()
    rows = await until(lambda: world.of(event, channel="mail", status="sent"))
    assert rows[0]["receipt"] == "250 kept"


async def test_a_colleague_who_came_before_the_offer_hears_of_it_however_slowly_the_directory_is_read(
    world: World,
) -> None:
    desks = await world.desks()
    async with await psycopg.AsyncConnection.connect(world.stack.servers.database_url("notify")) as slow:
        await slow.execute("LOCK TABLE officer IN EXCLUSIVE MODE")
        clara = await world.hire(desks.receiving, "clara")
        (event,) = await world.publish(world.fact("offered", world.referral(desks)))
        await until(lambda: world.read_all("referral"))
    await world.settled()
    assert {row["officer"] for row in await world.of(event)} == {desks.budi.id, clara.id}
    await until(lambda: _nothing_unsent(world))


async def test_the_same_events_twice_and_shuffled_make_each_message_once(world: World, empty_mailbox: Mailbox) -> None:
    desks = await world.desks()
    facts = ("offered", "claimed", "asked", "answered", "accepted", "contacted", "reported", "confirmed")
    snapshot = world.referral(desks)
    events = [
        world.fact(fact, snapshot.model_copy(update={"version": number, "state": State.IN_SERVICE}))
        for number, fact in enumerate(facts, 3)
    ]
    ids = [uuid4() for _ in events]
    twice = [*zip(ids, events, strict=True)] * 2
    random.Random(7).shuffle(twice)
    await world.publish(*(event for _, event in twice), ids=[event_id for event_id, _ in twice])
    await world.settled()
    rows = [row for event_id in ids for row in await world.of(event_id)]
    assert len(rows) == 2 * len(facts)
    await until(lambda: _mails(empty_mailbox, len(facts)))
    keys = [mail["Message-ID"] for mail in empty_mailbox.mails]
    assert len(set(keys)) == len(keys) == len(facts)
    await until(lambda: _nothing_unsent(world))
    assert len(empty_mailbox.mails) == len(facts)


async def test_a_reminder_that_comes_after_the_thing_was_done_is_not_told(world: World) -> None:
    desks = await world.desks()
    told = (Recipient(unit=desks.receiving),)
    offered = world.referral(desks, version=4)
    claimed = offered.model_copy(update={"version": 5, "state": State.RECEIVED, "clocks": ()})
    reminder = world.fact("reminded", offered, told=told, clock=ClockName.ACKNOWLEDGE, mark=Mark.HALF)
    _, late = await world.tell(world.fact("claimed", claimed), reminder)
    assert await world.of(late) == []


async def test_a_late_answer_is_told_even_when_the_referral_is_closed(world: World) -> None:
    desks = await world.desks()
    closed = world.referral(desks, version=9, state=State.CLOSED, clocks=())
    answered = closed.model_copy(update={"version": 6, "state": State.RECEIVED})
    _, late = await world.tell(world.fact("confirmed", closed), world.fact("answered", answered))
    assert [row["officer"] for row in await world.of(late, channel="app")] == [desks.budi.id]


async def test_an_escalation_goes_to_exactly_those_it_names(world: World) -> None:
    desks = await world.desks(receiving=("budi", "chief"))
    told = (Recipient(unit=desks.receiving, role=Role.SUPERVISOR),)
    event = world.fact("escalated", world.referral(desks), told=told, clock=ClockName.ACKNOWLEDGE, mark=Mark.DUE)
    (event_id,) = await world.tell(event)
    assert {row["officer"] for row in await world.of(event_id)} == {desks.chief.id}


async def test_a_vacant_desk_goes_to_anybody_of_the_unit_and_an_empty_unit_to_the_operators_list(world: World) -> None:
    desks = await world.desks(sending=("anna", "ops"))
    supervisor = Recipient(unit=desks.receiving, role=Role.SUPERVISOR)
    nobody = Recipient(unit="bkkbn-empty", role=Role.SUPERVISOR)
    event = world.fact("escalated", world.referral(desks), told=(supervisor, nobody), clock=ClockName.ACKNOWLEDGE)
    (event_id,) = await world.tell(event)
    rows = await world.of(event_id, channel="app")
    assert {(row["officer"], row["status"]) for row in rows} == {(desks.budi.id, "sent"), (None, "undeliverable")}
    async with world.screen(desks.ops) as screen:
        listed = (await screen.get("/messages", params={"status": "undeliverable"})).json()["messages"]
        mine = next(each for each in listed if each["event"] == str(event_id))
        assert (mine["unit"], mine["role"], mine["why"]) == ("bkkbn-empty", "supervisor", "nobody_there")
        still = await screen.post(f"/messages/{mine['id']}/retry", headers=again())
        assert still.json()["status"] == "undeliverable"
        await world.hire("bkkbn-empty", "cici")
        await world.settled()  # somebody came: nobody has to ask
        assert (await screen.get("/messages", params={"status": "undeliverable"})).json()["messages"] == []
    assert len(await world.of(event_id, unit="bkkbn-empty", channel="app", status="sent")) == 1


async def test_a_case_that_waits_for_the_supervisor_is_told_to_the_one_above_where_there_is_none(world: World) -> None:
    desks = await world.desks()
    await world.publish(world.unit("dinsos-above"), world.unit(desks.sending, version=2, parent="dinsos-above"))
    above = await world.hire("dinsos-above", "chief")
    await world.settled()
    parked = world.referral(desks, state=State.TRIAGE, unit_to=None, parked=ParkReason.NO_UNIT, clocks=())
    submitted = world.referral(desks, state=State.TRIAGE, unit_to=None, parked=ParkReason.SCARCE_SERVICE, clocks=())
    clear = world.referral(desks, state=State.TRIAGE, unit_to=None, clocks=())
    events = [world.fact("parked", parked), world.fact("submitted", submitted), world.fact("submitted", clear)]
    first, second, third = await world.tell(*events)
    assert [row["officer"] for row in await world.of(first, channel="app")] == [above.id]
    assert [row["officer"] for row in await world.of(second, channel="app")] == [above.id]
    assert await world.of(third) == []


async def test_a_restricted_case_is_told_to_assignee_and_supervisors_only_and_in_the_app_only(world: World) -> None:
    desks = await world.desks(sending=("anna", "chief1"), receiving=("budi", "cici", "chief2"))
    case = world.referral(desks, restricted=True, priority=Priority.URGENT, assignee=desks.budi.id)
    answered, accepted, assigned = await world.tell(
        *(
            world.fact(fact, case.model_copy(update={"version": n}))
            for n, fact in enumerate(("answered", "accepted", "assigned"))
        )
    )
    assert {row["officer"] for row in await world.of(answered)} == {desks.budi.id, desks.chief2.id}
    assert {row["officer"] for row in await world.of(accepted)} == {desks.chief1.id}
    assert {row["officer"] for row in await world.of(assigned)} == {desks.budi.id}
    rows = [row for event in (answered, accepted, assigned) for row in await world.of(event)]
    assert {row["channel"] for row in rows} == {"app"}
    async with world.screen(desks.budi) as screen:
        shown = (await screen.get("/inbox")).json()["messages"]
    assert all("Lebo" not in message["body"] and case.number in message["body"] for message in shown)


async def test_a_village_team_member_hears_of_the_own_village_and_of_what_is_assigned(world: World) -> None:
    desks = await world.desks(receiving=("budi",))
    member = await world.hire(desks.receiving, "tina", village="35.15.08.2002")
    await world.settled()
    elsewhere = world.referral(desks)
    hers = elsewhere.model_copy(update={"version": 4, "assignee": member.id})
    own = world.referral(desks, region="35.15.08.2002")
    first, second, third = await world.tell(
        world.fact("offered", elsewhere), world.fact("answered", hers), world.fact("offered", own)
    )
    assert member.id not in {row["officer"] for row in await world.of(first)}
    assert member.id in {row["officer"] for row in await world.of(second)}
    assert member.id in {row["officer"] for row in await world.of(third)}


async def test_after_a_withdrawal_only_those_who_must_stop_are_told_outside_the_house(
    world: World, empty_mailbox: Mailbox
) -> None:
    desks = await world.desks(sending=("anna", "dpo"))
    case = world.referral(desks, state=State.IN_SERVICE, version=5)
    stopping = case.model_copy(update={"state": State.STOPPING, "version": 6, "clocks": (STOP_DUE,)})
    dpo = (Recipient(unit=desks.sending, role=Role.DPO),)
    held = world.fact("draft_warned", case)  # waits for the morning
    withdrawn = world.fact("consent_withdrawn", stopping)
    breach = world.fact("escalated", _next(stopping, 7), told=dpo, clock=ClockName.STOP, mark=Mark.DUE)
    late = world.fact("claimed", _next(case, 2))
    ended = world.fact(
        "stop_received", _next(stopping, 9, state=State.CANCELLED, reason="consent_withdrawn", clocks=())
    )
    ids = [told for event in (held, withdrawn, breach, late, ended) for told in await world.tell(event)]
    assert [row["status"] for row in await world.of(ids[0], channel="mail")] == ["cancelled"]
    assert {row["officer"] for row in await world.of(ids[1], channel="mail")} == {desks.anna.id, desks.budi.id}
    assert {row["officer"] for row in await world.of(ids[2], channel="mail")} == {desks.dpo.id}
    for event in ids[3:]:
        assert await world.of(event, channel="mail") == []
        assert [row["officer"] for row in await world.of(event, channel="app")] == [desks.anna.id]
    await until(lambda: _mails(empty_mailbox, 3))
    assert [int(version) for version in await _stopped(world, case.referral_id)] == [6]


async def test_a_withdrawal_that_is_overtaken_is_still_told_and_the_house_stops_once(world: World) -> None:
    desks = await world.desks()
    stopping = world.referral(desks, state=State.STOPPING, version=6, clocks=(STOP_DUE,))
    told = (Recipient(unit=desks.receiving),)
    later = world.fact("reminded", _next(stopping, 8), told=told, clock=ClockName.STOP, mark=Mark.MOST)
    _, withdrawn = await world.tell(later, world.fact("consent_withdrawn", stopping))
    assert {row["officer"] for row in await world.of(withdrawn, channel="mail")} == {desks.anna.id, desks.budi.id}
    assert [int(version) for version in await _stopped(world, stopping.referral_id)] == [8]


async def test_how_a_service_ended_reaches_the_unit_and_its_assignee_of_another_village_each_in_their_language(
    world: World, empty_mailbox: Mailbox
) -> None:
    desks = await world.desks(receiving=("budi",))
    tina = await world.hire(desks.receiving, "tina", language="en", village="35.15.08.2002")
    other = await world.hire(desks.receiving, "dewi", village="35.15.08.2002")
    await world.settled()
    case = world.referral(desks, state=State.CLOSED, assignee=tina.id, clocks=(), outcome="served_full")
    (event,) = await world.tell(world.fact("confirmed", case))
    assert {row["officer"] for row in await world.of(event, channel="app")} == {desks.budi.id, tina.id}
    assert other.id not in {row["officer"] for row in await world.of(event)}

    async def subjects() -> list[str]:
        mails = [empty_mailbox.to(reader) for reader in (desks.budi, tina)]
        return [str(mail[0]["Subject"]) for mail in mails] if all(mails) else []

    assert await until(subjects) == [
        f"Hasil rujukan {case.number} dikonfirmasi",
        f"The result of {case.number} was confirmed",
    ]


async def test_what_waits_for_somebody_who_left_goes_to_the_others_and_the_token_is_refused(world: World) -> None:
    desks = await world.desks(receiving=("budi", "cici"))
    case = world.referral(desks, assignee=desks.budi.id)
    for_both, for_budi = await world.tell(
        world.fact("offered", case), world.fact("assigned", case.model_copy(update={"version": 4}))
    )
    async with world.screen(desks.budi) as screen:
        assert (await screen.get("/inbox/count")).json() == {"unread": 2, "urgent": 0}
        await world.tell(world.left(desks.budi))
        await until(lambda: _refused(screen))
    assert {row["officer"] for row in await world.of(for_budi, channel="app", status="sent")} == {desks.cici.id}
    assert {row["officer"] for row in await world.of(for_both, channel="app", status="sent")} == {desks.cici.id}
    contact = await world.database.execute("SELECT contact FROM officer WHERE officer = %s", [desks.budi.id])
    assert await contact.fetchone() == (None,)


async def _refused(screen: httpx.AsyncClient) -> bool:
    answer = (await screen.get("/inbox")).json()
    return bool(answer.get("code") == "auth.left")


async def test_the_morning_mail_of_somebody_who_left_waits_for_whoever_came(world: World) -> None:
    desks = await world.desks()
    case = world.referral(desks)
    told = (Recipient(unit=desks.receiving),)
    (event,) = await world.tell(world.fact("reminded", case, told=told, clock=ClockName.ACKNOWLEDGE, mark=Mark.HALF))
    cici = await world.hire(desks.receiving, "cici")
    await world.settled()
    assert await world.of(event, officer=cici.id) == []
    await world.tell(world.left(desks.budi))
    rows = await world.of(event, officer=cici.id)
    assert [(row["channel"], row["status"], row["digest"]) for row in rows] == [
        ("app", "sent", False), ("mail", "waiting", True)
    ]  # fmt: skip
    assert {row["status"] for row in await world.of(event, officer=desks.budi.id)} == {"cancelled"}


async def test_somebody_who_moves_to_another_unit_leaves_the_messages_behind(world: World) -> None:
    desks = await world.desks()
    (event,) = await world.tell(world.fact("offered", world.referral(desks)))
    moved = world.officer(desks.budi, version=2).model_copy(update={"unit": desks.sending})
    await world.tell(moved)
    assert [row["status"] for row in await world.of(event, officer=desks.budi.id, channel="app")] == ["cancelled"]
    assert [row["unit"] for row in await world.of(event, status="undeliverable")] == [desks.receiving]


async def test_an_inbox_is_read_page_by_page_in_the_readers_language_and_only_by_its_owner(world: World) -> None:
    desks = await world.desks()
    case = world.referral(desks)
    await world.tell(*(world.fact("offered", _next(case, version)) for version in range(3, 6)))
    async with world.screen(desks.budi) as screen, world.screen(desks.anna) as other:
        first = (await screen.get("/inbox", params={"limit": 2})).json()
        rest = (await screen.get("/inbox", params={"limit": 2, "after": first["next"]})).json()
        ids = [message["id"] for page in (first, rest) for message in page["messages"]]
        assert ids == sorted(ids, reverse=True)
        assert (len(ids), rest["next"]) == (3, None)
        assert first["messages"][0]["subject"] == f"Rujukan baru {case.number}"
        english = (await screen.get("/inbox", headers={"accept-language": "en"})).json()["messages"][0]
        assert english["subject"] == f"New referral {case.number}"
        key = again()
        read, repeated = [await screen.post(f"/inbox/{ids[0]}/read", headers=key) for _ in range(2)]
        assert read.json()["read_at"] == repeated.json()["read_at"] is not None
        assert (await screen.get("/inbox/count")).json()["unread"] == 2
        assert len((await screen.get("/inbox", params={"unread": True})).json()["messages"]) == 2
        assert (await screen.post(f"/inbox/{ids[0]}/read")).json()["code"] == "request.key_missing"
        stranger = await other.post(f"/inbox/{ids[0]}/read", headers=again())
        assert (stranger.status_code, stranger.json()["code"]) == (404, "notify.message_not_found")
        assert (await other.get("/messages", params={"status": "failed"})).json()["code"] == "auth.forbidden"


async def test_what_was_told_of_a_referral_is_shown_by_desk_to_those_who_have_a_part_in_it(
    world: World, empty_mailbox: Mailbox
) -> None:
    desks, strangers = await world.desks(receiving=("budi", "chief")), await world.desks()
    offered = world.referral(desks)
    (event,) = await world.tell(world.fact("offered", offered))

    async def sent() -> bool:
        return len(await world.of(event, channel="mail", status="sent")) == 2

    await until(sent)
    address = f"/referrals/{offered.referral_id}/messages"

    async def told(who: Person) -> httpx.Response:
        async with world.screen(who) as screen:
            return await screen.get(address)

    lines = (await told(desks.anna)).json()
    expected = {(channel, role) for channel in ("app", "mail") for role in ("officer", "supervisor")}
    assert {(each["channel"], each["role"]) for each in lines} == expected
    assert {(each["unit"], each["people"], each["delivery"]) for each in lines} == {(desks.receiving, 1, "delivered")}
    assert (await told(desks.budi)).json() == lines
    assert (await told(strangers.anna)).json()["code"] == "referral.not_found"
    declined = _next(offered, 4, state=State.REROUTING, unit_to=None, clocks=(), restricted=True)
    await world.tell(world.fact("declined", declined))
    assert (await told(desks.budi)).status_code == 404, "who was asked before has no part in it any more"
    assert (await told(desks.anna)).status_code == 404, "a restricted case is for those who lead"


async def test_neither_log_nor_event_nor_message_row_names_an_officer(world: World, empty_mailbox: Mailbox) -> None:
    desks = await world.desks()
    await world.tell(world.fact("offered", world.referral(desks)))
    await until(lambda: _mails(empty_mailbox, 1))
    log = world.log_file.read_text()
    rows = str(await world.messages())
    for secret in (desks.budi.email, "Nama "):
        assert secret not in log
        assert secret not in rows


async def test_the_tables_in_code_are_those_of_the_migrations(world: World) -> None:
    for table in (MessageRow, SeenRow, UnitRow, OfficerRow):
        found = await world.database.execute(
            "SELECT column_name, is_nullable = 'YES' FROM information_schema.columns"
            " WHERE table_schema = 'notify' AND table_name = %s",
            [table.__tablename__],
        )
        columns = table.__table__.columns  # type: ignore[attr-defined]
        assert dict(await found.fetchall()) == {column.name: bool(column.nullable) for column in columns}


def _next(snapshot, version: int, **changes):  # type: ignore[no-untyped-def]
    return snapshot.model_copy(update={"version": version, **changes})


async def _mails(mailbox: Mailbox, count: int) -> bool:
    return len(mailbox.mails) >= count


async def _nothing_unsent(world: World) -> bool:
    return await world.messages("status IN ('waiting', 'sending')") == []


async def _stopped(world: World, referral: object) -> list[int]:
    query = "SELECT version FROM outbox WHERE aggregate = %s AND stream = 'notify'"
    return [row[0] for row in await (await world.database.execute(query, [str(referral)])).fetchall()]
