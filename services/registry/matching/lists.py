"""What the lists hold, opened page by page."""

from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from services.contracts.ids import RegionCode
from services.kit.crypto import Keyring
from services.registry.importing.sealing import belongs_to
from services.registry.matching.families import Surveyed, registered
from services.registry.renumbering import CHANGES, Renumbered, newest

PAGE = 2_000
_ALL = "SELECT id, sealed FROM listed_person WHERE list = %s ORDER BY family, id"
# One statement, so that people and what was joined with them are of one moment.
SURVEYED = """
SELECT surveyed.family, surveyed.id, surveyed.region, surveyed.sealed, dtsen.id AS dtsen, dtsen.sealed AS register,
    EXISTS (SELECT FROM listed_person AS pkh WHERE pkh.list = 'pkh' AND pkh.nik_hash = dtsen.nik_hash) AS allowance
FROM listed_person AS surveyed
LEFT JOIN joined_person ON joined_person.pk = surveyed.id
LEFT JOIN listed_person AS dtsen ON dtsen.list = 'dtsen' AND dtsen.id = joined_person.dtsen
WHERE surveyed.list = 'pk' {and_only}
ORDER BY surveyed.family, surveyed.id, dtsen.family, dtsen.id
"""


def records(connection: psycopg.Connection[Any], keyring: Keyring, name: str) -> Iterator[list[dict[str, Any]]]:
    """Yield what the list *name* says, person by person, those of one family behind each other.

    A village has its code of today, whatever it was called when the list was made.
    """
    renumbered = newest((row[0], row[1]) for row in connection.execute(CHANGES))
    with connection.transaction(), connection.cursor(name=f"all_{name}") as cursor:
        cursor.itersize = PAGE
        cursor.execute(_ALL, [name])
        while page := cursor.fetchmany(PAGE):
            opened = [keyring.open(sealed, belongs_to=belongs_to(name, person)) for person, sealed in page]
            yield [_today(record, renumbered) for record in opened] if renumbered else opened


def surveyed(connection: psycopg.Connection[Any], keyring: Keyring) -> Iterator[Surveyed]:
    """Yield every family of the survey with what the register says of it, within the transaction of *connection*."""
    with connection.cursor(name="surveyed", row_factory=namedtuple_row) as cursor:
        cursor.itersize = PAGE
        cursor.execute(SURVEYED.format(and_only=""))
        yield from families(cursor, keyring)


def families(rows: Iterable[Any], keyring: Keyring) -> Iterator[Surveyed]:
    """Yield the families in *rows* of the statement SURVEYED. A person stands in as many as the register has of it."""
    family: Surveyed | None = None
    for row in rows:
        if family is None or family.code != row.family:
            if family is not None:
                yield family
            family = Surveyed(row.family, RegionCode(row.region))  # what is sealed may say an older code
        if not family.records or family.records[-1]["id"] != row.id:
            family.records.append(keyring.open(row.sealed, belongs_to=belongs_to("pk", row.id)))
        if row.register is not None:
            said = keyring.open(row.register, belongs_to=belongs_to("dtsen", row.dtsen))
            family.registered.append(registered(said, row.allowance))
    if family is not None:
        yield family


def _today(record: dict[str, Any], renumbered: Renumbered) -> dict[str, Any]:
    return {**record, "village": renumbered.get(record["village"], record["village"])}
