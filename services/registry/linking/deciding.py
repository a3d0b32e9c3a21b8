"""From weighed pairs to links: whole families are looked at, and each row of the register goes to one person at most.

A pair's bits are those of the person (name, birth date, sex, NIK), those of the household (KK, place), and what the
others of the two families say: where they are found in each other as well, the two families are one.
"""

import math
from collections.abc import Callable

import duckdb

from services.registry.linking.probable import BLOCKS, SAME_HOUSEHOLD, weigh

JOIN_BITS = 5.0
REVIEW_BITS = -2.5
ALONE_BITS = 8.0
"""What a second row of the register must say of the person by itself to be the same person twice."""
RIVAL_BITS = 3.0
"""A pair that another one comes as near as this is for a person to decide."""
FAMILY_BITS = 20.0
"""What the members' pairs must say together for two families to be one."""
_FAMILIES = """
CREATE OR REPLACE TABLE weighed AS
SELECT pairs.*, pk.family AS pk_family, dtsen.family AS dtsen_family,
    pairs.name + pairs.birth + pairs.sex + pairs.nik + pairs.relation AS person, pairs.kk + pairs.place AS home
FROM pairs JOIN pk ON pk.unique_id = pairs.pk JOIN dtsen ON dtsen.unique_id = pairs.dtsen
"""
# Each member's best counterpart in the other family, where both are each other's: what speaks for the two families.
_MUTUAL = """
CREATE OR REPLACE TABLE mutual AS
SELECT pk_family, dtsen_family, pk, dtsen, least(person, 20) AS bits FROM weighed WHERE person > 4
QUALIFY row_number() OVER (PARTITION BY pk_family, dtsen_family, pk ORDER BY person DESC, dtsen) = 1
    AND row_number() OVER (PARTITION BY pk_family, dtsen_family, dtsen ORDER BY person DESC, pk) = 1
"""
_SUPPORT = """
CREATE OR REPLACE TABLE judged AS
WITH family AS (SELECT pk_family, dtsen_family, sum(bits) AS bits, count(*) AS members FROM mutual GROUP BY ALL)
SELECT weighed.*,
    coalesce(family.bits, 0) - coalesce(own.bits, 0) - coalesce(other.bits, 0) AS others,
    coalesce(family.members, 0) - (own.pk IS NOT NULL)::int - (other.pk IS NOT NULL)::int AS members
FROM weighed
LEFT JOIN family USING (pk_family, dtsen_family)
LEFT JOIN mutual AS own ON own.pk_family = weighed.pk_family AND own.dtsen_family = weighed.dtsen_family
    AND own.pk = weighed.pk
LEFT JOIN mutual AS other ON other.pk_family = weighed.pk_family AND other.dtsen_family = weighed.dtsen_family
    AND other.dtsen = weighed.dtsen AND other.pk <> weighed.pk
"""


_ADD = "INSERT INTO pairs SELECT * FROM more WHERE (pk, dtsen) NOT IN (SELECT (pk, dtsen) FROM pairs)"


def link_lists(duck: duckdb.DuckDBPyConnection, tell: Callable[..., None]) -> None:
    """Link the tables `pk` and `dtsen`: leaves the table `link`, see `decide`. *tell* hears of each step."""
    tell(step="weighing")
    model = weigh(duck, BLOCKS, None, "pairs")
    judge(duck)
    tell(step="families")
    mark_households(duck)
    weigh(duck, SAME_HOUSEHOLD, model, "more")
    duck.execute(_ADD)
    judge(duck)
    decide(duck)


def judge(duck: duckdb.DuckDBPyConnection) -> None:
    """Lay what the families say over the table `pairs`; the table `judged` has the `total` of each pair, in bits."""
    for statement in (_FAMILIES, _MUTUAL, _SUPPORT):
        duck.execute(statement)
    (rows,) = duck.execute("SELECT greatest((SELECT count(*) FROM pk), (SELECT count(*) FROM dtsen), 2)").fetchall()
    duck.execute("ALTER TABLE judged ADD COLUMN total FLOAT")
    # However much speaks for the household, it does not say which member of it this is.
    duck.execute(f"UPDATE judged SET total = person + least(home + others - {math.log2(rows[0])}, 0)")


def mark_households(duck: duckdb.DuckDBPyConnection) -> None:
    """Give families that are one the same `household`, so that their members can all be laid side by side."""
    duck.execute(_HOUSEHOLDS)
    for name in ("pk", "dtsen"):
        duck.execute(f"ALTER TABLE {name} ADD COLUMN household VARCHAR")
        duck.execute(f"UPDATE {name} SET household = same.pk_family FROM same WHERE {name}.family = same.{name}_family")


def decide(duck: duckdb.DuckDBPyConnection) -> None:
    """Make the table `link`: `pk`, `dtsen`, `decision` (`join` or `review`), `total`, and the pair's bits."""
    duck.execute(_DECIDE)


_HOUSEHOLDS = f"""
CREATE OR REPLACE TABLE same AS
SELECT pk_family, dtsen_family FROM (
    SELECT pk_family, dtsen_family, sum(total) AS bits FROM judged
    WHERE total > {JOIN_BITS} GROUP BY ALL HAVING sum(person) >= {FAMILY_BITS}
) QUALIFY row_number() OVER (PARTITION BY dtsen_family ORDER BY bits DESC, pk_family) = 1
"""
# Name and birth date against it: no join. With an equal NIK inside one family, a person looks; else it is not shown.
_CONTRADICTED = "(name < 0 AND birth < 0)"
_SHOWN_ALL_THE_SAME = "(nik > 5 AND sex > 0 AND members > 0)"
# A row of the register belongs to its best person at most. A person has a second row only where that row alone says so.
_DECIDE = f"""
CREATE OR REPLACE TABLE link AS
WITH possible AS (
    SELECT *, coalesce(total - lead(total) OVER (PARTITION BY dtsen ORDER BY total DESC, pk), 99) AS ahead
    FROM judged WHERE total >= {REVIEW_BITS} AND (NOT {_CONTRADICTED} OR {_SHOWN_ALL_THE_SAME})
    QUALIFY row_number() OVER (PARTITION BY dtsen ORDER BY total DESC, pk) = 1
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY pk ORDER BY total DESC, dtsen) AS place_of_person FROM possible
)
SELECT * EXCLUDE (ahead, place_of_person),
    CASE WHEN total >= {JOIN_BITS} AND ahead >= {RIVAL_BITS} AND NOT {_CONTRADICTED}
        THEN 'join' ELSE 'review' END AS decision
FROM ranked
WHERE place_of_person = 1 OR (person >= {ALONE_BITS} AND total >= {JOIN_BITS} AND NOT {_CONTRADICTED})
"""
