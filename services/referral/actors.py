"""Who somebody is, seen from one case. Source: docs/lifecycle.md, roles."""

from dataclasses import dataclass
from typing import Protocol

from services.contracts.codes import Agency, Level, Role
from services.contracts.ids import OfficerId, RegionCode, UnitId
from services.contracts.lifecycle import Party, State
from services.referral.domain import Referral
from services.referral.offices import Offices

SYSTEM_STAFF_NO = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts, or the system (`officer` None). *level* and *region* are the unit's."""

    officer: OfficerId | None
    staff_no: str
    agency: Agency | None = None
    unit: UnitId | None = None
    role: Role | None = None
    village: RegionCode | None = None
    level: Level | None = None
    region: RegionCode | None = None


SYSTEM = Actor(None, SYSTEM_STAFF_NO)


class Case(Protocol):
    """What one unit asks of another: a referral, or a speaker request."""

    @property
    def unit_from(self) -> UnitId: ...
    @property
    def unit_to(self) -> UnitId | None: ...
    @property
    def assignee(self) -> OfficerId | None: ...
    @property
    def region(self) -> RegionCode: ...


def parties(actor: Actor, case: Case, offices: Offices) -> frozenset[Party]:
    """Return everything *actor* is for *case*; empty for a stranger, who must not learn that it exists."""
    if actor.officer is None:
        return frozenset({Party.SYSTEM})
    if actor.role is Role.DPO:
        return frozenset({Party.DPO})
    if actor.role is Role.OPERATOR:
        return frozenset({Party.OPERATOR})
    if not _in_reach(actor, case):
        return frozenset()
    found = _sending(actor, case, offices) | _receiving(actor, case, offices)
    return frozenset(found)


def privileged(actor: Actor, referral: Referral, found: frozenset[Party]) -> bool:
    """True where *actor* may see and do more on a restricted case than its number and its clock."""
    if not referral.restricted or Party.SYSTEM in found:
        return True
    if referral.state is State.DRAFT and actor.officer == referral.created_by:
        return True
    leads = {Party.SENDING_SUPERVISOR, Party.RECEIVING_SUPERVISOR, Party.DPO, Party.OPERATOR}
    return bool(found & leads) or (actor.officer is not None and actor.officer == referral.assignee)


def _in_reach(actor: Actor, case: Case) -> bool:
    if actor.village is None:
        return True
    return case.region == actor.village or case.assignee == actor.officer


def _sending(actor: Actor, case: Case, offices: Offices) -> set[Party]:
    found: set[Party] = set()
    if actor.unit == case.unit_from:
        found.add(Party.SENDER)
    if _leads(actor, case.unit_from, offices):
        found |= {Party.SENDER, Party.SENDING_SUPERVISOR}
    if actor.role is Role.COORDINATOR and actor.unit and offices.is_above(actor.unit, case.unit_from):
        found |= {Party.SENDER, Party.SENDING_SUPERVISOR, Party.SENDING_COORDINATOR}
    return found


def _receiving(actor: Actor, case: Case, offices: Offices) -> set[Party]:
    unit_to = case.unit_to
    if unit_to is None:
        return set()
    found: set[Party] = set()
    if actor.unit == unit_to:
        found.add(Party.RECEIVER)
        if case.assignee in {None, actor.officer}:
            found.add(Party.RECEIVING_WORKER)
    if _leads(actor, unit_to, offices):
        found |= {Party.RECEIVER, Party.RECEIVING_SUPERVISOR}
    if actor.role is Role.COORDINATOR and actor.unit and offices.is_above(actor.unit, unit_to):
        found |= {Party.RECEIVER, Party.RECEIVING_SUPERVISOR, Party.RECEIVING_COORDINATOR}
    return found


def leads(actor: Actor, unit: UnitId, offices: Offices) -> bool:
    """True for whoever supervises *unit*, and for the coordinators above it."""
    above = actor.role is Role.COORDINATOR and actor.unit is not None and offices.is_above(actor.unit, unit)
    return above or _leads(actor, unit, offices)


def _leads(actor: Actor, unit: UnitId, offices: Offices) -> bool:
    """True for the unit's own supervisor; a unit without one has the next unit's above."""
    if actor.role not in {Role.SUPERVISOR, Role.COORDINATOR}:
        return False
    supervising = offices.supervising(unit)
    return supervising is not None and (supervising.unit, supervising.role) == (actor.unit, actor.role)
