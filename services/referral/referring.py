"""Who may refer a family: whoever may read it. Otherwise anybody with its id could open it to the unit that is asked.

Source: docs/lifecycle.md, who may read a family.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col

from services.contracts.codes import Agency, Role
from services.contracts.ids import FamilyId, RegionCode, UnitId
from services.contracts.reading import Grant, opens, wanted, works_there
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.referral.actors import Actor
from services.referral.repository import from_row, select_referral
from services.referral.tables import ReferralRow


@dataclass(frozen=True, slots=True)
class KnownFamily:
    """What the record knows of a family. *unit* of *agency* recorded it."""

    id: FamilyId
    region: RegionCode
    agency: Agency
    unit: UnitId
    restricted: bool


async def check_may_refer(tx: Tx, family: KnownFamily, actor: Actor, unit: UnitId, *, now: datetime) -> None:
    """Raise Refused("referral.family_not_yours") unless *actor*, for *unit*, may read *family*."""
    if of_ones_own_agency(actor, family):
        return
    if not may_refer_again(replace(actor, unit=unit), family, await _grants(tx, family.id, unit, now)):
        raise Refused("referral.family_not_yours")


def of_ones_own_agency(actor: Actor, family: KnownFamily) -> bool:
    """True where *actor* works for the agency that recorded *family*, where it lives.

    Who of the unit recorded it the record does not know. So a restricted family is referred by that unit, and by
    whoever leads above it; the registry is narrower still.
    """
    if actor.agency is not family.agency or not works_there(actor, family.region, recorded_by=family.unit):
        return False
    return not family.restricted or actor.unit == family.unit or actor.role is Role.COORDINATOR


def may_refer_again(actor: Actor, family: KnownFamily, grants: Sequence[Grant]) -> bool:
    """True where *actor*'s unit has the family, or had it not long ago, because of a referral."""
    return any(opens(grant, actor, family.region, restricted=family.restricted) for grant in grants)


async def _grants(tx: Tx, family: FamilyId, unit: UnitId, now: datetime) -> list[Grant]:
    """Return the grants that the registry holds for *unit*, or soon will: it makes them of these snapshots."""
    query = select_referral().where(col(ReferralRow.family) == family, col(ReferralRow.unit_to) == unit)
    snapshots = [from_row(row).snapshot() for row in await tx.execute(query)]
    return [grant for snapshot in snapshots if (grant := wanted(snapshot, now))]
