"""The command that the clock gives to the registry: whom to ask next."""

from collections.abc import Sequence

from sqlalchemy import text

from services.contracts import commands
from services.contracts.codes import ParkReason
from services.contracts.commands import Route, RouteQuestion
from services.contracts.ids import UnitId
from services.kit import temporal
from services.kit.database import Database
from services.registry.regions import parents

# The nearest area has the longest code. Institutions are never asked by the system: a supervisor chooses one.
_ROUTE = text("""
SELECT unit.id FROM unit JOIN offer ON offer.unit = unit.id AND offer.service = :service
WHERE unit.agency = :agency AND unit.region = ANY(:regions) AND unit.active AND unit.level <> 'upt'
    AND unit.id <> ALL(:excluded)
ORDER BY length(unit.region) DESC LIMIT 1
""")


def activities(database: Database) -> Sequence[temporal.Activity]:
    """Return the registry's commands, ready to be served."""

    async def route(question: RouteQuestion) -> Route:
        return await nearest(database, question)

    return (temporal.serves(commands.ROUTE, route),)


async def nearest(database: Database, question: RouteQuestion) -> Route:
    """Return the nearest unit upward from the region that gives the service and was not asked yet."""
    values = {
        "service": question.service.value,
        "agency": question.agency.value,
        "regions": [question.region, *parents(question.region)],
        "excluded": list(question.excluded),
    }
    async with database.read() as tx:
        unit = (await tx.execute(_ROUTE, values)).scalar()
    return Route(unit=UnitId(unit)) if unit else Route(unit=None, why=ParkReason.NO_UNIT)
