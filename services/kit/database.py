"""One service's own PostgreSQL schema: the engine, transactions, and waiting for the server."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Tx = AsyncConnection
"""One transaction. Whoever opens it commits; nobody who is handed one does.

What runs with every action is `exec_driver_sql` of a constant: building a statement can cost more than executing it.
"""

REMEMBERED_VALUES = 50
"""How many values a statement may have whose parsing psycopg remembers."""


def sqlalchemy_url(url: str) -> str:
    """Return *url* (`postgresql://...`) for SQLAlchemy with psycopg 3."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


class Database:
    """The engine of one role, whose search path is its own schema."""

    def __init__(self, url: str, *, pool: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool,
            max_overflow=0,
            pool_timeout=5,
            hide_parameters=True,  # an error's text goes into the log, and a parameter may be anything
            connect_args={"connect_timeout": 5, "prepare_threshold": 3},
        )
        # The same connections without a transaction around each statement: two ways to the server less per read.
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._viewing = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """Open a transaction: commits at the end of the block, rolls back on any exception."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Open a connection for reading: each statement sees what was committed when it began."""
        async with self._reading.connect() as connection:
            yield connection

    @asynccontextmanager
    async def view(self) -> AsyncIterator[Tx]:
        """Open a transaction for reading in which all statements see what was committed when the first began."""
        async with self._viewing.begin() as connection:
            yield connection

    async def ping(self) -> None:
        """Raise unless the server answers."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


@dataclass(frozen=True, slots=True)
class Write:
    """One INSERT, UPDATE or DELETE in the driver's own notation, with its values, not executed yet."""

    sql: str
    values: Mapping[str, Any]


async def write_together(tx: Tx, write: Write, *beside: Write) -> int:
    """Execute all of them as one statement, one way to the server and back; return how many rows *write* touched.

    They run in no promised order, and none sees what another one writes; foreign keys are checked after all of them.
    A name stands for one value in all of them. With more than REMEMBERED_VALUES the driver parses the statement anew
    each time.
    """
    sql = _together(write.sql, *(each.sql for each in beside))
    return (await tx.exec_driver_sql(sql, values_of(write, *beside))).rowcount


def values_of(*writes: Write) -> dict[str, Any]:
    """Return the values of all of them. Raises ValueError where one name has two."""
    values: dict[str, Any] = {}
    for each in writes:
        for name, value in each.values.items():
            if values.setdefault(name, value) != value:
                raise ValueError(f"two values for {name}")
    return values


@cache
def _together(write: str, *beside: str) -> str:
    """Return *write* with the others as its data-modifying CTEs."""
    parts = ", ".join(f"beside_{number} AS ({sql})" for number, sql in enumerate(beside))
    return f"WITH {parts} {write}" if beside else write


# It goes down, has crashed or is just starting; has no disk, memory or connection left; cannot read or write its files.
_AWAY = frozenset({"57P01", "57P02", "57P03", "53000", "53100", "53200", "53300", "58000", "58030"})


def is_away(error: BaseException) -> bool:
    """True where PostgreSQL cannot be reached or cannot work now: a fault of the world, not of the statement."""
    if isinstance(error, PoolTimeout):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError) and _server_state(error) in {None, *_AWAY}


def _server_state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
