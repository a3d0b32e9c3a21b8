"""Somebody to be told, seen from one case: a side, a role, the one who works on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.contracts.cases import CaseSnapshot
from services.contracts.codes import Role
from services.contracts.ids import OfficerId, UnitId
from services.contracts.snapshot import Recipient, Snapshot


class Who(StrEnum):
    """Of a request for a speaker, who asks is the sending side, and the speaker its assignee."""

    SENDING_UNIT = "sending_unit"
    SENDING_WORKERS = "sending_workers"
    SENDING_SUPERVISOR = "sending_supervisor"
    RECEIVING_UNIT = "receiving_unit"
    RECEIVING_SUPERVISOR = "receiving_supervisor"
    ASSIGNEE = "assignee"
    OPERATORS = "operators"


@dataclass(frozen=True, slots=True)
class Wanted:
    """People to reach: of *unit* those with *role* (None: everybody), or one *officer*; without a unit, by role only.

    *upward*: only somebody who leads can act, so a vacancy is filled from the office above. *told*: the fact names
    them itself.
    """

    unit: UnitId | None
    role: Role | None = None
    officer: OfficerId | None = None
    upward: bool = False
    told: bool = False


# These are for whom they name. If they name nobody, that is a finding and not a silence.
NAMES_ITS_READERS: Final = frozenset({"reminded", "escalated"})


def named(told: Iterable[Recipient]) -> tuple[Wanted, ...]:
    """Return whom a fact names itself."""
    return tuple(Wanted(recipient.unit, recipient.role, told=True) for recipient in told)


def wanted_of(who: Who, snapshot: CaseSnapshot) -> Wanted | None:
    """Return whom *who* means; None where there is nobody of that kind now."""
    sending, receiving = snapshot.unit_from, snapshot.unit_to
    match who:
        case Who.SENDING_UNIT:
            return Wanted(sending)
        case Who.SENDING_WORKERS:
            return Wanted(sending, Role.OFFICER)
        case Who.SENDING_SUPERVISOR:
            return Wanted(sending, Role.SUPERVISOR, upward=True)
        case Who.OPERATORS:
            return Wanted(None, Role.OPERATOR)
        case _ if receiving is None:
            return None
        case Who.RECEIVING_UNIT:
            return Wanted(receiving)
        case Who.RECEIVING_SUPERVISOR:
            return Wanted(receiving, Role.SUPERVISOR, upward=True)
        case Who.ASSIGNEE:
            return _worker(snapshot, receiving)


def _worker(snapshot: CaseSnapshot, receiving: UnitId) -> Wanted | None:
    if isinstance(snapshot, Snapshot):
        # Nobody assigned any more: it is back in the unit's queue.
        return Wanted(receiving, officer=snapshot.assignee)
    return Wanted(snapshot.speaker_unit or receiving, officer=snapshot.speaker) if snapshot.speaker else None
