"""A batch laid over what its list said before: all of it or nothing.

First the rows are sealed into a table of the batch's own, page by page, each committed: a program that ends there goes
on from the last page. Then one transaction takes them over. A newer word about a person replaces the older one, and
nobody who is missing from the file is taken away.
"""

import time
from collections import Counter
from itertools import pairwise

from psycopg import sql

from services.registry.importing.batch import Batch
from services.registry.importing.checking import PAGE, Source
from services.registry.importing.jobs import Processes
from services.registry.importing.sealing import COLUMNS, HEADER, TRAILER

SLICE = 20_000
_LOOK_SECONDS = 0.5
# Not logged: after a crash of the server it is empty, and the batch begins from its first row.
_STAGE = "CREATE UNLOGGED TABLE IF NOT EXISTS {stage} (LIKE listed_person)"
_LAST = 'SELECT max(id COLLATE "C") FROM {stage}'
_COPY = "COPY {stage} ({columns}) FROM STDIN (FORMAT binary)"
_ORDER = 'CREATE INDEX ON {stage} (id COLLATE "C")'
_BOUNDS = """
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id COLLATE "C") AS at, count(*) OVER () AS rows FROM {stage}) s
WHERE at % {slice} = 0 OR at = rows ORDER BY at
"""
_MERGE = """
WITH put AS (
    INSERT INTO listed_person AS known ({columns})
    SELECT {columns} FROM {stage} WHERE id COLLATE "C" > %(after)s AND id COLLATE "C" <= %(until)s
    ON CONFLICT (list, id) DO UPDATE SET {sets}
    WHERE excluded.dated >= known.dated AND excluded.content_hash <> known.content_hash
    RETURNING xmax = 0 AS fresh
) SELECT count(*) FILTER (WHERE fresh) AS new, count(*) FILTER (WHERE NOT fresh) AS newer FROM put
"""
# What was sealed before a decree, and is taken over after it; one that comes now waits until this is done, or we wait.
_WAIT_FOR_DECREES = "SELECT pg_advisory_xact_lock_shared(hashtextextended('registry.merging', 0))"
_RENUMBER = """
UPDATE listed_person SET region = change.new
FROM unnest(%(old)s::varchar[], %(new)s::varchar[]) AS change (old, new)
WHERE list = %(list)s AND region = change.old
"""
_NOT_NAMED = """
SELECT count(*) FROM listed_person AS known
WHERE list = %(list)s AND batch <> %(batch)s AND region IN (SELECT DISTINCT region FROM {stage})
AND NOT EXISTS (SELECT FROM {stage} AS staged WHERE staged.id = known.id)
"""


def stage(batch: Batch, source: Source, processes: Processes) -> int:
    """Seal the rows of *batch* into its own table, from where that stands. Returns how many rows it has."""
    batch.connection.execute(_sql(_STAGE, batch))
    last = batch.one(_sql(_LAST, batch))[0]
    done, told = 0, 0.0
    copy = _sql(_COPY, batch)
    for page in processes.seal(source.rows.by_id(PAGE, after=last)):
        with batch.connection.cursor().copy(copy) as into:
            into.write(HEADER + page.copied + TRAILER)
        done += page.rows
        if time.monotonic() - told > _LOOK_SECONDS:
            batch.progressed(done)
            told = time.monotonic()
    return _count(batch)


def merge(batch: Batch) -> dict[str, int]:
    """Take the staged rows over in one transaction. Returns how many were `new`, `newer`, or said nothing new.

    `kept`: people of the same villages whom the list named before and this file does not.
    """
    connection, put = batch.connection, Counter[str]()
    connection.execute(_sql(_ORDER, batch))
    bounds = [row.id for row in connection.execute(_sql(_BOUNDS, batch))]
    staged = _count(batch)
    with connection.transaction():
        connection.execute(_WAIT_FOR_DECREES)
        for number, (after, until) in enumerate(pairwise(["", *bounds])):
            batch.progressed(number * SLICE)
            row = batch.one(_sql(_MERGE, batch), {"after": after, "until": until})
            put += Counter(new=row.new, newer=row.newer)
        _renumber(batch)
        kept = batch.one(_sql(_NOT_NAMED, batch), {"list": batch.list, "batch": batch.id})[0]
    return {"new": put["new"], "newer": put["newer"], "unchanged": staged - put.total(), "kept": kept}


def _renumber(batch: Batch) -> None:
    """Give those of a village that a decree renumbered its code of today."""
    if renumbered := batch.renumbered():
        codes = {"old": list(renumbered), "new": list(renumbered.values())}
        batch.connection.execute(_RENUMBER, {**codes, "list": batch.list})


def unstage(batch: Batch) -> None:
    """Remove the batch's own table."""
    batch.connection.execute(_sql("DROP TABLE IF EXISTS {stage}", batch))


def _count(batch: Batch) -> int:
    return int(batch.one(_sql("SELECT count(*) FROM {stage}", batch))[0])


def _sql(statement: str, batch: Batch) -> sql.Composed:
    columns = [sql.Identifier(name) for name in COLUMNS]
    changed = [sql.Identifier(name) for name in COLUMNS if name not in {"list", "id"}]
    return sql.SQL(statement).format(
        stage=sql.Identifier(f"import_{batch.id.hex}"),
        columns=sql.SQL(", ").join(columns),
        sets=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(name) for name in changed),
        slice=sql.Literal(SLICE),
    )
