"""How many submitted referrals there are, by state, unit and kecamatan, without counting them.

Every change of a referral that counts leaves its steps in `tally_step`, by a trigger and so in its own transaction;
steps are only added, so nobody waits for somebody else's count. Each pass over the books folds them into `tally`. A
figure is the sum of both. Decision 0015 says why.
"""

from collections.abc import Sequence
from typing import Any, Final

from services.contracts.lifecycle import State
from services.kit.database import Tx

# The kabupaten of a province, the kecamatan of a kabupaten: the length of a code one level below, by its own length.
_BELOW: Final = {2: 5, 5: 8, 8: 8}

_KEPT: Final = """
(SELECT area, unit, state, number FROM tally {within}
 UNION ALL SELECT area, unit, state, change FROM tally_step {within}) AS kept
"""
# '~' comes after every digit and dot.
_INSIDE: Final = "WHERE area >= %(under)s AND area < %(under)s || '~'"
TOTALS: Final = f"SELECT state, sum(number)::bigint AS number FROM {_KEPT.format(within='')} GROUP BY state"
COUNTS: Final = f"""
SELECT left(area, %(below)s) AS region, unit, state, sum(number)::bigint AS number
FROM {_KEPT.format(within=_INSIDE)}
GROUP BY GROUPING SETS ((state), (unit), (left(area, %(below)s), state)) HAVING sum(number) <> 0
"""
FOLD: Final = """
WITH taken AS (DELETE FROM tally_step RETURNING area, unit, state, change)
INSERT INTO tally (area, unit, state, number)
SELECT area, unit, state, sum(change) FROM taken GROUP BY area, unit, state ORDER BY area, unit, state
ON CONFLICT (area, unit, state) DO UPDATE SET number = tally.number + excluded.number
"""


async def fold(tx: Tx) -> None:
    """Add the steps of committed transactions to the sums; who folds at the same time takes others."""
    await tx.exec_driver_sql(FOLD)


async def totals(tx: Tx) -> dict[State, int]:
    """Return how many submitted referrals are in each state; a state without any may be missing or 0."""
    return {State(row.state): row.number for row in await tx.exec_driver_sql(TOTALS)}


async def counts(tx: Tx, under: str, *, most_units: int) -> dict[str, Any]:
    """Return CountsView of the area *under*; of the units those for which most is waiting."""
    values = {"under": under, "below": _BELOW.get(len(under), len(under))}
    rows = (await tx.exec_driver_sql(COUNTS, values)).all()
    return {"under": under, "states": _states(rows), "regions": _regions(rows), "units": _units(rows, most_units)}


def _states(rows: Sequence[Any]) -> dict[str, int]:
    return {row.state: row.number for row in rows if row.region is None and row.unit is None}


def _regions(rows: Sequence[Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.region is not None:
            found.setdefault(row.region, {})[row.state] = row.number
    return [{"region": region, "states": states} for region, states in sorted(found.items())]


def _units(rows: Sequence[Any], most: int) -> list[dict[str, Any]]:
    waiting = [(row.number, row.unit) for row in rows if row.unit]
    return [{"unit": unit, "waiting": number} for number, unit in sorted(waiting, reverse=True)[:most]]
