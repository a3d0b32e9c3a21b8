"""What a message is, and the rules that need nobody else: urgency, its id, when a reminder is over. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.contracts.cases import CaseSnapshot
from services.contracts.codes import ClockName, Priority
from services.contracts.events import CaseEvent, SpeakerRequestEvent
from services.contracts.ids import OfficerId
from services.contracts.lifecycle import FINAL, State
from services.contracts.snapshot import Due, Snapshot
from services.contracts.speaking.codes import SpeakerClock
from services.contracts.speaking.lifecycle import SPEAKER_FINAL
from services.contracts.speaking.snapshot import SpeakerDue

DIGEST = "digest"
"""The fact of a mail that is made of reminders, and not of one event."""
REMINDERS = frozenset({"reminded", "escalated", "draft_warned"})
# Not urgent, and good for one mail in the morning.
DIGESTED = frozenset({"reminded", "draft_warned", "purged"})
_STOPPED_REASON = "consent_withdrawn"
_ENDED: frozenset[str] = FINAL | SPEAKER_FINAL
# They run beside the case and are the deadline of their own fact only; those of the days of a session are nobody's.
_ALONGSIDE: Mapping[str, str | None] = {
    ClockName.VOID: "void_requested",
    ClockName.OBJECTION: "objected",
    SpeakerClock.MOVE: "move_asked",
    SpeakerClock.REPLACE: "speaker_left",
    **dict.fromkeys((SpeakerClock.DATES, SpeakerClock.LAST_DATE, SpeakerClock.SESSION)),
    **dict.fromkeys((SpeakerClock.WEEK_BEFORE, SpeakerClock.DAY_BEFORE)),
}
# What was agreed is given up, perhaps while somebody is on the way.
_GIVES_UP = frozenset({"session_cancelled", "cancelled", "given_back"})


class Channel(StrEnum):
    APP = "app"
    MAIL = "mail"
    APPRISE = "apprise"


class Status(StrEnum):
    """`sent` in the app means that it lies in the inbox. `bundled`: part of a morning mail, and ends as that does."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    BUNDLED = "bundled"
    FAILED = "failed"
    UNSURE = "unsure"
    CANCELLED = "cancelled"
    UNDELIVERABLE = "undeliverable"


class Why(StrEnum):
    """Why a message did not simply go out."""

    WITHDRAWN = "consent_withdrawn"
    LEFT = "officer_left"
    HANDED_OVER = "handed_over"
    NOBODY = "nobody_there"
    OUTDATED = "outdated"
    NO_ADDRESS = "no_address"
    BAD_CONTACT = "contact_unreadable"
    REFUSED = "refused"
    TRIES_USED = "tries_used"
    INTERRUPTED = "interrupted"
    NOT_CONFIGURED = "not_configured"
    TOLD_OFF = "temporarily_refused"


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest that is known of a case. *clocks*: due dates (ISO) of the running clocks.

    *stopped_version* is set from the moment that a withdrawal of consent is known.
    """

    version: int
    state: str
    clocks: Mapping[str, str] = field(default_factory=dict)
    stopped_version: int | None = None

    @property
    def ended(self) -> bool:
        return self.state in _ENDED


def is_restricted(snapshot: CaseSnapshot) -> bool:
    """False for a request for a speaker: it names nobody."""
    return isinstance(snapshot, Snapshot) and snapshot.restricted


def worker_of(snapshot: CaseSnapshot) -> OfficerId | None:
    """Return who works on it: a referral's assignee, a request's speaker."""
    return snapshot.assignee if isinstance(snapshot, Snapshot) else snapshot.speaker


def clocks_of(snapshot: CaseSnapshot) -> dict[str, str]:
    """Return the running clocks with their due dates, as `Seen` keeps them."""
    return {due.clock.value: spelled(due.due_at) for due in snapshot.clocks if due.due_at}


def spelled(moment: datetime) -> str:
    """Return *moment* in ISO and UTC, so that equal moments are equal texts."""
    return moment.astimezone(UTC).isoformat()


def is_urgent(event: CaseEvent) -> bool:
    """True where nobody may sleep over it: by priority, a withdrawal of consent, and whatever its clock tells.

    Of a request also what is given up so late that somebody prepares in vain.
    """
    if event.snapshot.priority is Priority.URGENT:
        return True
    if isinstance(event, SpeakerRequestEvent):
        return event.snapshot.short_notice and event.fact in _GIVES_UP
    return event.fact == "consent_withdrawn" or event.clock is ClockName.STOP


def is_stopping(snapshot: CaseSnapshot) -> bool:
    """True from the withdrawal of consent on."""
    ended_by_it = snapshot.state is State.CANCELLED and snapshot.reason == _STOPPED_REASON
    return snapshot.state is State.STOPPING or ended_by_it


def may_leave_the_house(event: CaseEvent, seen: Seen, *, must_stop: bool) -> bool:
    """Return whether *event* may be told outside the app. *must_stop*: to somebody of the receiving unit, or named.

    After a withdrawal only those who must stop are told. What was before it, and comes late, is told to nobody.
    """
    if seen.stopped_version is None or event.fact == "consent_withdrawn":
        return True
    later = event.snapshot.version > seen.stopped_version or is_stopping(event.snapshot)
    return must_stop and later


def is_over(event: CaseEvent, seen: Seen) -> bool:
    """True for a reminder that comes after the thing was done: the newer state no longer waits for it."""
    if event.fact not in REMINDERS or seen.version <= event.snapshot.version:
        return False
    return no_longer_awaited(seen, event.snapshot.state, event.clock, clocks_of(event.snapshot).get(event.clock or ""))


def no_longer_awaited(seen: Seen, state: str, clock: str | None, due_at: str | None) -> bool:
    """Return whether *seen* has moved on from *clock* with *due_at* (a clock that began anew has another one).

    Without a clock, whether it has left *state*.
    """
    if seen.ended:
        return True
    return seen.clocks.get(clock) != due_at if clock else seen.state != state


def deadline(event: CaseEvent) -> Due | SpeakerDue | None:
    """Return the clock that *event* is about, else the earliest that runs now; None where nothing is awaited."""
    running: list[Due | SpeakerDue] = [due for due in event.snapshot.clocks if due.due_at]
    own = [due for due in running if due.clock is event.clock or _ALONGSIDE.get(due.clock) == event.fact]
    case = [due for due in running if due.clock not in _ALONGSIDE]
    return min(own or case, key=lambda due: due.due_at.timestamp() if due.due_at else 0.0, default=None)


def message_id(event: UUID, recipient: str, channel: Channel, domain: str) -> str:
    """Return the Message-ID: the same whenever the same message is sent, so a mail server or reader drops a repeat."""
    key = hashlib.sha256(f"{event}|{recipient}|{channel}".encode()).hexdigest()[:40]
    return f"<{key}@{domain}>"


def retry_delay(tries: int, *, base_seconds: float, cap_seconds: float, jitter: float) -> timedelta:
    """Return the pause after *tries* failed tries (1 or more): it doubles up to the cap; *jitter* (0-1) sets half."""
    full = min(base_seconds * 2 ** min(tries - 1, 30), cap_seconds)
    return timedelta(seconds=full * (0.5 + jitter / 2))
