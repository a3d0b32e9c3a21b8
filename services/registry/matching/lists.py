"""What the lists hold, opened page by page."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from services.kit.crypto import Keyring
from services.registry.importing.sealing import belongs_to

PAGE = 2_000
_ALL = "SELECT id, sealed FROM listed_person WHERE list = %s ORDER BY family, id"

Record = Mapping[str, Any]


def records(connection: psycopg.Connection[Any], keyring: Keyring, name: str) -> Iterator[list[dict[str, Any]]]:
    """Yield what the list *name* says, person by person, those of one family behind each other."""
    with connection.transaction(), connection.cursor(name=f"all_{name}") as cursor:
        cursor.itersize = PAGE
        cursor.execute(_ALL, [name])
        while page := cursor.fetchmany(PAGE):
            yield [keyring.open(sealed, belongs_to=belongs_to(name, person)) for person, sealed in page]
