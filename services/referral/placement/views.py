"""What is shown beside a referral of its place on a list, and of the way home."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from services.contracts.codes import ClockName, Service
from services.contracts.ids import UnitId
from services.contracts.lifecycle import ON_THE_LIST, State
from services.kit.database import Tx
from services.kit.http import Answered
from services.referral.actors import Actor, parties
from services.referral.domain import Referral
from services.referral.offices import Offices
from services.referral.placement import intakes, lists
from services.referral.placement.way_home import PAIR
from services.referral.repository import READ, from_row

_PAIR_OF: Final = f"""
SELECT {", ".join(f"referral.{name}" for name in READ)}, way_home.stay, way_home.opened, contacted.at AS contacted_at,
    EXISTS (SELECT FROM timeline AS told WHERE told.referral = referral.id AND told.clock = 'contact'
        AND told.mark = 'due') AS was_late
FROM way_home JOIN referral ON referral.id = way_home.referral
LEFT JOIN LATERAL (
    SELECT at FROM timeline WHERE timeline.referral = referral.id AND fact = 'contacted' ORDER BY version LIMIT 1
) AS contacted ON true
WHERE stay = %(stay)s ORDER BY way_home.service
"""
_STAY_OF: Final = "SELECT stay FROM way_home WHERE referral = %(id)s ORDER BY at DESC LIMIT 1"
_STAY: Final = "SELECT id, number, unit_to AS unit FROM referral WHERE id = %(stay)s"


class PlaceView(Answered):
    """Where it stands on the list for a place: *position*, from 1, of *length* who wait; none once a place is offered.

    *listed_at*: since when it waits. *intake*: none on the general list. *starts_on*: when the intake begins.
    """

    intake: UUID | None
    starts_on: date | None
    listed_at: datetime | None
    position: int | None
    length: int | None


class AfterCareView(Answered):
    """One half of the pair. *opened*: false where it was live already and the way home joined it.

    *in_time*: whether the first contact was; none while there is time. *part*: whether the caller has a part in it.
    """

    referral: UUID
    number: str
    service: Service
    state: State
    unit_to: UnitId | None
    opened: bool
    contacted_at: datetime | None
    contact_due_at: datetime | None
    in_time: bool | None
    part: bool


class WayHomeView(Answered):
    """The stay that ended, at *unit*, and the after-care that follows it."""

    stay: UUID
    number: str
    unit: UnitId | None
    pair: tuple[AfterCareView, ...]


async def beside(tx: Tx, referral: Referral, actor: Actor, offices: Offices) -> dict[str, Any]:
    """Return `place` and `way_home` of ReferralView, for somebody who may see the case."""
    return {"place": await _place(tx, referral), "way_home": await _way_home(tx, referral, actor, offices)}


async def _place(tx: Tx, referral: Referral) -> dict[str, Any] | None:
    if referral.intake is None and referral.state not in ON_THE_LIST:
        return None
    turn = await lists.turn(tx, referral)
    intake = await intakes.find(tx, referral.intake) if referral.intake else None
    return {
        "intake": referral.intake,
        "starts_on": intake and intake.starts_on,
        "listed_at": referral.listed_at,
        "position": turn and turn.position,
        "length": turn and turn.length,
    }


async def _way_home(tx: Tx, referral: Referral, actor: Actor, offices: Offices) -> dict[str, Any] | None:
    stay: UUID | None = referral.id if referral.service.residential else None
    if referral.service in PAIR and referral.submitted_at is not None:  # the pair is submitted as it is opened
        stay = (await tx.exec_driver_sql(_STAY_OF, {"id": referral.id})).scalar()
    rows = (await tx.exec_driver_sql(_PAIR_OF, {"stay": stay})).all() if stay else []
    if not rows:
        return None
    of = (await tx.exec_driver_sql(_STAY, {"stay": stay})).one()
    return {"stay": of.id, "number": of.number, "unit": of.unit, "pair": [_half(row, actor, offices) for row in rows]}


def _half(row: Any, actor: Actor, offices: Offices) -> dict[str, Any]:
    referral = from_row(row)
    due_at = next((clock.due_at for name, clock in referral.clocks.items() if name is ClockName.CONTACT), None)
    late = row.was_late or (False if row.contacted_at else None)
    return {
        "referral": referral.id,
        "number": referral.number,
        "service": referral.service,
        "state": referral.state,
        "unit_to": referral.unit_to,
        "opened": row.opened,
        "contacted_at": row.contacted_at,
        "contact_due_at": due_at,
        "in_time": None if late is None else not late,
        "part": bool(parties(actor, referral, offices)),
    }
