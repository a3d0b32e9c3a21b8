"""What stands on a join of the two lists: referrals that were made meanwhile, and needs that are referred twice.

A join says that a family of the survey and one of the register are one. Undoing it takes no referral back: whoever
undoes it is told which ones go on. Where a join shows that two recorded families are one, and each is referred for the
same service, both stay, and both are shown here until one is ended or the join is undone.
"""

from typing import Any

from sqlalchemy import text

from services.contracts.codes import Agency
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import rights
from services.registry.links import LEAD

_LIVE = "seen.state NOT IN ('draft', 'closed', 'cancelled', 'void') AND NOT seen.restricted"
_STANDING = text(f"""
SELECT seen.referral, seen.number, seen.service, seen.state FROM recorded_family AS recorded
JOIN referral_seen AS seen ON seen.family = recorded.family
WHERE recorded.agency = :agency AND {_LIVE} AND recorded.list_family =
    (SELECT family FROM listed_person WHERE list = :list AND id = CASE :list WHEN 'pk' THEN :pk ELSE :dtsen END)
ORDER BY seen.number
""")
# The other list's family is the household in which families of this list are one.
_HOUSEHOLDS = {
    Agency.BKKBN: ("pk", "own.id = joined.pk", "other.list = 'dtsen' AND other.id = joined.dtsen"),
    Agency.DINSOS: ("dtsen", "own.id = joined.dtsen", "other.list = 'pk' AND other.id = joined.pk"),
}
_TWICE = """
WITH referred AS (
    SELECT DISTINCT other.family AS household, seen.family, seen.service, seen.referral, seen.number
    FROM referral_seen AS seen
    JOIN family ON family.id = seen.family AND family.agency = :agency
    JOIN recorded_family AS recorded ON recorded.family = seen.family AND recorded.agency = :agency
    JOIN listed_person AS own ON own.list = '{list}' AND own.family = recorded.list_family
    JOIN joined_person AS joined ON {own}
    JOIN listed_person AS other ON {other}
    WHERE {live} AND (family.region = :area OR family.region LIKE :area || '.%')
)
SELECT service, array_agg(DISTINCT referral) AS referrals, array_agg(DISTINCT number) AS numbers
FROM referred GROUP BY household, service HAVING count(DISTINCT family) > 1 ORDER BY numbers LIMIT 200
"""
_TWICES = {
    agency: text(_TWICE.format(list=name, own=own, other=other, live=_LIVE))
    for agency, (name, own, other) in _HOUSEHOLDS.items()
}


async def standing(tx: Tx, dtsen: str, pk: str, caller: Caller) -> list[dict[str, Any]]:
    """Return the live referrals of the families, of the caller's own list, that the pair is about."""
    name = _HOUSEHOLDS[caller.agency][0]
    values = {"agency": caller.agency.value, "list": name, "pk": pk, "dtsen": dtsen}
    return [dict(row) for row in (await tx.execute(_STANDING, values)).mappings()]


async def twice(tx: Tx, caller: Caller) -> list[dict[str, Any]]:
    """Return the live referrals for one service of families that are one by the joins, where the caller works.

    Raises Refused("auth.forbidden") for who leads nobody.
    """
    if caller.role not in LEAD:
        raise Refused("auth.forbidden")
    values = {"agency": caller.agency.value, "area": rights.area(caller)}
    return [dict(row) for row in (await tx.execute(_TWICES[caller.agency], values)).mappings()]
