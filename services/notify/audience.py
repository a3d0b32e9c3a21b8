"""Who is told of what, as one table over every fact of a referral. Source: docs/lifecycle.md.

The other side is told, never the one that acted. A fact that names whom it is for (`told`) goes to exactly those.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from services.contracts.codes import Role
from services.contracts.events import CaseEvent, ReferralEvent, SpeakerRequestEvent
from services.contracts.snapshot import Snapshot
from services.notify.speaking import speaking_audience
from services.notify.wanted import NAMES_ITS_READERS, Wanted, Who, named, wanted_of

_NOBODY: Final[tuple[Who, ...]] = ()
_SENDER: Final = (Who.SENDING_UNIT,)
_RECEIVER: Final = (Who.RECEIVING_UNIT,)
_BOTH: Final = (Who.SENDING_UNIT, Who.RECEIVING_UNIT)

AUDIENCE: Final[Mapping[str, tuple[Who, ...]]] = MappingProxyType(
    {
        "created": _NOBODY,
        "edited": _NOBODY,
        "submitted": (Who.SENDING_SUPERVISOR,),
        "discarded": _NOBODY,
        "draft_warned": _SENDER,
        "purged": _SENDER,
        "offered": _RECEIVER,
        "parked": (Who.SENDING_SUPERVISOR,),
        # The supervisor acts, but the unit's officers have to complete it, or to tell the family that nobody comes.
        "returned": (Who.SENDING_WORKERS,),
        "closed": (Who.SENDING_WORKERS,),
        "claimed": _SENDER,
        "declined": _SENDER,
        "redirected": _SENDER,
        "expired": _BOTH,
        "accepted": _SENDER,
        "asked": _SENDER,
        "answered": _RECEIVER,
        "question_withdrawn": _SENDER,
        "question_lapsed": _BOTH,
        "enlisted": _SENDER,
        "place_offered": _SENDER,
        "place_taken": _RECEIVER,
        "place_refused": _RECEIVER,
        "place_lapsed": _BOTH,
        "contacted": _SENDER,
        "unaccepted": _SENDER,
        "noted": _NOBODY,
        "contact_failed": _NOBODY,
        "held": _SENDER,
        "resumed": _SENDER,
        "reported": _SENDER,
        "confirmed": _RECEIVER,
        "auto_confirmed": _BOTH,
        "disputed": _RECEIVER,
        "ruled_back": _BOTH,
        "ruled_upheld": _BOTH,
        "recalled": _RECEIVER,
        "recall_asked": _RECEIVER,
        "cancel_confirmed": _SENDER,
        "cancel_refused": _SENDER,
        "consent_withdrawn": _BOTH,
        "objected": (Who.SENDING_SUPERVISOR, Who.RECEIVING_SUPERVISOR),
        "objection_answered": _BOTH,
        "stop_received": _SENDER,
        "assigned": (Who.ASSIGNEE,),
        # Perhaps by the coordinator: the unit's supervisor has to offer it anew, its officers knew it as closed.
        "reopened": _SENDER,
        "void_requested": (Who.OPERATORS,),
        "voided": _BOTH,
        "void_lapsed": _BOTH,
        # The fact names the unit that it was taken from: nobody is asked at that moment.
        "sent_on": _SENDER,
        # Thousands may be moved at once. The new date stands in every list, and whoever is late by it hears of that.
        "policy_moved": _NOBODY,
        # What it leads to is told: an offer to the next unit, or why there is none.
        "routed_again": _NOBODY,
        # A decree gave the family's village another code: nothing is to be done.
        "renumbered": _NOBODY,
        # A client came home from an institution: those who serve the family, and who referred it, hear of that.
        "home_noted": _BOTH,
        "follow_up_asked": _RECEIVER,
        "followed_up": _SENDER,
        "reminded": _NOBODY,
        "escalated": _NOBODY,
    }
)
# Told only then: a clear referral is offered at once, and of the receipts the last one ends it.
_ONLY_IF: Final[Mapping[str, Callable[[Snapshot], bool]]] = MappingProxyType(
    {
        "submitted": lambda snapshot: snapshot.parked is not None,
        "stop_received": lambda snapshot: not snapshot.live,
    }
)


def audience(event: CaseEvent) -> tuple[Wanted, ...]:
    """Return whom *event* is for. Total over the facts; empty where nobody is told."""
    return speaking_audience(event) if isinstance(event, SpeakerRequestEvent) else _of_referral(event)


def _of_referral(event: ReferralEvent) -> tuple[Wanted, ...]:
    if event.told:
        return _allowed(named(event.told), event.snapshot)
    if event.fact in NAMES_ITS_READERS:
        return (Wanted(None, told=True),)
    if event.fact in _ONLY_IF and not _ONLY_IF[event.fact](event.snapshot):
        return ()
    found = (wanted_of(who, event.snapshot) for who in AUDIENCE[event.fact])
    return _allowed(tuple(wanted for wanted in found if wanted is not None), event.snapshot)


def _allowed(wanted: tuple[Wanted, ...], snapshot: Snapshot) -> tuple[Wanted, ...]:
    """Narrow a restricted case to its assignee and the two units' supervisors.

    Whoever stands above and is named by a rung stays: a ladder that falls silent would be worse, and the message
    says no more than the number and the clock.
    """
    if not snapshot.restricted:
        return wanted
    narrowed = (each for one in wanted for each in _narrowed(one, snapshot))
    return tuple(dict.fromkeys(narrowed))


def _narrowed(one: Wanted, snapshot: Snapshot) -> tuple[Wanted, ...]:
    if one.unit not in {snapshot.unit_from, snapshot.unit_to} or one.officer or one.role in {Role.DPO, Role.OPERATOR}:
        return (one,)
    lead = Wanted(one.unit, Role.SUPERVISOR, upward=True, told=one.told)
    if one.unit == snapshot.unit_to and snapshot.assignee and one.role in {None, Role.OFFICER}:
        return (lead, Wanted(one.unit, officer=snapshot.assignee, told=one.told))
    return (lead,)
