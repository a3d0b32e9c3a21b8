"""The links as a file: who is who, how sure that is, and what speaks for it in words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

_PAGE = 2_000

# What is said of a pair, the most telling first. Bits below zero speak against it.
_EVIDENCE = """
concat_ws(', ',
    CASE WHEN pk.nik = dtsen.nik THEN 'same NIK' WHEN link.nik < -1 THEN 'another NIK'
        WHEN link.nik <> 0 THEN 'nearly the same NIK' END,
    CASE WHEN upper(pk.name) = upper(dtsen.name) THEN 'same name'
        WHEN pk.spelled = dtsen.spelled THEN 'same name in another spelling'
        WHEN pk.any_order = dtsen.any_order THEN 'same name in another order'
        WHEN link.name > 2 THEN 'similar name' WHEN link.name > 0 THEN 'name alike in part' ELSE 'another name' END,
    CASE WHEN pk.birth = dtsen.birth THEN 'same birth date' WHEN pk.birth IS NULL OR dtsen.birth IS NULL THEN NULL
        WHEN day(pk.birth) = month(dtsen.birth) AND month(pk.birth) = day(dtsen.birth)
            AND pk.born_year = dtsen.born_year THEN 'birth day and month swapped'
        WHEN link.birth > 0 THEN 'birth date differs in one part' ELSE 'another birth date' END,
    CASE WHEN link.sex < 0 THEN 'another sex' END,
    CASE WHEN pk.kk = dtsen.kk THEN 'same KK' END,
    CASE WHEN pk.village = dtsen.village AND pk.rt_rw = dtsen.rt_rw THEN 'same RT/RW'
        WHEN pk.village = dtsen.village THEN 'same village' WHEN pk.kecamatan = dtsen.kecamatan THEN 'same kecamatan'
        WHEN pk.village IS NOT NULL THEN 'lives elsewhere' END,
    CASE WHEN link.members > 0 THEN link.members || ' more of the family found' END)
"""
_LINKS = f"""
SELECT link.pk AS id_anggota, link.dtsen AS id_individu, decision, round(1 / (1 + pow(2, -total)), 6) AS score,
    CASE WHEN pk.nik = dtsen.nik THEN 'nik'
        WHEN pk.kk = dtsen.kk AND pk.spelled = dtsen.spelled AND pk.birth = dtsen.birth THEN 'kk_name_birth'
        ELSE 'probable' END AS kind,
    {_EVIDENCE} AS evidence
FROM link JOIN pk ON pk.unique_id = link.pk JOIN dtsen ON dtsen.unique_id = link.dtsen ORDER BY 1, 2
"""


def write_links(duck: duckdb.DuckDBPyConnection, out: Path) -> dict[str, int]:
    """Write the links to *out*, whole or not at all; return how many are joins and reviews."""
    part = out.with_name(out.name + ".part")
    duck.execute(f"COPY ({_LINKS}) TO $out (HEADER)", {"out": str(part)})
    part.replace(out)
    counts = dict(duck.execute("SELECT decision, count(*) FROM link GROUP BY 1").fetchall())
    return {"join": counts.get("join", 0), "review": counts.get("review", 0)}


def decided_links(duck: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    """Yield register, survey, decision, score, kind, evidence (a list of sentences) and village of each link."""
    found = duck.execute(
        "SELECT id_individu, id_anggota, decision, score, kind, string_split(evidence, ', '), village"
        f" FROM ({_LINKS}) AS link JOIN pk ON pk.unique_id = link.id_anggota"
    )
    while page := found.fetchmany(_PAGE):
        yield from page
