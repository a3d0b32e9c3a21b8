"""How many submitted referrals there are, by state, kecamatan, and unit or service, without counting them.

Every change of a referral that counts leaves its steps in `tally_step`, by a trigger and so in its own transaction;
steps are only added, so nobody waits for somebody else's count. Each pass over the books folds them into the sums,
`tally` by unit and `service_tally` by service, and once a day counts the rows and mends what differs. A figure is sum
and steps together. Decision 0015 says why.
"""

from collections.abc import Sequence
from typing import Any, Final

from services.contracts.lifecycle import State
from services.kit.database import Tx

# The kabupaten of a province, the kecamatan of a kabupaten: the length of a code one level below, by its own length.
_BELOW: Final = {2: 5, 5: 8, 8: 8}

Crossed = dict[tuple[str, State], int]

_KEPT: Final = """
(SELECT area, unit, state, number FROM tally {within}
 UNION ALL SELECT area, unit, state, change FROM tally_step {within}) AS kept
"""
# '~' comes after every digit and dot.
INSIDE: Final = "WHERE area >= %(under)s AND area < %(under)s || '~'"
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
FROM {_KEPT.format(within=INSIDE)}
GROUP BY GROUPING SETS ((state), (unit), (left(area, %(below)s), state)) HAVING sum(number) <> 0
"""
_BY_SERVICE: Final = f"""
SELECT service, state, left(area, %(below)s) AS region, sum(number)::bigint AS number
FROM (SELECT area, service, state, number FROM service_tally {INSIDE}
    UNION ALL SELECT area, service, state, change FROM tally_step {INSIDE}) AS kept
GROUP BY GROUPING SETS ((service, state), (left(area, %(below)s), state)) HAVING sum(number) <> 0
"""
FOLD: Final = """
WITH taken AS (DELETE FROM tally_step RETURNING area, unit, state, service, change),
by_service AS (
    INSERT INTO service_tally (area, service, state, number)
    SELECT area, service, state, sum(change) FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (area, service, state) DO UPDATE SET number = service_tally.number + excluded.number
)
INSERT INTO tally (area, unit, state, number)
SELECT area, unit, state, sum(change) FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (area, unit, state) DO UPDATE SET number = tally.number + excluded.number
"""
# What differs is added to the sum itself: a step would change both sums.
_MEND: Final = """
WITH counted AS (
    SELECT left(region, 8) COLLATE "C" AS area, {what} AS {by}, state, count(*) AS number
    FROM referral WHERE submitted_at IS NOT NULL GROUP BY 1, 2, 3
), told AS (
    SELECT area, {by}, state, sum(number) AS number FROM (
        SELECT area, {by}, state, number FROM {sums} UNION ALL SELECT area, {by}, state, change FROM tally_step
    ) AS kept GROUP BY 1, 2, 3
)
INSERT INTO {sums} (area, {by}, state, number)
SELECT area, {by}, state, coalesce(counted.number, 0) - coalesce(told.number, 0)
FROM counted FULL JOIN told USING (area, {by}, state)
WHERE coalesce(counted.number, 0) <> coalesce(told.number, 0) ORDER BY 1, 2, 3
ON CONFLICT (area, {by}, state) DO UPDATE SET number = {sums}.number + excluded.number
RETURNING area, {by}, state
"""
_MENDS: Final = (
    _MEND.format(what="coalesce(waits_for, '')", by="unit", sums="tally"),
    _MEND.format(what="service", by="service", sums="service_tally"),
)


async def fold(tx: Tx) -> None:
    """Add the steps of committed transactions to the sums; who folds at the same time takes others."""
    await tx.exec_driver_sql(FOLD)


async def mend(tx: Tx) -> list[str]:
    """Count the rows, make every sum that differs right, and return which did, as area/unit/state or
    area/service/state.

    Rows and sums are seen by one statement, so whoever works meanwhile is in both or in neither.
    """
    return ["/".join(row) for statement in _MENDS for row in await tx.exec_driver_sql(statement)]


async def totals(tx: Tx) -> tuple[dict[State, int], bool]:
    """Return how many referrals are in each state, counted by the rows, and whether what is kept says the same."""
    row = (await tx.exec_driver_sql(TOTALS)).one()
    return {State(state): number for state, number in row.states.items()}, row.agree


async def counts(tx: Tx, under: str, *, most_units: int) -> dict[str, Any]:
    """Return CountsView of the area *under*; of the units those for which most is waiting."""
    values = {"under": under, "below": below(under)}
    rows = (await tx.exec_driver_sql(COUNTS, values)).all()
    return {"under": under, "states": _states(rows), "regions": _regions(rows), "units": _units(rows, most_units)}


def below(under: str) -> int:
    """Return how long the codes of the areas right below *under* are; its own length where none is counted."""
    return _BELOW.get(len(under), len(under))


async def by_service(tx: Tx, under: str) -> tuple[Crossed, Crossed]:
    """Return how many referrals of the area *under* there are by (service, state), and by (area below, state)."""
    rows = (await tx.exec_driver_sql(_BY_SERVICE, {"under": under, "below": below(under)})).all()
    services = {(row.service, State(row.state)): row.number for row in rows if row.service is not None}
    regions = {(row.region, State(row.state)): row.number for row in rows if row.service is None}
    return services, regions


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
