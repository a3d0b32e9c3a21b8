"""The file that calendar programs read is what RFC 5545 asks for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar

from services.contracts.speaking.codes import SessionStatus, Topic
from services.contracts.wib import WIB
from services.contracts.words import Language
from services.kit.session_calendar import Entry, calendar_file

REQUEST = UUID("01a2065d-2f60-7d02-b5a4-1e9c7f3b9001")
STARTS = datetime(2026, 12, 15, 9, tzinfo=WIB)


def entry(status: SessionStatus = SessionStatus.AGREED) -> Entry:
    return Entry(
        request=REQUEST,
        no=2,
        number="N26-000031-5",
        topic=Topic.REPRODUCTIVE_HEALTH,
        status=status,
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=2),
        asks="UPT PSBR Jombang",
        speaks="OPD KB Kabupaten Jombang; bidang ketahanan dan kesejahteraan keluarga",
        place="Aula, lantai 2",
        version=7,
        changed_at=datetime(2026, 11, 24, 3, 20, tzinfo=UTC),
    )


def test_lines_end_and_are_folded_as_programs_expect_and_times_are_utc() -> None:
    content = calendar_file([entry()], "id")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert {b"DTSTART:20261215T020000Z", b"DTEND:20261215T040000Z", b"SEQUENCE:7"} <= set(lines)
    assert f"UID:{REQUEST}-2@nyekrup".encode() in lines


@pytest.mark.parametrize(
    ("language", "summary"),
    [("id", "Kesehatan reproduksi (N26-000031-5)"), ("en", "Reproductive health (N26-000031-5)")],
)
def test_a_session_says_topic_number_place_and_offices(language: Language, summary: str) -> None:
    (event,) = Calendar.from_ical(calendar_file([entry()], language)).walk("VEVENT")
    assert (event["summary"], event["location"]) == (summary, "Aula, lantai 2")
    assert "UPT PSBR Jombang" in event["description"]


@pytest.mark.parametrize("status", SessionStatus)
def test_every_status_of_a_session_is_one_that_calendars_know(status: SessionStatus) -> None:
    (event,) = Calendar.from_ical(calendar_file([entry(status)], "id")).walk("VEVENT")
    gone = status in {SessionStatus.CANCELLED, SessionStatus.NOT_HELD}
    assert (event["status"] == "CANCELLED") is gone
    assert event["status"] in {"TENTATIVE", "CONFIRMED", "CANCELLED"}
