"""Hours, urgency, ids, retries, receipts and outlets of the messages."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.contracts.codes import ClockName, Mark, Priority, Role
from services.contracts.events import ReferralEvent
from services.contracts.ids import UnitId
from services.contracts.lifecycle import State
from services.contracts.snapshot import Due
from services.contracts.wib import WIB
from services.notify.carriers import receipt_of
from services.notify.domain import (
    Channel,
    Seen,
    clocks_of,
    deadline,
    is_over,
    is_urgent,
    may_leave_the_house,
    message_id,
    retry_delay,
)
from services.notify.hours import Hours
from services.notify.outlets import Outlets
from services.notify.settings import NotifySettings
from services.notify.wanted import Wanted
from tests.unit.test_notify_audience import snapshot

HOURS = Hours()
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


def wib(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=WIB)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [(wib(19, 59), False), (wib(20), True), (wib(23, 59), True), (wib(0), True), (wib(5, 59), True), (wib(6), False)],
)
def test_it_is_quiet_from_20_00_to_06_00_wib(at: datetime, quiet: bool) -> None:
    assert HOURS.quiet(at) is quiet
    assert HOURS.quiet(at.astimezone(UTC)) is quiet


def test_a_sunday_is_not_quiet() -> None:
    assert not HOURS.quiet(wib(10, day=29))


@given(moments)
def test_nothing_is_released_in_the_quiet_hours_nor_later_than_their_end(at: datetime) -> None:
    released = HOURS.release(at, urgent=False)
    assert not HOURS.quiet(released)
    assert at <= released <= at + timedelta(hours=10)
    assert HOURS.release(at, urgent=True) == at


@given(moments)
def test_the_morning_mail_comes_at_07_30_within_a_day(at: datetime) -> None:
    digest = HOURS.next_digest(at)
    assert at < digest <= at + timedelta(days=1)
    assert digest.astimezone(WIB).time() == time(7, 30)
    assert not HOURS.quiet(digest)


def test_a_reminder_of_the_evening_and_one_of_the_night_come_in_the_same_mail() -> None:
    assert HOURS.next_digest(wib(21, day=24)) == HOURS.next_digest(wib(7, 29, day=25)) == wib(7, 30, day=25)
    assert HOURS.next_digest(wib(7, 30, day=25)) == wib(7, 30, day=26)


def test_the_message_id_depends_on_event_recipient_and_channel_only() -> None:
    event = UUID("01900000-0000-7000-8000-000000000001")
    key = message_id(event, "anna", Channel.MAIL, "kantor.example")
    assert key == "<3ac3d437f853e8c934eeced1e4910fade7ab1455@kantor.example>"
    assert key == message_id(event, "anna", Channel.MAIL, "kantor.example")
    others = {
        message_id(uuid4(), "anna", Channel.MAIL, "kantor.example"),
        message_id(event, "budi", Channel.MAIL, "kantor.example"),
        message_id(event, "anna", Channel.APPRISE, "kantor.example"),
    }
    assert len(others | {key}) == 4


@pytest.mark.parametrize(
    ("fact", "priority", "clock", "urgent"),
    [
        ("offered", Priority.NORMAL, None, False),
        ("offered", Priority.HIGH, None, False),
        ("offered", Priority.URGENT, None, True),
        ("consent_withdrawn", Priority.NORMAL, None, True),
        ("escalated", Priority.NORMAL, ClockName.STOP, True),
        ("escalated", Priority.NORMAL, ClockName.DECIDE, False),
    ],
)
def test_what_is_urgent(fact: str, priority: Priority, clock: ClockName | None, urgent: bool) -> None:
    assert is_urgent(ReferralEvent(fact=fact, snapshot=snapshot(priority=priority), clock=clock)) is urgent


REMINDER = ReferralEvent(fact="reminded", snapshot=snapshot(version=4), clock=ClockName.ACKNOWLEDGE, mark=Mark.HALF)
STILL = clocks_of(REMINDER.snapshot)


@pytest.mark.parametrize(
    ("seen", "over"),
    [
        (Seen(4, State.OFFERED, STILL), False),
        (Seen(6, State.OFFERED, STILL), False),
        (Seen(6, State.RECEIVED, {"decide": "2026-11-25T09:00:00+00:00"}), True),
        (Seen(6, State.OFFERED, {"acknowledge": "2026-11-27T09:00:00+00:00"}), True),
        (Seen(9, State.CLOSED), True),
    ],
)
def test_a_reminder_is_over_when_a_newer_state_no_longer_waits_for_it(seen: Seen, over: bool) -> None:
    assert is_over(REMINDER, seen) is over


def test_only_a_reminder_can_be_over() -> None:
    assert not is_over(ReferralEvent(fact="declined", snapshot=snapshot()), Seen(9, State.CLOSED))


@pytest.mark.parametrize("must_stop", [True, False])
def test_after_a_withdrawal_only_those_who_must_stop_are_told_outside(must_stop: bool) -> None:
    seen = Seen(8, State.STOPPING, stopped_version=6)

    def leaves(fact: str, version: int, state: State) -> bool:
        event = ReferralEvent(fact=fact, snapshot=snapshot(version=version, state=state))
        return may_leave_the_house(event, seen, must_stop=must_stop)

    assert leaves("consent_withdrawn", 6, State.STOPPING)
    assert leaves("escalated", 8, State.STOPPING) is must_stop
    assert not leaves("accepted", 4, State.ACCEPTED)


def test_the_deadline_is_that_of_the_clock_told_of_else_the_earliest_of_the_case() -> None:
    dues = tuple(
        Due(clock=clock, due_at=datetime(2026, 12, day, tzinfo=UTC))
        for clock, day in ((ClockName.OUTCOME, 20), (ClockName.CONTACT, 8), (ClockName.OBJECTION, 2))
    )
    case = snapshot(clocks=(*dues, Due(clock=ClockName.DECIDE)))

    def clock(fact: str, about: ClockName | None = None) -> ClockName | None:
        found = deadline(ReferralEvent(fact=fact, snapshot=case, clock=about))
        return found.clock if found else None

    assert clock("accepted") is ClockName.CONTACT
    assert clock("reminded", ClockName.OUTCOME) is ClockName.OUTCOME
    assert clock("objected") is ClockName.OBJECTION
    assert clock("expired", ClockName.ACKNOWLEDGE) is ClockName.CONTACT
    assert deadline(ReferralEvent(fact="confirmed", snapshot=snapshot(clocks=()))) is None


@given(st.integers(1, 60), st.floats(0, 1))
def test_a_retry_waits_longer_each_time_but_never_beyond_the_cap(tries: int, jitter: float) -> None:
    delay = retry_delay(tries, base_seconds=30, cap_seconds=3600, jitter=jitter).total_seconds()
    full = min(30 * 2 ** (tries - 1), 3600)
    assert full / 2 <= delay <= full


def test_a_receipt_shows_nobodys_address() -> None:
    said = "5.1.1 <siti.aminah@kantor.example>: unknown; see siti@x.example\nbye"
    assert receipt_of(550, said) == "550 5.1.1 <(address)>: unknown; see (address) bye"
    assert len(receipt_of(250, "x" * 9000)) == 300


def test_outlets_are_off_without_a_file_and_keep_their_addresses_out_of_their_keys(tmp_path: Path) -> None:
    unit = UnitId("bkkbn-1")
    assert Outlets.load(None).for_desk(Wanted(unit)) == ()
    file = tmp_path / "outlets.yaml"
    file.write_text("bkkbn-1: ['json://secret.example/token']\nbkkbn-1/supervisor: ['json://other.example/']\n")
    outlets = Outlets.load(file)
    (key,) = outlets.for_desk(Wanted(unit))
    assert outlets.urls[key] == "json://secret.example/token"
    assert "secret" not in key
    assert outlets.for_desk(Wanted(unit, Role.SUPERVISOR)) != (key,)
    file.write_text("- json://secret.example/")
    with pytest.raises(ValueError, match="expected a mapping"):
        Outlets.load(file)


def test_a_password_never_travels_in_the_clear() -> None:
    needed = {"database_url": "-", "redis_url": "-", "http_port": 1, "keyring": "-", "jwks": "-"}
    secret = {"smtp_host": "mail.example", "smtp_user": "u", "smtp_password": "p"}
    with pytest.raises(ValidationError, match="NYEKRUP_SMTP_TLS"):
        NotifySettings.model_validate({**needed, **secret})
    NotifySettings.model_validate({**needed, **secret, "smtp_tls": "starttls"})
