"""What the lists say of a few families, written anew at once after a person decided about a pair of theirs.

The same functions as the program that goes through all families, so that tonight it says the same.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text

from services.contracts.codes import Agency
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.registry.matching.families import Surveyed
from services.registry.matching.lists import SURVEYED, families
from services.registry.matching.rows import INSERT_CANDIDATE, INSERT_RISK, Recorded, candidate_rows, risk_row
from services.registry.risk.krs import assess
from services.registry.risk.rule import in_force

LOCK = "hashtextextended('registry.matching', 0)"
"""Held by the program for as long as it runs: what it will write is of the moment in which it read."""
_NOBODY_ELSE = text(f"SELECT pg_try_advisory_xact_lock({LOCK})")
# Whom the pair is about, and every surveyed family that has somebody in the same families of the register: of two
# that propose the same for such a family one counts.
_CONCERNED = text("""
WITH mine AS (SELECT family FROM listed_person WHERE list = 'pk' AND id = :pk),
registered AS (
    SELECT family FROM listed_person WHERE list = 'dtsen' AND id = :dtsen
    UNION SELECT dtsen.family FROM listed_person AS pk JOIN joined_person ON joined_person.pk = pk.id
        JOIN listed_person AS dtsen ON dtsen.list = 'dtsen' AND dtsen.id = joined_person.dtsen
    WHERE pk.list = 'pk' AND pk.family IN (SELECT family FROM mine)
)
SELECT family FROM mine
UNION SELECT pk.family FROM listed_person AS dtsen JOIN joined_person ON joined_person.dtsen = dtsen.id
    JOIN listed_person AS pk ON pk.list = 'pk' AND pk.id = joined_person.pk
WHERE dtsen.list = 'dtsen' AND dtsen.family IN (SELECT family FROM registered)
""")
_SURVEYED = text(SURVEYED.format(and_only="AND surveyed.family = ANY(:families)"))
_RECORDED = text(
    "SELECT agency, list_family, family FROM recorded_family"
    " WHERE agency = ANY(:agencies) AND list_family = ANY(:families)"
)
_FORGET = ("DELETE FROM family_risk WHERE pk_family = ANY(%s)", "DELETE FROM candidate WHERE pk_family = ANY(%s)")


async def concerned(tx: Tx, dtsen: str, pk: str) -> list[str]:
    """Return the surveyed families of which that pair, as it counts now, says something."""
    return list((await tx.execute(_CONCERNED, {"dtsen": dtsen, "pk": pk})).scalars())


async def renew(tx: Tx, keyring: Keyring, names: Sequence[str], today: date) -> bool:
    """Assess the surveyed families called *names* anew, and propose. False, and nothing done, while the program runs:
    then it has to run again."""
    if not (await tx.execute(_NOBODY_ELSE)).scalar():
        return False
    found = list(families(await tx.execute(_SURVEYED, {"families": names}), keyring))
    recorded = await _recorded(tx, found)
    rule = in_force(today)
    rows = [(family, assess(family.picture(), rule, today)) for family in found]
    for statement in _FORGET:
        await tx.exec_driver_sql(statement, (list(names),))
    if rows:
        await tx.exec_driver_sql(INSERT_RISK, [risk_row(family, risk, today) for family, risk in rows])
    if proposed := [row for each in rows for row in candidate_rows(*each, recorded, today)]:
        await tx.exec_driver_sql(INSERT_CANDIDATE, proposed)
    return True


async def _recorded(tx: Tx, found: Sequence[Surveyed]) -> Recorded:
    names = {family.code for family in found} | {each.family for family in found for each in family.registered}
    values = {"agencies": [agency.value for agency in Agency], "families": sorted(names)}
    return {(row.agency, row.list_family): row.family for row in await tx.execute(_RECORDED, values)}
