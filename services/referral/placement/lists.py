"""Waiting lists: who waits for a unit's places, in turn. One list for each intake, and a general one without.

A place is offered under the lock of what counts the list's places. Whoever offers one, or gives one back that goes to
the next in turn, takes that lock first and those of referrals after it: so no two wait for each other. Source:
docs/decisions, 0030.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from services.contracts.codes import Service
from services.contracts.ids import IntakeId, ReferralId, UnitId
from services.contracts.lifecycle import Action, State
from services.kit.database import Tx
from services.referral.domain import Referral
from services.referral.repository import READ, Referrals, from_row

NO_INTAKE: Final = "coalesce(intake, '00000000-0000-0000-0000-000000000000')"
_ON: Final = f"""
FROM referral WHERE state = 'waitlisted' AND unit_to = %(unit)s AND service = %(service)s
    AND {NO_INTAKE} = coalesce(%(intake)s::uuid, '00000000-0000-0000-0000-000000000000')
"""
_LIST_OF: Final = """
SELECT unit_to, service, intake FROM referral
WHERE id = %(id)s AND (state = 'waitlisted' OR NOT %(offers)s AND (state = 'place_offered' OR intake IS NOT NULL))
"""
_GIVES_BACK: Final = frozenset(
    {
        *(Action.REFUSE_PLACE, Action.LAPSE_PLACE, Action.RECALL, Action.CONFIRM_CANCEL, Action.UNACCEPT),
        *(Action.WITHDRAW_CONSENT, Action.APPROVE_VOID),
    }
)
_HOLD: Final = "SELECT FROM place WHERE unit = %(unit)s AND service = %(service)s FOR UPDATE"
_HOLD_INTAKE: Final = "SELECT FROM intake WHERE id = %(intake)s FOR UPDATE"
_FIRST: Final = f"SELECT id {_ON} AND id <> %(but)s ORDER BY listed_at, id LIMIT 1"
_TURN: Final = f"""
SELECT count(*) AS length, count(*) FILTER (WHERE (listed_at, id) <= (%(listed_at)s, %(id)s)) AS position {_ON}
"""
_PAGE: Final = f"SELECT {', '.join(READ)} {_ON} ORDER BY listed_at, id LIMIT %(limit)s"
_LENGTH: Final = f"SELECT count(*) {_ON}"
_LIMITED: Final = "SELECT FROM place WHERE unit = %(unit)s AND service = %(service)s AND limit_ IS NOT NULL"


@dataclass(frozen=True, slots=True)
class WaitingList:
    """Who waits for places of *unit* for *service*: in one intake, or without one (None)."""

    unit: UnitId
    service: Service
    intake: IntakeId | None

    @classmethod
    def of(cls, referral: Referral) -> Self | None:
        """Return the list that *referral* is on, or has its place by."""
        return cls(referral.unit_to, referral.service, referral.intake) if referral.unit_to else None


@dataclass(frozen=True, slots=True)
class Turn:
    """*position*, counted from 1, of *length* who wait."""

    position: int
    length: int


async def hold(tx: Tx, referral: ReferralId, action: Action) -> None:
    """Let nobody else give or pass on a place of *referral*'s list until *tx* ends, if *action* may do so.

    To be asked before the referral itself is locked.
    """
    offers = action is Action.OFFER_PLACE
    if not offers and action not in _GIVES_BACK:
        return
    row = (await tx.exec_driver_sql(_LIST_OF, {"id": referral, "offers": offers})).one_or_none()
    if row is not None:
        query = _HOLD_INTAKE if row.intake else _HOLD
        await tx.exec_driver_sql(query, {"unit": row.unit_to, "service": row.service, "intake": row.intake})


async def first(tx: Tx, waiting: WaitingList, *, but: ReferralId) -> Referral | None:
    """Return the first in turn, locked, leaving out *but*; None where nobody else waits."""
    while (found := (await tx.exec_driver_sql(_FIRST, {**_values(waiting), "but": but})).scalar()) is not None:
        referral = await Referrals(tx).get(ReferralId(found), lock=True)
        if referral.state is State.WAITLISTED and WaitingList.of(referral) == waiting:
            return referral  # else somebody was faster with this one
    return None


async def turn(tx: Tx, referral: Referral) -> Turn | None:
    """Return where *referral* stands on its list; None where it waits on none."""
    waiting = WaitingList.of(referral)
    if referral.state is not State.WAITLISTED or waiting is None:
        return None
    mine = {"listed_at": referral.listed_at, "id": referral.id}
    row = (await tx.exec_driver_sql(_TURN, {**_values(waiting), **mine})).one()
    return Turn(row.position, row.length)


async def anybody(tx: Tx, waiting: WaitingList, *, but: ReferralId) -> bool:
    """True where somebody else than *but* waits on the list."""
    return (await tx.exec_driver_sql(_FIRST, {**_values(waiting), "but": but})).scalar() is not None


async def everybody(tx: Tx, waiting: WaitingList, *, limit: int) -> list[Referral]:
    """Return who waits, in turn, no more than *limit*."""
    return [from_row(row) for row in await tx.exec_driver_sql(_PAGE, {**_values(waiting), "limit": limit})]


async def length(tx: Tx, waiting: WaitingList) -> int:
    """Return how many wait on the list."""
    found: int = (await tx.exec_driver_sql(_LENGTH, _values(waiting))).scalar_one()
    return found


async def limited(tx: Tx, unit: UnitId, service: Service) -> bool:
    """True where *unit* has so many places for *service* and no more."""
    return (await tx.exec_driver_sql(_LIMITED, {"unit": unit, "service": service})).one_or_none() is not None


def _values(waiting: WaitingList) -> dict[str, Any]:
    return asdict(waiting)
