"""Who is told at which mark of a speaker request's clock, as one table. Source: docs/speaking.md, clocks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.contracts.speaking.codes import Side, SpeakerClock
from services.contracts.speaking.lifecycle import SpeakerAction, SpeakerState
from services.referral.escalation import Plan, Told
from services.referral.speaking.domain import SpeakerRequest
from services.referral.speaking.whose_move import side_to_move

C, A = SpeakerClock, SpeakerAction
SpeakerPlan = Plan[SpeakerAction]

_BOTH_UNITS: Final = (Told.SENDING_UNIT, Told.RECEIVING_UNIT)
_ASKING: Final = (Told.SENDING_SUPERVISOR, Told.SENDING_COORDINATOR, Told.SENDING_PROVINCE)
_SPEAKING: Final = (Told.RECEIVING_SUPERVISOR, Told.RECEIVING_COORDINATOR, Told.RECEIVING_PROVINCE)

_UNIT: Final[SpeakerPlan] = Plan(waits_for=Told.RECEIVING_UNIT, rungs=_SPEAKING, end=A.EXPIRE, told_at_end=_BOTH_UNITS)
# Who asks is never ended by silence: the last rung hears of it again and again.
_ASKER: Final[SpeakerPlan] = Plan(waits_for=Told.SENDING_UNIT, rungs=_ASKING)


def _moment(end: SpeakerAction) -> SpeakerPlan:
    return Plan(waits_for=Told.SENDING_UNIT, end=end, told_at_end=_BOTH_UNITS, reminders=())


SPEAKER_PLANS: Final[Mapping[SpeakerClock, SpeakerPlan]] = MappingProxyType(
    {
        C.SEEK: _ASKER,
        C.ACKNOWLEDGE: _UNIT,
        C.ANSWER: _ASKER,
        C.COUNTER: _UNIT,
        C.DATES: Plan(waits_for=Told.RECEIVING_UNIT, rungs=_SPEAKING, reminders=()),
        C.LAST_DATE: _moment(A.DATES_PASSED),
        C.REPLACE: _UNIT,
        C.MOVE: Plan(waits_for=Told.RECEIVING_UNIT, end=A.LAPSE_MOVE, told_at_end=_BOTH_UNITS),
        C.WEEK_BEFORE: _moment(A.ANNOUNCE),
        C.DAY_BEFORE: _moment(A.ANNOUNCE),
        C.SESSION: _moment(A.SESSION_OVER),
        C.REPORT: _ASKER,
        C.FEEDBACK: Plan(waits_for=Told.RECEIVING_UNIT, end=A.LAPSE_FEEDBACK, told_at_end=_BOTH_UNITS),
    }
)
# While the asking side is to move, its own leaders are told that the date comes near.
_DATES_OF_THE_ASKER: Final[SpeakerPlan] = Plan(waits_for=Told.SENDING_UNIT, rungs=_ASKING, reminders=())
_MOVE_OF_THE_ASKER: Final[SpeakerPlan] = Plan(waits_for=Told.SENDING_UNIT, end=A.LAPSE_MOVE, told_at_end=_BOTH_UNITS)
# While how one session went is not said, the others stay agreed: the unit is only told again.
_REPLACE_BESIDE_A_REPORT: Final[SpeakerPlan] = Plan(waits_for=Told.RECEIVING_UNIT, rungs=_SPEAKING)


def plan(clock: SpeakerClock, request: SpeakerRequest) -> SpeakerPlan:
    """Return the plan of *clock* for *request* as it is: three depend on more than their name."""
    if clock is C.DATES and side_to_move(request) is Side.ASKING:
        return _DATES_OF_THE_ASKER
    if clock is C.MOVE and request.move and request.move.by is Side.SPEAKING:
        return _MOVE_OF_THE_ASKER
    if clock is C.REPLACE and request.state is SpeakerState.REPORTING:
        return _REPLACE_BESIDE_A_REPORT
    return SPEAKER_PLANS[clock]
