"""The lifecycle of a speaker request, as one total table. Source: docs/speaking.md.

Who asks is the sender, the asked unit the receiver, the speaker the receiving worker.
"""

from collections.abc import Mapping
from enum import StrEnum

from services.contracts.lifecycle import OPERATOR, RECEIVER, SENDER, SENDING_SUPERVISOR, SYSTEM, Party
from services.contracts.table import Cell, tabled


class SpeakerState(StrEnum):
    SEEKING = "seeking"
    OFFERED = "offered"
    PROPOSED = "proposed"
    COUNTERED = "countered"
    AGREED = "agreed"
    REPORTING = "reporting"
    REPORTED = "reported"
    HELD = "held"
    NOT_HELD = "not_held"


class SpeakerAction(StrEnum):
    OFFER = "offer"
    PARK = "park"
    ROUTE_AGAIN = "route_again"
    SEND_ON = "send_on"
    EXPIRE = "expire"
    CHANGE = "change"
    PROPOSE = "propose"
    RETRACT = "retract"
    DECLINE = "decline"
    AGREE = "agree"
    COUNTER = "counter"
    CHANGE_SPEAKER = "change_speaker"
    SPEAKER_LEFT = "speaker_left"
    ASK_MOVE = "ask_move"
    AGREE_MOVE = "agree_move"
    REFUSE_MOVE = "refuse_move"
    LAPSE_MOVE = "lapse_move"
    CANCEL_SESSION = "cancel_session"
    CANCEL = "cancel"
    GIVE_BACK = "give_back"
    WITHDRAW = "withdraw"
    DATES_PASSED = "dates_passed"
    ANNOUNCE = "announce"
    SESSION_OVER = "session_over"
    REPORT = "report"
    FEEDBACK = "feedback"
    LAPSE_FEEDBACK = "lapse_feedback"
    REMIND = "remind"
    ESCALATE = "escalate"


class SpeakerTo(StrEnum):
    """A target that depends on the request itself.

    `as_sessions_stand`: `reporting` while one is over and not reported, else `agreed` while one is ahead, else
    `reported` if one was held, else `not_held`.
    """

    SAME = "same"
    AS_SESSIONS_STAND = "as_sessions_stand"


SPEAKER_FINAL = frozenset({SpeakerState.HELD, SpeakerState.NOT_HELD})
SPEAKER_LIVE = frozenset(SpeakerState) - SPEAKER_FINAL
UNAGREED = frozenset({SpeakerState.SEEKING, SpeakerState.OFFERED, SpeakerState.PROPOSED, SpeakerState.COUNTERED})
# A speaker is named, and sessions are ahead or were not reported yet.
HAS_SPEAKER = frozenset({SpeakerState.PROPOSED, SpeakerState.COUNTERED, SpeakerState.AGREED, SpeakerState.REPORTING})
SESSIONS_RUN = frozenset({SpeakerState.AGREED, SpeakerState.REPORTING})
# What these lead to when sessions decide it.
AS_SESSIONS_STAND = frozenset(
    {SpeakerState.REPORTING, SpeakerState.AGREED, SpeakerState.REPORTED, SpeakerState.NOT_HELD}
)

SpeakerRule = Cell[Party, SpeakerState | SpeakerTo]

_EITHER = SENDER | RECEIVER
_SPEAKING_SIDE = RECEIVER | frozenset({Party.RECEIVING_WORKER})
_S, _A, _T = SpeakerState, SpeakerAction, SpeakerTo
_ASKED = frozenset({_S.OFFERED, _S.PROPOSED, _S.COUNTERED})

_Row = tuple[frozenset[SpeakerState] | SpeakerState, SpeakerAction, frozenset[Party], SpeakerState | SpeakerTo, str]
_ROWS: tuple[_Row, ...] = (
    (_S.SEEKING, _A.OFFER, SYSTEM | SENDING_SUPERVISOR, _S.OFFERED, "offered"),
    (_S.SEEKING, _A.PARK, SYSTEM, _T.SAME, "parked"),
    (_S.SEEKING, _A.ROUTE_AGAIN, SENDER | OPERATOR, _T.SAME, "routed_again"),
    (_ASKED, _A.SEND_ON, OPERATOR, _S.SEEKING, "sent_on"),
    (_ASKED | {_S.AGREED}, _A.EXPIRE, SYSTEM, _S.SEEKING, "expired"),
    (UNAGREED | SESSIONS_RUN, _A.CHANGE, SENDER, _T.SAME, "changed"),
    (frozenset({_S.OFFERED, _S.COUNTERED}), _A.PROPOSE, RECEIVER, _S.PROPOSED, "proposed"),
    (_S.PROPOSED, _A.RETRACT, RECEIVER, _S.OFFERED, "retracted"),
    (_ASKED, _A.DECLINE, RECEIVER, _S.SEEKING, "declined"),
    (_S.PROPOSED, _A.AGREE, SENDER, _S.AGREED, "agreed"),
    (_S.COUNTERED, _A.AGREE, RECEIVER, _S.AGREED, "agreed"),
    (_S.PROPOSED, _A.COUNTER, SENDER, _S.COUNTERED, "countered"),
    (HAS_SPEAKER, _A.CHANGE_SPEAKER, RECEIVER, _T.SAME, "speaker_changed"),
    (HAS_SPEAKER, _A.SPEAKER_LEFT, SYSTEM, _T.SAME, "speaker_left"),
    (SESSIONS_RUN, _A.ASK_MOVE, _EITHER, _T.SAME, "move_asked"),
    (SESSIONS_RUN, _A.AGREE_MOVE, _EITHER, _T.SAME, "move_agreed"),
    (SESSIONS_RUN, _A.REFUSE_MOVE, _EITHER, _T.SAME, "move_refused"),
    (SESSIONS_RUN, _A.LAPSE_MOVE, SYSTEM, _T.SAME, "move_lapsed"),
    (SESSIONS_RUN, _A.CANCEL_SESSION, _EITHER, _T.AS_SESSIONS_STAND, "session_cancelled"),
    (SESSIONS_RUN, _A.CANCEL, SENDER, _T.AS_SESSIONS_STAND, "cancelled"),
    (_S.AGREED, _A.GIVE_BACK, RECEIVER, _S.SEEKING, "given_back"),
    (UNAGREED, _A.WITHDRAW, SENDER, _T.AS_SESSIONS_STAND, "withdrawn"),
    (UNAGREED, _A.DATES_PASSED, SYSTEM, _S.SEEKING, "dates_passed"),
    (SESSIONS_RUN, _A.ANNOUNCE, SYSTEM, _T.SAME, "announced"),
    (SESSIONS_RUN, _A.SESSION_OVER, SYSTEM, _S.REPORTING, "session_over"),
    (_S.REPORTING, _A.REPORT, SENDER, _T.AS_SESSIONS_STAND, "reported"),
    (_S.REPORTED, _A.FEEDBACK, _SPEAKING_SIDE, _S.HELD, "feedback_given"),
    (_S.REPORTED, _A.LAPSE_FEEDBACK, SYSTEM, _S.HELD, "feedback_lapsed"),
    (SPEAKER_LIVE, _A.REMIND, SYSTEM, _T.SAME, "reminded"),
    (SPEAKER_LIVE, _A.ESCALATE, SYSTEM, _T.SAME, "escalated"),
)

SPEAKER_RULES: Mapping[tuple[SpeakerState, SpeakerAction], SpeakerRule] = tabled(_ROWS)
SPEAKER_FACTS: tuple[str, ...] = ("requested", *dict.fromkeys(row[4] for row in _ROWS))


def speaker_rule(state: SpeakerState, action: SpeakerAction) -> SpeakerRule | None:
    """Return what *action* does in *state*, or None where the table has no such cell. Total: never raises."""
    return SPEAKER_RULES.get((state, action))


def speaker_allowed(state: SpeakerState, parties: frozenset[Party]) -> tuple[SpeakerAction, ...]:
    """Return the actions that someone who is all of *parties* may try in *state*, in the table's order."""
    return tuple(each for each in SpeakerAction if (cell := speaker_rule(state, each)) and cell.by & parties)
