"""How many submitted referrals there are, by state, unit and kecamatan, without counting them.

Every change of a referral that counts leaves its steps in `tally_step`, by a trigger and so in its own transaction;
steps are only added, so nobody waits for somebody else's count. Each pass over the books folds them into `tally`, and
once a day counts the rows and mends what differs. A figure is the sum of both. Decision 0015 says why.
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
# The rows themselves, beside what is kept of them: sums that agree only with themselves say nothing.
TOTALS: Final = f"""
WITH counted AS (SELECT state, count(*) AS number FROM referral WHERE submitted_at IS NOT NULL GROUP BY state),
told AS (
    SELECT state, sum(number)::bigint AS number FROM {_KEPT.format(within="")} GROUP BY state HAVING sum(number) <> 0
)
SELECT (SELECT coalesce(jsonb_object_agg(state, number), '{{}}') FROM counted) AS states,
    NOT EXISTS ((TABLE counted EXCEPT TABLE told) UNION ALL (TABLE told EXCEPT TABLE counted)) AS agree
"""
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
MEND: Final = f"""
WITH counted AS (
    SELECT left(region, 8) COLLATE "C" AS area, coalesce(waits_for, '') AS unit, state, count(*) AS number
    FROM referral WHERE submitted_at IS NOT NULL GROUP BY 1, 2, 3
), told AS (SELECT area, unit, state, sum(number) AS number FROM {_KEPT.format(within="")} GROUP BY 1, 2, 3)
INSERT INTO tally_step (area, unit, state, change)
SELECT area, unit, state, coalesce(counted.number, 0) - coalesce(told.number, 0)
FROM counted FULL JOIN told USING (area, unit, state)
WHERE coalesce(counted.number, 0) <> coalesce(told.number, 0) ORDER BY 1, 2, 3
RETURNING area, unit, state
"""


async def fold(tx: Tx) -> None:
    """Add the steps of committed transactions to the sums; who folds at the same time takes others."""
    await tx.exec_driver_sql(FOLD)


async def mend(tx: Tx) -> list[str]:
    """Count the rows, make every sum that differs right, and return which did, as area/unit/state.

    Both are seen by one statement, so whoever works meanwhile is in both or in neither.
    """
    return [f"{row.area}/{row.unit}/{row.state}" for row in await tx.exec_driver_sql(MEND)]


async def totals(tx: Tx) -> tuple[dict[State, int], bool]:
    """Return how many referrals are in each state, counted by the rows, and whether what is kept says the same."""
    row = (await tx.exec_driver_sql(TOTALS)).one()
    return {State(state): number for state, number in row.states.items()}, row.agree


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
