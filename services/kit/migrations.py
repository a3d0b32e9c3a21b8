"""Bringing a service's schema up to date: alembic, under an advisory lock, before anything else of the part runs."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from services.kit.database import sqlalchemy_url

_LOCK = 0x6D696772  # "migr"


def migrate(database_url: str, folder: Path) -> None:
    """Run the migrations in *folder* up to the newest. Replicas that start together take turns."""
    engine = create_engine(sqlalchemy_url(database_url))
    try:
        with engine.connect() as connection:
            lock = {"lock": _LOCK}
            connection.execute(text("SELECT pg_advisory_lock(:lock, hashtext(current_schema()))"), lock)
            connection.commit()
            config = Config()
            config.set_main_option("script_location", str(folder))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    finally:
        engine.dispose()


async def migrate_when_up(database_url: str, folder: Path, *, tries: int = 30) -> None:
    """Run `migrate` in a thread, waiting for a server that is only just starting."""
    from sqlalchemy.exc import OperationalError

    for left in reversed(range(tries)):
        try:
            await asyncio.to_thread(migrate, database_url, folder)
            return
        except OperationalError:
            if not left:
                raise
            await asyncio.sleep(0.5)


def run_in_alembic() -> None:
    """What every service's `migrations/env.py` calls."""
    from alembic import context

    context.configure(connection=context.config.attributes["connection"], version_table="alembic_version")
    with context.begin_transaction():
        context.run_migrations()
