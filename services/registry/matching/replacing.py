"""What the lists say together, written in place of what was said before: all of it in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from services.contracts.codes import Agency
from services.kit.crypto import Keyring
from services.registry.matching.families import Surveyed, family_id
from services.registry.matching.lists import PAGE, surveyed
from services.registry.matching.rows import INSERT_CANDIDATE, RISK, Recorded, candidate_rows, risk_row
from services.registry.risk.difference import Difference
from services.registry.risk.krs import assess
from services.registry.risk.rule import coming, in_force

_RECORDED = "SELECT agency, list_family, family FROM recorded_family"
_VERDICTS = "SELECT pk, dtsen FROM person_link WHERE verdict IS NOT NULL"
# Not TRUNCATE: it would keep everybody waiting who looks at the candidates meanwhile.
_FORGET = """
DELETE FROM person_link WHERE verdict IS NULL;
DELETE FROM family_risk;
DELETE FROM risk_difference;
DELETE FROM candidate;
"""
_LINKS = "person_link (dtsen, pk, decision, score, kind, evidence, region)"
_RISKS = f"family_risk ({', '.join(RISK)})"
_DIFFERENCE = "INSERT INTO risk_difference (version, valid_from, compared_with, report) VALUES (%s, %s, %s, %s)"

Link = tuple[str, str, str, float, str, list[str], str]
"""Register, survey, decision, score, kind, evidence, village."""


@dataclass
class Assessed:
    """What came out of going through all families. *differences*: what each rule that is to come would change."""

    families: int = 0
    at_risk: int = 0
    candidates: int = 0
    differences: dict[str, Difference] = field(default_factory=dict)


def replace(
    connection: psycopg.Connection[Any], keyring: Keyring, links: Iterable[Link], today: date
) -> dict[str, int]:
    """Write links, risks and candidates anew, within the transaction of *connection*. Returns how many there are."""
    fresh = _write_links(connection, links)
    recorded: Recorded = {(row[0], row[1]): row[2] for row in connection.execute(_RECORDED)}
    found = _write_families(connection, surveyed(connection, keyring), recorded, today)
    _write_differences(connection, found, today)
    return {"links": fresh, "families": found.families, "at_risk": found.at_risk, "candidates": found.candidates}


def _write_links(connection: psycopg.Connection[Any], links: Iterable[Link]) -> int:
    """Return how many links were found anew; what a person decided about stays as it is."""
    decided = {(row[0], row[1]) for row in connection.execute(_VERDICTS)}
    connection.execute(_FORGET)
    fresh = 0
    with connection.cursor().copy(f"COPY {_LINKS} FROM STDIN") as copy:
        for link in links:
            if (link[1], link[0]) not in decided:
                copy.write_row(link)
                fresh += 1
    connection.execute("ANALYZE person_link")  # else the families are read as if there were no links: for many minutes
    return fresh


def _write_families(
    connection: psycopg.Connection[Any], families: Iterator[Surveyed], recorded: Recorded, today: date
) -> Assessed:
    """Assess each family, by the rule in force and by those to come, and propose; write what the first says."""
    rule, later = in_force(today), coming(today)
    found = Assessed(differences={each.version: Difference() for each in later})
    while page := list(islice(families, PAGE)):
        pictures = [family.picture() for family in page]
        risks = [assess(picture, rule, today) for picture in pictures]
        rows = list(zip(page, risks, strict=True))
        proposed = [row for each in rows for row in candidate_rows(*each, recorded, today)]
        with connection.cursor() as cursor:
            _copy(cursor, (risk_row(family, risk, today) for family, risk in rows))
            cursor.executemany(INSERT_CANDIDATE, proposed)
        found.candidates += len(proposed)
        found.families += len(page)
        found.at_risk += sum(risk.at_risk for risk in risks)
        for other in later:
            for picture, (family, risk) in zip(pictures, rows, strict=True):
                known = family_id(Agency.BKKBN, family.code)
                found.differences[other.version].add(known, risk, assess(picture, other, today))
    return found


def _copy(cursor: psycopg.Cursor[Any], risks: Iterable[Sequence[Any]]) -> None:
    with cursor.copy(f"COPY {_RISKS} FROM STDIN") as copy:
        for row in risks:
            copy.write_row(row)


def _write_differences(connection: psycopg.Connection[Any], found: Assessed, today: date) -> None:
    now = in_force(today)
    for other in coming(today):
        report = Jsonb(found.differences[other.version].as_json())
        connection.execute(_DIFFERENCE, [other.version, other.valid_from, now.version, report])
