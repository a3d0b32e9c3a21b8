"""Who somebody is, seen from a speaker request, and on which side of it."""

from dataclasses import dataclass

from services.contracts.lifecycle import Party
from services.contracts.speaking.codes import Side
from services.referral.actors import SYSTEM, Actor
from services.referral.actors import parties as parties_of_a_case
from services.referral.offices import Offices
from services.referral.speaking.domain import SpeakerRequest

_ASKING = frozenset({Party.SENDER, Party.SENDING_SUPERVISOR, Party.SENDING_COORDINATOR})
_SPEAKING = frozenset({Party.RECEIVER, Party.RECEIVING_WORKER, Party.RECEIVING_SUPERVISOR, Party.RECEIVING_COORDINATOR})


@dataclass(frozen=True, slots=True)
class By:
    """Who takes a step: *side* is None for the system and for operators."""

    actor: Actor
    side: Side | None = None


BY_SYSTEM = By(SYSTEM)


def parties(actor: Actor, request: SpeakerRequest, offices: Offices) -> frozenset[Party]:
    """Return everything *actor* is for *request*. The speaker may be of a unit below the one that is asked."""
    found = set(parties_of_a_case(actor, request, offices))
    if actor.officer is not None and actor.officer == request.speaker:
        found.add(Party.RECEIVING_WORKER)
    if actor.officer == request.created_by and actor.unit == request.unit_from:
        found.add(Party.SENDER)  # also a member of a village team, whose village is not the unit's area
    return frozenset(found)


def side_of(actor: Actor, request: SpeakerRequest, who: frozenset[Party]) -> Side | None:
    """Return the side on which *actor*, who is all of *who*, stands; of both the own unit's, else the asking one."""
    asking, speaking = bool(who & _ASKING), bool(who & _SPEAKING)
    if asking and speaking:
        return Side.SPEAKING if actor.unit == request.unit_to else Side.ASKING
    if asking:
        return Side.ASKING
    return Side.SPEAKING if speaking else None
