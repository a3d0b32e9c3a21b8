"""The two lists of an institution: who waits, and who comes."""

from datetime import datetime
from typing import Any, Final

from services.contracts.ids import IntakeId
from services.contracts.lifecycle import HOLDS_A_PLACE
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.referral.actors import Actor, parties, privileged
from services.referral.domain import Referral
from services.referral.offices import Offices
from services.referral.placement import lists
from services.referral.placement.lists import WaitingList
from services.referral.places import free
from services.referral.repository import READ, from_row
from services.referral.views import brief

MOST_WAITING: Final = 500
_COMING: Final = f"""
SELECT {", ".join(READ)} FROM referral WHERE intake = %(intake)s AND state = ANY(%(states)s) ORDER BY number
"""
_STATES: Final = [state.value for state in HOLDS_A_PLACE]


async def waiting_list(tx: Tx, asked: WaitingList, actor: Actor, offices: Offices, *, now: datetime) -> dict[str, Any]:
    """Return WaitingListView without its intake: at most MOST_WAITING, in turn."""
    waiting = await lists.everybody(tx, asked, limit=MOST_WAITING)
    today = now.astimezone(WIB).date()
    return {
        "unit": asked.unit,
        "service": asked.service,
        "free": await free(tx, asked.unit, asked.service, asked.intake, today),
        "length": await lists.length(tx, asked),
        "waiting": [
            _seen(each, actor, offices) | {"position": position, "listed_at": each.listed_at}
            for position, each in enumerate(waiting, 1)
        ],
    }


async def hand_over(tx: Tx, intake: IntakeId, actor: Actor, offices: Offices) -> list[dict[str, Any]]:
    """Return ComingView of each who has a place in *intake*, or to whom one is offered."""
    rows = await tx.exec_driver_sql(_COMING, {"intake": intake, "states": _STATES})
    return [
        _seen(each, actor, offices) | {"since": each.progress.accepted_at or each.listed_at}
        for each in map(from_row, rows)
    ]


def _seen(referral: Referral, actor: Actor, offices: Offices) -> dict[str, Any]:
    found = parties(actor, referral, offices)
    return brief(referral, open_case=privileged(actor, referral, found))
