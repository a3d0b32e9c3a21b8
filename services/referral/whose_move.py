"""Whose move it is: the unit whose queue a referral stands in, and the person there. Pure."""

from services.contracts.codes import StopParty
from services.contracts.ids import OfficerId, UnitId
from services.contracts.lifecycle import LIVE, WITH_RECEIVER, State
from services.referral.domain import Referral


def waits_for(referral: Referral) -> UnitId | None:
    """Return the unit whose move it is; None when nothing is to be done any more."""
    if referral.state not in LIVE:
        return referral.unit_to if referral.progress.follow_up_open else None
    with_receiver = referral.state in WITH_RECEIVER - {State.INFO_NEEDED, State.REPORTED}
    if referral.state is State.STOPPING:
        with_receiver = StopParty.RECEIVING_UNIT in referral.progress.stops_awaited
    return referral.unit_to if with_receiver else referral.unit_from


def holder(referral: Referral) -> OfficerId | None:
    """Return the person whose move it is, where one is known."""
    unit = waits_for(referral)
    if unit is None:
        return None
    return referral.assignee if unit == referral.unit_to else referral.created_by
