"""Messages leave the house: at the right hour, again after a crash, and with the fault where it belongs."""

import asyncio
from datetime import UTC, datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

from icalendar import Calendar

from services.contracts.codes import ClockName, Mark, Priority, Role
from services.contracts.events import ReferralEvent, SpeakerRequestEvent
from services.contracts.lifecycle import State
from services.contracts.snapshot import Due, Recipient, Snapshot
from services.contracts.speaking.codes import SpeakerClock
from services.contracts.speaking.lifecycle import SpeakerState
from services.contracts.speaking.snapshot import SpeakerSnapshot
from services.contracts.wib import WIB
from services.notify.domain import Channel, message_id
from tests.golden.speaking import full_snapshot
from tests.integration.notify_fixtures import Desks, Mailbox, World, again, empty_mailbox, until, world

__all__ = ["empty_mailbox", "world"]

NIGHT = time(22, 15)


async def test_a_kill_between_sending_and_noting_it_sends_the_same_message_id_again(
    world: World, empty_mailbox: Mailbox
) -> None:
    empty_mailbox.on_mail = world.kill  # the mail was taken; nobody lives to hear of it
    async with world.notify():
        desks = await world.desks()
        (event,) = await world.publish(world.fact("offered", world.referral(desks)))
        assert world.process is not None
        await world.process.wait()
    assert [row["status"] for row in await world.of(event, channel="mail")] == ["sending"]
    empty_mailbox.on_mail = None
    async with world.notify():
        await until(lambda: world.of(event, channel="mail", status="sent"))
    keys = [mail["Message-ID"] for mail in empty_mailbox.mails]
    assert keys == [message_id(event, str(desks.budi.id), Channel.MAIL, "localhost")] * 2


async def test_while_the_mail_server_is_away_nothing_is_counted_and_all_goes_out_when_it_is_back(
    world: World, empty_mailbox: Mailbox
) -> None:
    await empty_mailbox.close()
    async with world.notify():
        desks = await world.desks()
        case = world.referral(desks)
        ids = await world.tell(*(world.fact("offered", case.model_copy(update={"version": n})) for n in range(1, 11)))
        await until(lambda: _logged(world, "sender.paused", 3))
        rows = await world.messages("channel = 'mail' AND event_id = ANY(%(ids)s)", ids=ids)
        assert {row["tries"] for row in rows} == {0}
        connections = empty_mailbox.connections
        await empty_mailbox.open()
        await until(lambda: _sent(world, ids, 10))
        assert empty_mailbox.connections == connections + 1  # one conversation for the batch
        assert len(empty_mailbox.mails) == 10


async def test_a_connection_that_breaks_off_blames_no_message(world: World, empty_mailbox: Mailbox) -> None:
    empty_mailbox.replies = ["421 closing"]
    async with world.notify():
        desks = await world.desks()
        (event,) = await world.tell(world.fact("offered", world.referral(desks)))
        (row,) = await until(lambda: world.of(event, channel="mail", status="sent"))
    assert row["tries"] == 0


async def test_a_refused_mail_fails_at_once_a_put_off_one_after_its_tries_and_the_operator_sends_it_again(
    world: World, empty_mailbox: Mailbox
) -> None:
    async with world.notify():
        desks = await world.desks(sending=("anna", "ops"))
        empty_mailbox.replies = [f"550 5.1.1 <{desks.budi.email}> unknown"]
        (refused,) = await world.tell(world.fact("offered", world.referral(desks)))
        (row,) = await until(lambda: world.of(refused, channel="mail", status="failed"))
        assert (row["why"], row["receipt"]) == ("refused", "550 5.1.1 <(address)> unknown")
        empty_mailbox.replies = ["451 later", "451 later", "451 later"]
        (put_off,) = await world.tell(world.fact("offered", world.referral(desks)))
        (row,) = await until(lambda: world.of(put_off, channel="mail", status="failed"))
        assert row["why"] == "tries_used"
        empty_mailbox.replies = ["451 later"]
        (late,) = await world.tell(world.fact("offered", world.referral(desks)))
        await until(lambda: world.of(late, channel="mail", status="sent"))
        async with world.screen(desks.ops) as screen:
            listed = (await screen.get("/messages", params={"status": "failed"})).json()["messages"]
            assert [each["event"] for each in listed] == [str(refused), str(put_off)]
            everything = (await screen.get("/messages", params={"referral": listed[0]["referral"]})).json()["messages"]
            assert {("app", "sent"), ("mail", "failed")} <= {(each["channel"], each["status"]) for each in everything}
            assert "@" not in str(everything), "no address, no words"
            answer = await screen.post(f"/messages/{listed[0]['id']}/retry", headers=again())
            assert (answer.status_code, answer.json()["status"]) == (200, "waiting")
        await until(lambda: world.of(refused, channel="mail", status="sent"))


async def test_at_night_only_the_urgent_leaves_and_the_rest_lies_in_the_app(
    world: World, empty_mailbox: Mailbox
) -> None:
    async with world.notify(NIGHT):
        desks = await world.desks()
        plain, urgent, withdrawn = await world.tell(
            world.fact("offered", world.referral(desks)),
            world.fact("offered", world.referral(desks, priority=Priority.URGENT)),
            world.fact("consent_withdrawn", world.referral(desks, state=State.STOPPING, clocks=())),
        )
        await until(lambda: world.of(urgent, channel="mail", status="sent"))
        await until(lambda: world.of(withdrawn, officer=desks.budi.id, channel="mail", status="sent"))
        assert [row["status"] for row in await world.of(plain)] == ["sent", "waiting"]
        (waiting,) = await world.of(plain, channel="mail")
        assert waiting["next_at"].astimezone(UTC).time() == time(23)  # 06.00 WIB
        await _let_it_be_due(
            world, plain
        )  # as if the mail server had been away by day: the night is quiet all the same
        (last,) = await world.tell(world.fact("offered", world.referral(desks, priority=Priority.URGENT)))
        await until(lambda: world.of(last, channel="mail", status="sent"))
        assert await world.of(plain, channel="mail", status="waiting")
    assert {str(mail["Subject"]).partition(":")[0] for mail in empty_mailbox.mails} == {"MENDESAK"}
    async with world.notify(time(6, 1)):
        await until(lambda: world.of(plain, channel="mail", status="sent"))


async def test_reminders_lie_in_the_app_at_once_and_come_as_one_mail_at_half_past_seven(
    world: World, empty_mailbox: Mailbox
) -> None:
    async with world.notify(time(7)):
        desks = await world.desks()
        cases = [world.referral(desks) for _ in range(3)]
        ids = await world.tell(*(_reminder(world, case) for case in cases))
        await world.tell(world.fact("claimed", cases[0].model_copy(update={"version": 4, "clocks": ()})))
        rows = [row for event in ids for row in await world.of(event)]
        assert [(row["channel"], row["status"]) for row in rows] == [("app", "sent"), ("mail", "waiting")] * 3
        assert {row["next_at"].astimezone(WIB).time() for row in rows if row["next_at"]} == {time(7, 30)}
    async with world.notify(time(7, 31)):
        await until(lambda: _sent(world, ids, 2))
    (mail,) = empty_mailbox.to(desks.budi)
    assert mail["Subject"] == "2 rujukan menunggu Anda"
    assert [case.number in mail.get_content() for case in cases] == [False, True, True]
    assert [row["why"] for row in await world.of(ids[0], channel="mail")] == ["outdated"]


async def test_a_morning_mail_that_a_crash_interrupted_comes_again_with_its_message_id(
    world: World, empty_mailbox: Mailbox
) -> None:
    empty_mailbox.on_mail = world.kill
    async with world.notify():
        desks = await world.desks()
        (event,) = await world.tell(_reminder(world, world.referral(desks)))
        await _let_it_be_due(world, event)
        assert world.process is not None
        await world.process.wait()
    empty_mailbox.on_mail = None
    async with world.notify():
        await until(lambda: _sent(world, [event], 1))
    assert len(empty_mailbox.mails) == 2
    assert len({mail["Message-ID"] for mail in empty_mailbox.mails}) == 1


async def test_an_urgent_reminder_does_not_wait_for_the_morning(world: World, empty_mailbox: Mailbox) -> None:
    async with world.notify(NIGHT):
        desks = await world.desks(sending=("anna", "dpo"))
        stop = Due(clock=ClockName.STOP, due_at=datetime(2026, 11, 27, 9, tzinfo=UTC))
        case = world.referral(desks, state=State.STOPPING, clocks=(stop,))
        told = (Recipient(unit=desks.sending, role=Role.DPO),)
        (event,) = await world.tell(world.fact("escalated", case, told=told, clock=ClockName.STOP, mark=Mark.DUE))
        await until(lambda: world.of(event, channel="mail", status="sent"))
    assert len(empty_mailbox.to(desks.dpo)) == 1


async def test_messages_that_come_before_the_people_are_known_wait_for_them(world: World) -> None:
    sending, receiving = "dinsos-late.1", "bkkbn-late.1"
    desks = type("Desks", (), {"sending": sending, "receiving": receiving})()
    (event,) = await world.publish(world.fact("offered", world.referral(desks)))
    await world.publish(world.unit(sending), world.unit(receiving))
    await asyncio.gather(*(world.hire(receiving, f"budi{number}") for number in range(60)))
    async with world.notify():
        await world.settled()
    assert len(await world.of(event, channel="app", status="sent")) == 60


class Room(BaseHTTPRequestHandler):
    """A chat room that apprise can post to."""

    posts = 0
    hook = staticmethod(lambda: None)

    def do_POST(self) -> None:
        type(self).posts += 1
        self.rfile.read(int(self.headers["content-length"]))
        type(self).hook()
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


async def test_a_chat_message_that_a_crash_interrupted_is_unsure_and_never_sent_again_by_itself(
    world: World, tmp_path: Path, empty_mailbox: Mailbox
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Room)
    Thread(target=server.serve_forever, daemon=True).start()
    outlets = tmp_path / "outlets.yaml"
    desks = type("Desks", (), {"sending": "dinsos-chat.1", "receiving": "bkkbn-chat.1"})()
    outlets.write_text(f"bkkbn-chat.1: ['json://127.0.0.1:{server.server_port}/']\n")
    try:
        async with world.notify(NYEKRUP_APPRISE_FILE=str(outlets)):
            anna = await world.hire(desks.receiving, "ops")
            (event,) = await world.tell(world.fact("offered", world.referral(desks)))
            await until(lambda: world.of(event, channel="apprise", status="sent"))
            Room.hook = staticmethod(lambda: world.process and world.process.kill())  # type: ignore[assignment]
            (event,) = await world.publish(world.fact("offered", world.referral(desks)))
            assert world.process is not None
            await world.process.wait()
        Room.hook = staticmethod(lambda: None)
        async with world.notify(NYEKRUP_APPRISE_FILE=str(outlets)):
            await until(lambda: world.of(event, channel="apprise", status="unsure"))
            assert Room.posts == 2
            async with world.screen(anna) as screen:
                (listed,) = (await screen.get("/messages", params={"status": "unsure"})).json()["messages"]
                await screen.post(f"/messages/{listed['id']}/retry", headers=again())
            await until(lambda: world.of(event, channel="apprise", status="sent"))
    finally:
        server.shutdown()
        server.server_close()
    assert Room.posts == 3
    assert "json://" not in str(await world.messages("channel = 'apprise'"))


def _reminder(world: World, case: Snapshot) -> ReferralEvent:
    told = (Recipient(unit=case.unit_to or ""),)
    return world.fact("reminded", case, told=told, clock=ClockName.ACKNOWLEDGE, mark=Mark.HALF)


async def _let_it_be_due(world: World, event: UUID) -> None:
    due = "UPDATE message SET next_at = now() - interval '2 days' WHERE event_id = %s AND channel = 'mail'"
    await world.database.execute(due, [event])


async def _logged(world: World, event: str, times: int) -> bool:
    return world.log_file.read_text().count(f'"{event}"') >= times


async def _sent(world: World, events: list[UUID], count: int) -> bool:
    rows = await world.messages("channel = 'mail' AND status = 'sent' AND event_id = ANY(%(ids)s)", ids=events)
    return len(rows) >= count


async def test_what_was_agreed_about_a_speaker_goes_to_both_sides_and_the_speaker_with_the_session_as_a_file(
    world: World, empty_mailbox: Mailbox
) -> None:
    async with world.notify():
        desks = await world.desks(receiving=("budi", "sari"))
        request = _request(desks, speaker=desks.sari.id)
        (event,) = await world.tell(SpeakerRequestEvent(fact="agreed", snapshot=request, tells_speaker=True))
        await until(lambda: _sent(world, [event], 3))
        assert {row["officer"] for row in await world.of(event, channel="mail")} == {
            desks.anna.id,
            desks.budi.id,
            desks.sari.id,
        }
        assert len(await world.of(event)) == 6, "each once by each channel, also who speaks and is of the asked unit"
        async with world.screen(desks.sari) as screen:
            (shown,) = (await screen.get("/inbox")).json()["messages"]
            told = await screen.get(f"/speaker-requests/{request.request_id}/messages")
            no_referral = await screen.get(f"/referrals/{request.request_id}/messages")
    assert (shown["kind"], shown["referral"], shown["subject"]) == (
        *("speaker", str(request.request_id)), f"Sesi {request.number} disepakati",
    )  # fmt: skip
    assert {line["unit"] for line in told.json()} == {desks.sending, desks.receiving}
    assert no_referral.status_code == 404
    (mail,) = empty_mailbox.to(desks.anna)
    (file,) = mail.iter_attachments()
    assert (file.get_content_type(), file.get_param("method")) == ("text/calendar", "PUBLISH")
    (session,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert session["uid"] == f"{request.request_id}-1@nyekrup"
    assert session["dtstart"].dt == request.sessions[0].starts_at


async def test_a_session_given_up_at_short_notice_is_told_at_night_and_a_reminder_of_it_is_dropped(
    world: World, empty_mailbox: Mailbox
) -> None:
    async with world.notify(NIGHT):
        desks = await world.desks()
        request = _request(desks, speaker=desks.budi.id)
        reminder = SpeakerRequestEvent(
            fact="reminded", snapshot=request, told=(Recipient(unit=desks.sending),), clock=SpeakerClock.ANSWER
        )
        (reminded,) = await world.tell(reminder)
        assert [row["digest"] for row in await world.of(reminded, channel="mail")] == [True]
        over = request.model_copy(update={"version": 9, "state": SpeakerState.NOT_HELD, "short_notice": True})
        cancelled, late = await world.tell(SpeakerRequestEvent(fact="cancelled", snapshot=over), reminder)
        await until(lambda: world.of(cancelled, channel="mail", status="sent"))
        assert await world.of(late) == []
    (mail,) = empty_mailbox.to(desks.budi)
    assert str(mail["Subject"]).startswith("MENDESAK: ")


def _request(desks: Desks, *, speaker: UUID) -> SpeakerSnapshot:
    """Return a request of the sending desk's, with *speaker* of the receiving one."""
    sides = {"request_id": uuid4(), "unit_from": desks.sending, "unit_to": desks.receiving, "parked": None}
    named = {"speaker": speaker, "speaker_unit": desks.receiving, "move": None, "short_notice": False}
    return full_snapshot("agreed").model_copy(update={**sides, **named})
