"""Whose move it is: the unit whose queue a referral stands in, the person there, and who leads them. Pure."""

from services.contracts.codes import ClockName, Decision, StopParty
from services.contracts.ids import OfficerId, UnitId
from services.contracts.lifecycle import LIVE, WITH_RECEIVER, State
from services.referral.domain import Referral


def waits_for(referral: Referral) -> UnitId | None:
    """Return the unit whose move it is; None when nothing is to be done any more."""
    if referral.state not in LIVE:
        return referral.unit_to if referral.progress.follow_up_open else None
    with_receiver = referral.state in WITH_RECEIVER - {State.INFO_NEEDED, State.PLACE_OFFERED, State.REPORTED}
    if referral.state is State.STOPPING:
        with_receiver = StopParty.RECEIVING_UNIT in referral.progress.stops_awaited
    return referral.unit_to if with_receiver else referral.unit_from


def holder(referral: Referral) -> OfficerId | None:
    """Return the person whose move it is, where one is known."""
    unit = waits_for(referral)
    if unit is None:
        return None
    return referral.assignee if unit == referral.unit_to else referral.created_by


def decisions(referral: Referral) -> tuple[Decision, ...]:
    """Return what of *referral* waits for somebody who leads: the work queues of supervisors and coordinators."""
    cancel = referral.clocks.get(ClockName.CANCEL)
    waits = {
        Decision.OFFER: referral.state in {State.TRIAGE, State.REROUTING} and referral.progress.parked is not None,
        Decision.RULING: referral.state is State.REPORTED and referral.progress.flagged,
        Decision.CANCEL: referral.state is State.CANCELLING and cancel is not None and cancel.past_due,
        Decision.OBJECTION: referral.state in LIVE and referral.progress.objection_open,
        Decision.VOID: referral.state in LIVE and referral.progress.void_requested_by is not None,
    }
    return tuple(decision for decision, waiting in waits.items() if waiting)
