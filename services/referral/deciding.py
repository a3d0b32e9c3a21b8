"""What waits for a decision of those who lead: their own units, and what only a coordinator above may decide.

The record notes with every step what waits for whom (`whose_move.decisions`); two small indexes hold just those.
"""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import String, Text, and_, any_, literal, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from services.contracts.codes import Decision, Role
from services.contracts.ids import UnitId
from services.contracts.reading import covers
from services.contracts.snapshot import Recipient
from services.kit.auth import Caller
from services.referral.offices import Offices
from services.referral.tables import ReferralRow

_OF_THE_SENDING_LEAD: Final = (Decision.OFFER, Decision.OBJECTION, Decision.VOID)
_OF_THE_RECEIVING_LEAD: Final = (Decision.OBJECTION, Decision.VOID)


def awaiting(caller: Caller, offices: Offices) -> Any:
    """Return the condition for what *caller*, who leads, decides: rulings and late recalls also far below."""
    led, below = led_by(caller, offices), below_of(caller, offices)
    sides = (
        (col(ReferralRow.unit_from), led, _OF_THE_SENDING_LEAD),
        (col(ReferralRow.unit_to), led, _OF_THE_RECEIVING_LEAD),
        (col(ReferralRow.unit_from), below, (Decision.RULING,)),
        (col(ReferralRow.unit_to), below, (Decision.CANCEL,)),
    )
    return and_(col(ReferralRow.decisions) != [], or_(*(_of(unit, units, what) for unit, units, what in sides)))


def led_by(caller: Caller, offices: Offices) -> list[UnitId]:
    """Return the units that *caller* supervises: the own one, and those below where nobody else does."""
    me = Recipient(unit=caller.unit, role=caller.role)
    return [unit for unit in _near(caller, offices) if offices.supervising(unit) == me]


def below_of(caller: Caller, offices: Offices) -> list[UnitId]:
    """Return the own unit and all below of a coordinator; none for others."""
    if caller.role is not Role.COORDINATOR:
        return []
    return [unit for unit in _near(caller, offices) if offices.is_above(caller.unit, unit)]


def _near(caller: Caller, offices: Offices) -> list[UnitId]:
    """An office lies in the area of whoever stands above it."""
    return [unit for unit, office in offices.by_id.items() if covers(caller.region, office.region)]


def _of(side: Any, units: Collection[UnitId], what: Collection[Decision]) -> Any:
    listed = literal(list(units), ARRAY(String))
    waiting = literal([each.value for each in what], ARRAY(Text))
    return and_(side == any_(listed), col(ReferralRow.decisions).op("&&")(waiting))
