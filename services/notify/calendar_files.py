"""The sessions of a message as a calendar file: opened, it puts them among the reader's own days, or takes them out."""

from typing import Final

from services.contracts.words import Language
from services.kit.session_calendar import Entry, calendar_file
from services.notify.note import Content
from services.notify.outbound import Outgoing

CARRIES_SESSIONS: Final = frozenset(
    {"agreed", "speaker_changed", "move_agreed", "announced", "session_cancelled", "cancelled", "given_back"}
)


def calendar_of(outgoing: Outgoing, content: Content, language: Language) -> bytes | None:
    """Return the sessions that *outgoing* is about, by the ids under which the calendars of people know them."""
    days, case = content.days, outgoing.referral
    if days is None or case is None or outgoing.fact not in CARRIES_SESSIONS:
        return None
    entries = [
        Entry(
            request=case,
            no=session.no,
            number=content.number,
            topic=days.topic,
            status=session.status,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            asks=content.sender,
            speaks=content.receiver,
            place=None,
            version=outgoing.version,
            changed_at=outgoing.created_at,
        )
        for session in days.sessions
        if days.session in {None, session.no}
    ]
    return calendar_file(entries, language) if entries else None
