"""Who may read a family, as far as two parts judge by it: the registry opens its data by this rule, and the record lets
nobody refer a family whom the registry would not let read it. Source: docs/lifecycle.md, who may read a family.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.contracts.codes import Level, Role
from services.contracts.ids import OfficerId, RegionCode, UnitId
from services.contracts.lifecycle import WITH_RECEIVER, State
from services.contracts.snapshot import Snapshot

AFTER_CLOSURE = timedelta(days=30)
LEADS = frozenset({Role.SUPERVISOR, Role.COORDINATOR})
_READING = WITH_RECEIVER - {State.STOPPING}


class Reader(Protocol):
    """Somebody, as far as the right to read depends on it. *village* narrows a village team's member to one desa."""

    @property
    def officer(self) -> OfficerId | None: ...
    @property
    def unit(self) -> UnitId | None: ...
    @property
    def level(self) -> Level | None: ...
    @property
    def role(self) -> Role | None: ...
    @property
    def region(self) -> RegionCode | None: ...
    @property
    def village(self) -> RegionCode | None: ...


@dataclass(frozen=True, slots=True)
class Grant:
    """*unit* may read one family because of a referral, whose *assignee* works on it; without an end while it lasts."""

    unit: UnitId
    assignee: OfficerId | None
    expires_at: datetime | None = None


def covers(area: RegionCode, code: RegionCode) -> bool:
    """Return whether *code* is *area* or lies in it. By whole blocks: `35.1` covers nothing of `35.15`."""
    return code == area or code.startswith(f"{area}.")


def works_there(reader: Reader, region: RegionCode, *, recorded_by: UnitId) -> bool:
    """True where *region*, in which a family lives that the unit *recorded_by* wrote down, is *reader*'s to work in."""
    if reader.village not in {None, region}:
        return False
    # An institution's region is only where its house stands: that opens nobody's data.
    if reader.level is Level.UPT:
        return reader.unit == recorded_by
    return reader.region is not None and covers(reader.region, region)


def wanted(snapshot: Snapshot, now: datetime) -> Grant | None:
    """Return the grant that there has to be, or None.

    A case that ended with an outcome is readable for 30 days, and while its unit is asked what became of a proposal.
    """
    if snapshot.unit_to is None:
        return None
    if snapshot.state in _READING or (snapshot.state is State.CLOSED and snapshot.follow_up_open):
        return Grant(snapshot.unit_to, snapshot.assignee)
    if snapshot.state is State.CLOSED and snapshot.outcome is not None and snapshot.closed_at is not None:
        until = snapshot.closed_at + AFTER_CLOSURE
        return Grant(snapshot.unit_to, snapshot.assignee, until) if until > now else None
    return None


def opens(grant: Grant, reader: Reader, region: RegionCode, *, restricted: bool) -> bool:
    """True where *grant* lets *reader* read its family, which lives in *region*.

    Whoever is assigned reads what she works on, in whichever village it lives.
    """
    if reader.unit != grant.unit:
        return False
    if reader.officer is not None and reader.officer == grant.assignee:
        return True
    return reader.village in {None, region} and (not restricted or reader.role in LEADS)
