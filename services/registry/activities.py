"""The command that the clock gives to the registry: whom to ask next."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from services.contracts import commands
from services.contracts.codes import ParkReason
from services.contracts.commands import Route, RouteQuestion
from services.contracts.ids import UnitId
from services.contracts.wib import WIB
from services.kit import temporal
from services.kit.clock import Now
from services.kit.database import Database
from services.registry.offices import HELD, LOAD, VACANT
from services.registry.regions import parents
from services.registry.renumbering import now_called

# The nearest area has the longest code. Institutions are never asked by the system: a supervisor chooses one. What a
# unit has in hand is counted only where it has a limit, and no further than that; its load only where two are as near.
_ROUTE = text(f"""
WITH giving AS (
    SELECT unit.id, length(unit.region) AS nearness,
        {VACANT}
        OR EXISTS (SELECT FROM closure WHERE closure.unit = unit.id AND :today BETWEEN first_day AND last_day)
        OR (offer.place_limit IS NOT NULL AND NOT offer.waitlist AND offer.place_limit <= (
            SELECT count(*) FROM (SELECT FROM referral_seen WHERE unit_to = unit.id AND service = offer.service
                AND {HELD} LIMIT offer.place_limit) AS held))
        AS cannot_answer
    FROM unit JOIN offer ON offer.unit = unit.id AND offer.service = :service
    WHERE unit.agency = :agency AND unit.region = ANY(:regions) AND unit.active AND unit.level <> 'upt'
        AND unit.id <> ALL(:excluded)
), ranked AS (
    SELECT id, cannot_answer, nearness, count(*) OVER (PARTITION BY cannot_answer, nearness) > 1 AS has_equals
    FROM giving
)
SELECT id FROM ranked AS unit
ORDER BY cannot_answer, nearness DESC, CASE WHEN has_equals THEN ({LOAD}) END, id LIMIT 1
""")


def activities(database: Database, now: Now) -> Sequence[temporal.Activity]:
    """Return the registry's commands, ready to be served."""

    async def route(question: RouteQuestion) -> Route:
        return await nearest(database, question, now())

    return (temporal.serves(commands.ROUTE, route),)


async def nearest(database: Database, question: RouteQuestion, now: datetime) -> Route:
    """Return the unit to ask: upward from the region, one that gives the service and was not asked yet.

    Those that can answer come before those that cannot: closed today, vacant, or full without a waiting list. Where
    none can, the nearest is asked all the same, and its clock tells a person. Source: docs/decisions, 0020.
    """
    values = {
        "service": question.service.value,
        "agency": question.agency.value,
        "excluded": list(question.excluded),
        "today": now.astimezone(WIB).date(),
    }
    async with database.read() as tx:
        region = await now_called(tx, question.region)  # it may have been asked before a decree
        unit = (await tx.execute(_ROUTE, {**values, "regions": [region, *parents(region)]})).scalar()
    return Route(unit=UnitId(unit)) if unit else Route(unit=None, why=ParkReason.NO_UNIT)
