"""Whose move a speaker request is: the side, its unit, the person there. Pure."""

from services.contracts.ids import OfficerId, UnitId
from services.contracts.speaking.codes import Side
from services.contracts.speaking.lifecycle import SpeakerState
from services.referral.speaking.domain import SpeakerRequest

_OF_WHO_ASKS = frozenset({SpeakerState.SEEKING, SpeakerState.PROPOSED, SpeakerState.REPORTING})
_OF_THE_UNIT = frozenset({SpeakerState.OFFERED, SpeakerState.COUNTERED, SpeakerState.REPORTED})


def side_to_move(request: SpeakerRequest) -> Side | None:
    """Return who is to do something; None where only the day is waited for, and after the end."""
    if request.state in _OF_WHO_ASKS:
        return Side.ASKING
    if request.state in _OF_THE_UNIT:
        return Side.SPEAKING
    if request.state is SpeakerState.AGREED and request.speaker is None:
        return Side.SPEAKING
    return request.move.by.other if request.move else None


def waits_for(request: SpeakerRequest) -> UnitId | None:
    """Return the unit in whose queue the request stands, if it stands in one."""
    side = side_to_move(request)
    if side is None:
        return None
    return request.unit_from if side is Side.ASKING else request.unit_to


def holder(request: SpeakerRequest) -> OfficerId | None:
    """Return the person whose move it is, where one is known."""
    side = side_to_move(request)
    if side is Side.ASKING:
        return request.created_by
    return request.speaker if side is Side.SPEAKING else None
