"""Sessions as a calendar file that any program reads (RFC 5545). Ids, topics, offices and rooms; nobody's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from icalendar import Calendar, Event

from services.contracts.speaking.codes import SessionStatus, Topic
from services.contracts.words import Language, word

FRESH_FOR: Final = timedelta(minutes=30)
_STATUS: Final = {
    SessionStatus.PLANNED: "TENTATIVE",
    SessionStatus.AGREED: "CONFIRMED",
    SessionStatus.OVER: "CONFIRMED",
    SessionStatus.HELD: "CONFIRMED",
    SessionStatus.NOT_HELD: "CANCELLED",
    SessionStatus.CANCELLED: "CANCELLED",
}
_TITLE: Final = {"id": "Jadwal narasumber", "en": "Speaker sessions"}
_ASKS: Final = {"id": "Peminta: {}", "en": "Asked for by: {}"}
_SPEAKS: Final = {"id": "Unit narasumber: {}", "en": "Speaker's unit: {}"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One session. *version* rises with each change, the last of which was at *changed_at*."""

    request: UUID
    no: int
    number: str
    topic: Topic
    status: SessionStatus
    starts_at: datetime
    ends_at: datetime
    asks: str
    speaks: str | None
    place: str | None
    version: int
    changed_at: datetime

    @property
    def uid(self) -> str:
        """The same for ever, so that a moved or cancelled session takes the place of what it was."""
        return f"{self.request}-{self.no}@nyekrup"


def calendar_file(entries: Iterable[Entry], language: Language) -> bytes:
    """Return the file. A cancelled session stays in it, as cancelled: else a program keeps what it has read."""
    calendar = Calendar()
    calendar.add("prodid", "-//Nyekrup//Speaker sessions//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _TITLE[language])
    calendar.add("refresh-interval", FRESH_FOR, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, language))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry, language: Language) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    # In UTC, whatever zone the database answers in: another one would need its rules in the file.
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("status", _STATUS[entry.status])
    event.add("summary", f"{word(entry.topic, language)} ({entry.number})")
    event.add("location", entry.place or entry.asks)
    event.add("description", "\n".join(_described(entry, language)))
    return event


def _described(entry: Entry, language: Language) -> Iterable[str]:
    yield word(entry.status, language)
    yield _ASKS[language].format(entry.asks)
    if entry.speaks:
        yield _SPEAKS[language].format(entry.speaks)
