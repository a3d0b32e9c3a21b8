"""Who is told of what about a request for a speaker, as one table over every fact. Source: docs/speaking.md.

As with referrals the other side is told, never the one that acted; where either may have, both are. The speaker hears
of whatever changes when and where to be.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.contracts.events import SpeakerRequestEvent
from services.contracts.speaking.codes import Side
from services.notify.wanted import NAMES_ITS_READERS, Wanted, Who, named, wanted_of

_NOBODY: Final[tuple[Who, ...]] = ()
_ASKER: Final = (Who.SENDING_UNIT,)
_ASKED: Final = (Who.RECEIVING_UNIT,)
_SPEAKING: Final = (Who.RECEIVING_UNIT, Who.ASSIGNEE)
_ALL: Final = (Who.SENDING_UNIT, Who.RECEIVING_UNIT, Who.ASSIGNEE)

SPEAKING_AUDIENCE: Final[Mapping[str, tuple[Who, ...]]] = MappingProxyType(
    {
        # The system looks for a unit at once: what comes of it is told.
        "requested": _NOBODY,
        "offered": _ASKED,
        "parked": _ASKER,
        "routed_again": _NOBODY,
        "sent_on": _ASKER,
        "expired": (Who.SENDING_UNIT, Who.RECEIVING_UNIT),
        "changed": _SPEAKING,
        "proposed": (Who.SENDING_UNIT, Who.ASSIGNEE),
        "retracted": _ASKER,
        "declined": _ASKER,
        "agreed": _ALL,
        "countered": _SPEAKING,
        "speaker_changed": (Who.SENDING_UNIT, Who.ASSIGNEE),
        "speaker_left": (Who.SENDING_UNIT, Who.RECEIVING_UNIT),
        "move_asked": (Who.SENDING_UNIT, Who.RECEIVING_UNIT),
        "move_agreed": _ALL,
        "move_refused": _ALL,
        "move_lapsed": _ALL,
        "session_cancelled": _ALL,
        "cancelled": _SPEAKING,
        "given_back": _ASKER,
        "withdrawn": _SPEAKING,
        "dates_passed": (Who.SENDING_UNIT, Who.RECEIVING_UNIT),
        "announced": _ALL,
        "session_over": _ASKER,
        "reported": _SPEAKING,
        "feedback_given": _ASKER,
        "feedback_lapsed": (Who.SENDING_UNIT, Who.RECEIVING_UNIT),
        "reminded": _NOBODY,
        "escalated": _NOBODY,
    }
)
_UNIT_OF: Final[Mapping[Side, Who]] = MappingProxyType(
    {Side.ASKING: Who.SENDING_UNIT, Side.SPEAKING: Who.RECEIVING_UNIT}
)


def speaking_audience(event: SpeakerRequestEvent) -> tuple[Wanted, ...]:
    """Return whom *event* is for. Total over the facts; empty where nobody is told."""
    snapshot = event.snapshot
    speaker = wanted_of(Who.ASSIGNEE, snapshot) if event.tells_speaker and snapshot.speaker else None
    if event.told:
        return (*named(event.told), *([speaker] if speaker else []))
    if event.fact in NAMES_ITS_READERS:
        return (Wanted(None, told=True),)
    found = (wanted_of(who, snapshot) for who in _who(event))
    return tuple(dict.fromkeys(each for each in (*found, speaker) if each is not None))


def _who(event: SpeakerRequestEvent) -> tuple[Who, ...]:
    """Return the table's row. Of a move only the other side has something to answer."""
    if event.fact == "move_asked" and event.snapshot.move is not None:
        return (_UNIT_OF[event.snapshot.move.by.other],)
    return SPEAKING_AUDIENCE[event.fact]
