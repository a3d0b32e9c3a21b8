"""The database of the product: one schema and one role per part, and no way from one to another.

Runs against the embedded server and against an external one (then with an administrator's URL), any number of times.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deploy.local.secret_files import DATABASE_ROLES

LOCK = 7_041_001  # of two stacks that prepare one external server only one goes first

# An administrator who is no superuser must belong to a role to make a schema for it.
ROLE = sql.SQL("""
DO $do$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) THEN
    CREATE ROLE {role} LOGIN;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN GRANT {role} TO CURRENT_USER; END IF;
  END IF;
END $do$;
ALTER ROLE {role} LOGIN PASSWORD {verifier};
ALTER ROLE {role} IN DATABASE {database} SET search_path = {role};
GRANT CONNECT ON DATABASE {database} TO {role};
CREATE SCHEMA IF NOT EXISTS {role} AUTHORIZATION {role};
REVOKE ALL ON SCHEMA {role} FROM PUBLIC;
""")

DATABASE = sql.SQL("""
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
""")


async def bootstrap(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Make the database that *admin_url* names, and for each part its role and schema; sets the roles' passwords.

    Raises psycopg.Error if the server cannot be reached or the administrator may not do this.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(admin_url)
    except psycopg.OperationalError:  # there may be no such database yet; the error has no code that says so
        await _create_database(admin_url)
        connection = await psycopg.AsyncConnection.connect(admin_url)
    async with connection:  # one transaction: all of it or nothing
        await connection.execute(_script(connection, passwords))


async def _create_database(admin_url: str) -> None:
    """Make the database of the URL unless it is there, connected to ``postgres`` meanwhile."""
    name = str(conninfo_to_dict(admin_url)["dbname"])
    async with await psycopg.AsyncConnection.connect(
        make_conninfo(admin_url, dbname="postgres"), autocommit=True
    ) as it:
        found = await it.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        if found.rowcount == 0:
            create = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
            await it.execute(create.format(sql.Identifier(name)))


def _script(connection: psycopg.AsyncConnection, passwords: Mapping[str, str]) -> sql.Composed:
    """Return everything as one script, in one round trip; passwords go as verifiers, never as they are."""
    database = sql.Identifier(connection.info.dbname)
    roles = [
        ROLE.format(
            name=sql.Literal(role), role=sql.Identifier(role), database=database,
            verifier=sql.Literal(_verifier(connection, role, passwords[role])),
        )
        for role in DATABASE_ROLES
    ]  # fmt: skip
    lock = sql.SQL("SELECT pg_advisory_xact_lock({});").format(sql.Literal(LOCK))
    return sql.Composed([lock, DATABASE.format(database=database), *roles])


def _verifier(connection: psycopg.AsyncConnection, role: str, password: str) -> str:
    return connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
