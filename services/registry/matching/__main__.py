"""Lays the lists on each other and ends: `python -m services.registry.matching`. Several wait for each other."""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import structlog

from services.contracts.wib import WIB
from services.kit.clock import system_clock
from services.kit.crypto import Keyring
from services.kit.logging import configure_logging
from services.registry.linking.deciding import link_lists
from services.registry.linking.reading import MEMORY
from services.registry.linking.shape import append, create
from services.registry.linking.writing import decided_links
from services.registry.matching.lists import records
from services.registry.matching.renewing import LOCK
from services.registry.matching.replacing import Link, replace
from services.registry.settings import RegistrySettings

log = structlog.get_logger()

_ONE_AT_A_TIME = f"SELECT pg_advisory_xact_lock({LOCK})"


def main() -> int:
    settings = RegistrySettings()
    configure_logging("registry", settings.log_format, settings.log_level)
    keyring = Keyring.load(settings.keyring)
    today = system_clock(settings.clock_offset_seconds)().astimezone(WIB).date()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="nyekrup-match-") as scratch,
        psycopg.connect(settings.database_url) as connection,
        psycopg.connect(settings.database_url, autocommit=True) as reading,
    ):
        connection.execute(_ONE_AT_A_TIME)
        with _links(reading, keyring, Path(scratch)) as links:
            counts = replace(connection, keyring, links, today)
    log.info("lists.matched", took_seconds=round(time.monotonic() - began, 1), **counts)
    return 0


@contextmanager
def _links(reading: psycopg.Connection[Any], keyring: Keyring, scratch: Path) -> Iterator[Iterable[Link]]:
    """Find every link between the survey and the register, as if nobody had decided about any yet."""
    config: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": str(scratch), "threads": "2"}
    with duckdb.connect(str(scratch / "lists.duckdb"), config=config) as duck:
        for name in ("pk", "dtsen"):
            create(duck, name)
            rows = 0
            for page in records(reading, keyring, name):
                append(duck, name, page)
                rows += len(page)
            if not rows:
                yield ()
                return
        link_lists(duck, lambda **step: log.info("lists.matching", **step))
        yield decided_links(duck)


if __name__ == "__main__":
    sys.exit(main())
