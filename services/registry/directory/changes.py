"""What a file of the directory changes: counted, and ready to be written."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from services.kit.database import Tx
from services.registry import offices
from services.registry.directory.unit_rows import World
from services.registry.importing.rows import Row
from services.registry.regions import RegionLevel

Numbered = tuple[int, Row]
"""A row and its number in the file, the header being 1."""

_REGIONS = text("SELECT code, level FROM region WHERE valid_to IS NULL")


@dataclass(frozen=True, slots=True)
class Changes:
    """*counts*: rows that are `new`, `newer` or the `same`. *kept*: of the sender's, how many no row names."""

    counts: Counter[str]
    kept: int
    write: Callable[[Tx, datetime], Awaitable[None]]


async def world_of(tx: Tx) -> World:
    """Return what rows are compared with, as it is now."""
    regions = {row.code: RegionLevel(row.level) for row in await tx.execute(_REGIONS)}
    return World(await offices.every(tx), regions)
